import { assertEquals, assertRejects } from "@std/assert";
import { parseCommandLine } from "../command_line.ts";
import { chosenContext, configPath, readConfigFile } from "./contexts.ts";
import { SettingsError } from "../errors.ts";

/** A temporary home directory for a configuration file. */
class Home implements Disposable {
  readonly directory = Deno.makeTempDirSync();
  readonly paas = `${this.directory}/.config/paas`;
  readonly path = `${this.paas}/paasc.toml`;

  constructor(text?: string) {
    Deno.mkdirSync(this.paas, { recursive: true });
    if (text !== undefined) this.write(text);
  }

  write(text: string): void {
    Deno.writeTextFileSync(this.path, text);
  }

  environment(more: Record<string, string> = {}): (name: string) => string | undefined {
    return (name) => ({ HOME: this.directory, ...more })[name];
  }

  /** Gives the error about the file, without its path. */
  async fault(): Promise<string> {
    const error = await assertRejects(() => chosenContext(undefined, this.environment()), SettingsError);
    assertEquals(error.code, "invalid-argument");
    return error.message.replaceAll(this.path, "FILE");
  }

  [Symbol.dispose]() {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

const two = `current = "prod" # for now
[contexts.prod]
server = "paas.example.com:50051"
ca = "prod/server-ca.crt"
cert = "/etc/paas/alice.crt"
[contexts.dev]
server = "localhost:1"
`;

Deno.test("configPath() is in the directory that the environment names", () => {
  const path = (environment: Record<string, string>) => configPath((name) => environment[name]);
  assertEquals(path({ HOME: "/h" }), "/h/.config/paas/paasc.toml");
  assertEquals(path({ HOME: "/h", XDG_CONFIG_HOME: "/x" }), "/x/paas/paasc.toml");
  assertEquals(path({ HOME: "/h", XDG_CONFIG_HOME: "x" }), "/h/.config/paas/paasc.toml");
  assertEquals([path({}), path({ HOME: "" })], [undefined, undefined]);
});

Deno.test("chosenContext() prefers the option to the variable, and the variable to the file", async () => {
  using home = new Home(two);
  const server = async (option?: string, variable?: Record<string, string>) =>
    (await chosenContext(option, home.environment(variable))).server;
  assertEquals(await server("dev", { PAASC_CONTEXT: "prod" }), "localhost:1");
  assertEquals(await server(undefined, { PAASC_CONTEXT: "dev" }), "localhost:1");
  assertEquals(await server(undefined, { PAASC_CONTEXT: "" }), "paas.example.com:50051");
  assertEquals(await server("default"), undefined);
});

Deno.test("chosenContext() resolves relative paths from the directory of the file", async () => {
  using home = new Home(two);
  assertEquals(await chosenContext(undefined, home.environment()), {
    server: "paas.example.com:50051",
    ca: `${home.paas}/prod/server-ca.crt`,
    cert: "/etc/paas/alice.crt",
  });
});

Deno.test("chosenContext() is empty without a file", async () => {
  using home = new Home();
  assertEquals(await chosenContext(undefined, home.environment()), {});
  assertEquals(await chosenContext(undefined, () => undefined), {});
  assertEquals(await chosenContext(undefined, home.environment({ XDG_CONFIG_HOME: "/dev/null" })), {});
  await assertRejects(() => chosenContext("prod", home.environment()), SettingsError, "is empty or does not exist");
});

Deno.test("chosenContext() says what is wrong with the file", async (t) => {
  using home = new Home();
  const faults: Record<string, [text: string, fault: string]> = {
    "a context that is not there": [
      `current = "prdo"\n[contexts.prod]\n[contexts.dev]\n`,
      "there is no context 'prdo' (FILE has default, dev, prod): see 'paasc context --help'",
    ],
    "a misspelt key": ["curent = 'a'\n", "FILE: unknown key 'curent' (did you mean 'current'?)"],
    "a misspelt key of a context": [
      "[contexts.a]\nsever = 'b:1'\n",
      "FILE: unknown key 'contexts.a.sever' (did you mean 'server'?)",
    ],
    "a key that is none": [
      "[contexts.a]\npassword = 'b'\n",
      "FILE: unknown key 'contexts.a.password' (there are server, ca, cert, key)",
    ],
    "a value that is no text": ["[contexts.a]\nserver = 1\n", "FILE: 'contexts.a.server' must be text in quotes"],
    "a current one that is no text": ["current = 1\n", "FILE: 'current' must be the name of a context, in quotes"],
    "a context that is no table": ["[contexts]\na = 'b:1'\n", "FILE: 'contexts.a' must be a table"],
    "contexts that are no table": ["contexts = []\n", "FILE: 'contexts' must be a table"],
    "a name that is none": [
      "[contexts.'a b']\n",
      "FILE: 'a b' is no name for a context: it is of letters, digits, '.', '_' and '-'",
    ],
    "a table that is there twice": [
      "[contexts.a]\nserver = 'x:1'\n[ contexts . \"a\" ] # again\n",
      "FILE:3 is no TOML: [contexts.a] is defined twice",
    ],
    "a value without quotes": [
      "# contexts\n\n[contexts.a]\nserver = x\nca = 'b'\n",
      "FILE:4 is no TOML: invalid value",
    ],
    "a bracket that is not closed": [
      "[contexts.a]\n\n[contexts.b\nserver = 'x:1'\n",
      "FILE:3 is no TOML: illegal character in key",
    ],
  };
  for (const [name, [text, fault]] of Object.entries(faults)) {
    await t.step(name, async () => {
      home.write(text);
      assertEquals(await home.fault(), fault);
    });
  }
  await t.step("a file that cannot be read", async () => {
    Deno.removeSync(home.path);
    Deno.mkdirSync(home.path);
    assertEquals((await home.fault()).split(": ")[0], "cannot read the configuration file FILE");
  });
});

Deno.test("readConfigFile() skips a byte order mark, and resolves '~/' from home", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, '\ufeff[contexts.a]\ncert = "~/x.crt"\nkey = "~x/y"\n');
    const { contexts } = await readConfigFile(path, "/somewhere/alice");
    const directory = path.slice(0, path.lastIndexOf("/"));
    assertEquals(contexts.get("a"), { cert: "/somewhere/alice/x.crt", key: `${directory}/~x/y` });
    const { message } = await assertRejects(() => readConfigFile(path), SettingsError);
    assertEquals(message.split(": ")[1], "'contexts.a.cert' begins with '~/', and HOME is not set");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readConfigFile() takes names literally", async () => {
  using home = new Home(
    "[contexts.__proto__]\nserver = 'a:1'\n[contexts.default]\nserver = 'b:1'\n",
  );
  const { contexts } = await readConfigFile(home.path);
  assertEquals([...contexts], [["default", { server: "b:1" }], ["__proto__", { server: "a:1" }]]);
});

Deno.test("parseCommandLine() prefers a variable to the context, and reads no context for help", async () => {
  using home = new Home(two);
  const parse = (...args: string[]) => parseCommandLine(args, home.environment({ PAASC_CERT: "v.crt" }));
  const { settings } = await parse("--server", "o:1", "status", "id");
  assertEquals([settings.server, settings.cert, settings.ca], ["o:1", "v.crt", `${home.paas}/prod/server-ca.crt`]);

  home.write("broken");
  await assertRejects(() => parse("status", "id"), SettingsError, "paasc.toml:1 is no TOML");
  for (const line of ["help", "version", "status --help", "context list", "completions bash"]) {
    assertEquals((await parse(...line.split(" "))).settings.cert, "v.crt", line);
  }
});
