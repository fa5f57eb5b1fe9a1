import { assertEquals, assertRejects } from "@std/assert";
import { PaasError, SettingsError } from "../errors.ts";
import { type ConfigFile, readConfigFile } from "./contexts.ts";
import { createContexts, removeContext, renameContext, setContext } from "./edit_contexts.ts";

/** Makes changes to a file with a text, one after the other, and gives the text afterwards. */
async function changed(text: string | undefined, ...changes: ((file: ConfigFile) => Promise<void>)[]): Promise<string> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/paas/paasc.toml`;
  try {
    if (text !== undefined) {
      await Deno.mkdir(`${directory}/paas`);
      await Deno.writeTextFile(path, text);
    }
    try {
      for (const change of changes) await change(await readConfigFile(path, "/h"));
    } finally {
      const names = await Array.fromAsync(Deno.readDir(`${directory}/paas`), ({ name }) => name).catch(() => []);
      assertEquals(names.filter((name) => name !== "paasc.toml"), []);
    }
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const FILE = `# Mine.
current = "prod" # for now
[contexts.prod] # ours
server = "a:1" # the old one
ca = '/x/ca.crt'

# The next one.
[contexts.dev]
server = "b:1"
`;

Deno.test("createContexts() appends contexts, and makes the file", async () => {
  const create = (name: string, server: string) => (file: ConfigFile) =>
    createContexts(file, new Map([[name, { server, cert: '/a "b"\\.crt' }]]));
  const table = (name: string) => `[contexts.${name}]\nserver = "c:1"\ncert = "/a \\"b\\"\\\\.crt"\n`;
  assertEquals(await changed(undefined, create("new", "c:1")), table("new"));
  assertEquals(await changed(FILE, create("new", "c:1")), `${FILE}\n${table("new")}`);
  assertEquals(await changed(FILE.trimEnd(), create("v1.2", "c:1")), `${FILE}\n${table('"v1.2"')}`);
  await assertRejects(() => changed(FILE, create("dev", "c:1")), SettingsError, "there is a context 'dev' already");
  await assertRejects(() => changed(FILE, create("a b", "c:1")), SettingsError, "is no name for a context");
});

Deno.test("setContext() changes what is given, and nothing else", async () => {
  assertEquals(
    await changed(FILE, (file) => setContext(file, "prod", { server: "z:9", key: "/k" })),
    FILE.replace('"a:1"', '"z:9"').replace("# ours\n", '# ours\nkey = "/k"\n'),
  );
  assertEquals(
    await changed(FILE, (file) => setContext(file, "default", { server: "z:9" })),
    `${FILE}\n[contexts.default]\nserver = "z:9"\n`,
  );
  await assertRejects(
    () => changed(FILE, (file) => setContext(file, "no", { key: "/k" })),
    SettingsError,
    "no context 'no'",
  );
});

Deno.test("removeContext() and renameContext() leave the other contexts as they are", async () => {
  assertEquals(
    await changed(FILE, (file) => removeContext(file, "dev")),
    FILE.slice(0, FILE.indexOf("[contexts.dev]")),
  );
  await assertRejects(() => changed(FILE, (file) => removeContext(file, "prod")), SettingsError, "is the current one");
  assertEquals(
    await changed(FILE, (file) => renameContext(file, "prod", "main")),
    FILE.replace('current = "prod"', 'current = "main"').replace("contexts.prod", "contexts.main"),
  );
  await assertRejects(() => changed(FILE, (file) => renameContext(file, "prod", "dev")), SettingsError, "already");
});

Deno.test("a file that is written in another way stays as it is", async () => {
  const other = `contexts = { prod = { server = "a:1" }, dev = { server = "b:1" } }\n`;
  for (
    const change of [
      (file: ConfigFile) => setContext(file, "prod", { server: "z:9" }),
      (file: ConfigFile) => removeContext(file, "dev"),
      (file: ConfigFile) => renameContext(file, "dev", "new"),
      (file: ConfigFile) => createContexts(file, new Map([["new", { server: "z:9" }]])),
    ]
  ) {
    await assertRejects(() => changed(other, change), PaasError, "paasc does not understand how it is written");
  }
});
