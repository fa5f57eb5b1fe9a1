import { assertEquals, assertMatch } from "@std/assert";
import { install, scriptFor } from "../../paasc/install/install.ts";
import { RUN_FLAGS } from "../../paasc/install/run_flags.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";

/** A home directory with a configuration file in it, and a paasc installed. */
class Home implements AsyncDisposable {
  private constructor(readonly directory: string, readonly paasc: string, readonly denoDir: string) {}

  get path(): string {
    return `${this.directory}/.config/paas/paasc.toml`;
  }

  static async make(toml: string): Promise<Home> {
    const directory = await Deno.makeTempDir();
    const paasc = await install(`${directory}/bin`, scriptFor(Deno.execPath(), `${ROOT}/paasc/main.ts`));
    // Deno's cache is where it is, whatever the home directory.
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).output();
    const home = new Home(directory, paasc, JSON.parse(text(stdout)).denoDir);
    await Deno.mkdir(`${directory}/.config/paas`, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(home.path, toml);
    return home;
  }

  /** What `paasc` prints with this home directory. */
  async run(args: string[], env: Record<string, string> = {}, program: string[] = [this.paasc]) {
    const [name, ...before] = program;
    const command = new Deno.Command(name!, {
      args: [...before, ...args],
      env: { PATH: Deno.env.get("PATH")!, DENO_DIR: this.denoDir, HOME: this.directory, ...env },
      clearEnv: true,
    });
    const { code, stdout, stderr } = await command.output();
    return { code, stdout: text(stdout), stderr: text(stderr).replaceAll(this.directory, "HOME") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

Deno.test("paasc context lists, shows and chooses servers", async (t) => {
  await using daemon = await RunningDaemon.start();
  await using home = await Home.make(`# Mine.
current = "nowhere"
[contexts.nowhere]
server = "127.0.0.1:1"
[contexts.here]
server = "${daemon.address}" # a test's
cert = "${ROOT}/certs/bob.crt"
key = "${ROOT}/certs/bob.key"
`);

  await t.step("list", async () => {
    assertEquals((await home.run(["context", "list"])).stdout.split("\n"), [
      "default\t127.0.0.1:50051\t-",
      `here\t${daemon.address}\t-`,
      "nowhere\t127.0.0.1:1\t*",
      "",
    ]);
    const [, here] = JSON.parse((await home.run(["context", "-o", "json", "list"])).stdout);
    assertEquals([here.name, here.inUse, here.cert], ["here", false, `${ROOT}/certs/bob.crt`]);
  });
  await t.step("show", async () => {
    assertMatch((await home.run(["context", "show"])).stdout, /^name: nowhere\nserver: 127\.0\.0\.1:1\nca: /);
    assertMatch((await home.run(["context", "show", "here"])).stdout, /^name: here\n/);
    assertMatch((await home.run(["context", "show"], { PAASC_CONTEXT: "here" })).stdout, /^name: here\n/);
  });
  await t.step("a command goes by the context", async () => {
    assertEquals((await home.run(["list"])).code, 69);
    const { stdout: id } = await home.run(["--context", "here", "exec", "true"]);
    assertEquals((await home.run(["list", "-aq"], { PAASC_CONTEXT: "here" })).stdout, id); // as bob, too
    assertEquals((await home.run(["list", "-aq", "--server", daemon.address])).stdout, ""); // as alice
  });
  await t.step("use, with permission to write that file alone", async () => {
    const before = await Deno.readTextFile(home.path);
    assertEquals(await home.run(["context", "use", "here"]), { code: 0, stdout: "", stderr: "" });
    assertEquals(await Deno.readTextFile(home.path), before.replace(`"nowhere"`, `"here"`));
    assertEquals((await Deno.stat(home.path)).mode! & 0o777, 0o600);
    assertEquals((await home.run(["list"])).code, 0);

    const without = [Deno.execPath(), "run", ...RUN_FLAGS, `${ROOT}/paasc/main.ts`];
    assertEquals(await home.run(["context", "use", "nowhere"], {}, without), {
      code: 1,
      stdout: "",
      stderr: "paasc: cannot change HOME/.config/paas/paasc.toml: this paasc is not permitted to; " +
        `write current = "nowhere" at its head yourself\n`,
    });
  });
  await t.step("one that there is not", async () => {
    for (const words of [["context", "use", "prod"], ["--context", "prod", "list"]]) {
      assertEquals(await home.run(words), {
        code: 2,
        stdout: "",
        stderr: "paasc: there is no context 'prod' (HOME/.config/paas/paasc.toml has default, here, nowhere): " +
          "see 'paasc context --help'\n",
      });
    }
  });
  await t.step("create, set, rename, import and rm", async () => {
    const run = async (...words: string[]) =>
      assertEquals(await home.run(["context", ...words]), { code: 0, stdout: "", stderr: "" });
    await run("create", "new", "--server", daemon.address, "--cert", `${ROOT}/certs/bob.crt`, "--key", "relative.key");
    assertMatch((await home.run(["context", "show", "new"])).stdout, /\nkey: \/.*\/relative\.key\n/);
    await run("set", "new", "--key", `${ROOT}/certs/bob.key`);
    assertEquals((await home.run(["--context", "new", "list"])).code, 0);
    await run("rename", "new", "newer");
    await Deno.writeTextFile(`${home.directory}/sent.toml`, '[contexts.sent]\nserver = "h:1"\nca = "ca.crt"\n');
    await run("import", `${home.directory}/sent.toml`);
    assertMatch((await home.run(["context", "show", "sent"])).stdout, /\nca: \/.*\/ca\.crt\n/);
    const again = await home.run(["context", "import", `${home.directory}/sent.toml`]);
    assertEquals([again.code, again.stderr.startsWith("paasc: there is a context 'sent' already")], [2, true]);
    await run("rm", "sent");
    await run("rm", "newer");
    assertEquals((await home.run(["context", "list"])).stdout.split("\n").length, 4);
  });
  await t.step("wrong words", async () => {
    for (
      const words of [[], ["list", "x"], ["use"], ["use", "a", "b"], ["list", "-o"], ["nonsense"], ["create", "x"], [
        "rename",
        "here",
      ], ["import"]]
    ) {
      const { code, stderr } = await home.run(["context", ...words]);
      assertEquals(code, 2, stderr);
    }
  });
});
