import { assert, assertEquals, assertRejects } from "@std/assert";
import { bundle } from "../../paasc/install/bundle.ts";
import { RUN_FLAGS } from "../../paasc/install/run_flags.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";

/** A bundle of paasc, with the certificates where it looks for them. */
class Bundle implements AsyncDisposable {
  private constructor(readonly directory: string, readonly program: string) {}

  static async make(): Promise<Bundle> {
    const directory = await Deno.makeTempDir();
    await Deno.symlink(`${ROOT}/certs`, `${directory}/certs`);
    return new Bundle(directory, await bundle(Deno.execPath(), `${directory}/dist`));
  }

  /** What it prints, and its exit code. */
  async run(words: string[], input = ""): Promise<{ code: number; stdout: string; stderr: string }> {
    return await run(this.program, words, input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

async function run(program: string, words: string[], input = "") {
  const env = { HOME: "/nonexistent", NO_COLOR: "1" };
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...RUN_FLAGS, program, ...words],
    env: { DENO_DIR: await denoDir(), ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {}); // it may have ended
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Where Deno's cache is, whatever the home directory. */
async function denoDir(): Promise<string> {
  return JSON.parse(await printed("info", "--json")).denoDir;
}

async function printed(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  assert(success, text(stderr));
  return text(stdout);
}

Deno.test("bundle() makes a paasc that does what its source does", async () => {
  await using bundle = await Bundle.make();
  for (const words of [["--help"], ["help", "run"], ["version", "-o", "json"], ["completions", "fish"], ["exce"]]) {
    assertEquals(await bundle.run(words), await run(`${ROOT}/paasc/main.ts`, words), words.join(" "));
  }

  await using daemon = await RunningDaemon.start();
  const paasc = async (words: string[], input?: string) => {
    const { code, stdout, stderr } = await bundle.run(["--server", daemon.address, ...words], input);
    assertEquals(stderr, "", words.join(" "));
    return { code, stdout };
  };
  assertEquals(await paasc(["run", "sh", "-c", "sort; exit 7"], "b\na\n"), { code: 7, stdout: "a\nb\n" });
  const id = (await paasc(["exec", "--name", "web", "echo", "hello"])).stdout.trim();
  assertEquals(await paasc(["wait", "web"]), { code: 0, stdout: "" });
  assertEquals((await paasc(["logs", id.slice(0, 8)])).stdout, "hello\n");
  assertEquals(JSON.parse((await paasc(["status", "-o", "json", id])).stdout).logBytes, 6);
  assertEquals((await paasc(["doctor"])).code, 0);
  assertEquals((await bundle.run(["--server", "127.0.0.1:1", "list"])).code, 69);
});

Deno.test("bundle() makes a paasc whose help loads nothing of Node", async () => {
  await using bundle = await Bundle.make();
  const info = JSON.parse(await printed("info", "--json", bundle.program));
  const loaded = new Set<string>(info.roots);
  for (const specifier of loaded) {
    const { dependencies = [] } = info.modules.find((module: { specifier: string }) => module.specifier === specifier);
    for (const { code, isDynamic } of dependencies) if (!isDynamic) loaded.add(code.specifier);
  }
  assertEquals([...loaded].filter((specifier) => !specifier.startsWith("file:")), []);
  assert(loaded.size > 1 && loaded.size < info.modules.length);
});

Deno.test("bundle() that fails leaves what was there", async () => {
  await using bundled = await Bundle.make();
  await assertRejects(() => bundle("false", `${bundled.directory}/dist`), Error, "deno bundle failed");
  assertEquals([...Deno.readDirSync(bundled.directory)].map(({ name }) => name).sort(), ["certs", "dist"]);
  assertEquals((await bundled.run(["version"])).code, 0);
});
