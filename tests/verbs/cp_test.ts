import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { install, scriptFor } from "../../paasc/install/install.ts";
import { runCommand } from "../support/paasc/command.ts";
import { PAASC } from "../support/paasc/program.ts";
import { ROOT, RunningDaemon, sharedDaemon, startPaasc, text } from "../support/programs.ts";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

/** A directory for the two sides of a copy: both are on this machine. */
class Scene implements AsyncDisposable {
  private constructor(readonly daemon: RunningDaemon, readonly path: string) {}

  static async make(daemon = shared()): Promise<Scene> {
    const path = await Deno.makeTempDir();
    await Deno.mkdir(`${path}/here`);
    await Deno.mkdir(`${path}/there`);
    return new Scene(daemon, path);
  }

  /** Copies; `here/` and `:there/` are the two sides. */
  async cp(...words: string[]) {
    const paths = words.map((word) =>
      word.replace(/^here/, `${this.path}/here`).replace(/^:there/, `:${this.path}/there`)
    );
    const { code, stdout, stderr } = await runCommand(["--server", this.daemon.address, "cp", ...paths]);
    return { code, stdout: text(stdout), stderr: stderr.replaceAll(this.path, "") };
  }

  /** Copies without a fault. */
  async copy(...words: string[]): Promise<void> {
    assertEquals(await this.cp(...words), { code: 0, stdout: "", stderr: "" });
  }

  write(path: string, content: string | Uint8Array = path, mode = 0o644): void {
    const whole = `${this.path}/${path}`;
    Deno.mkdirSync(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(whole, typeof content === "string" ? new TextEncoder().encode(content) : content);
    Deno.chmodSync(whole, mode);
  }

  read(path: string): string {
    return Deno.readTextFileSync(`${this.path}/${path}`);
  }

  names(path: string): string[] {
    return [...Deno.readDirSync(`${this.path}/${path}`)].map(({ name }) => name).sort();
  }

  /** What tells two trees apart. */
  async differences(one: string, other: string): Promise<string> {
    const { stdout } = await new Deno.Command("diff", {
      args: ["-r", "--no-dereference", `${this.path}/${one}`, `${this.path}/${other}`],
    }).output();
    return text(stdout);
  }

  /** The processes that the daemon lists. */
  async listed(): Promise<string> {
    return text((await this.daemon.paasc(["list", "--all-states"])).stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** The size of a file; 0 when it has just gone. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

Deno.test("cp copies a tree there and back, with names, modes, times and links, and leaves no process", async () => {
  await using daemon = await RunningDaemon.start();
  await using scene = await Scene.make(daemon);
  for (const name of ["empty", "a b", "new\nline", "Grüße €", "-f", "back\\nslash", "@x", "*", "'\"$(id)"]) {
    scene.write(`here/tree/${name}`, name === "empty" ? "" : name);
  }
  const deep = Array.from({ length: 40 }, (_, index) => `directory ${index}`).join("/");
  scene.write(`here/tree/${deep}/${"x".repeat(250)}`, "deep", 0o400);
  scene.write("here/tree/run.sh", "#!/bin/sh", 0o755);
  Deno.symlinkSync("a b", `${scene.path}/here/tree/link`);
  Deno.utimeSync(`${scene.path}/here/tree/empty`, 1_000_000_000, 1_000_000_000);
  Deno.chmodSync(`${scene.path}/here/tree`, 0o750);

  await scene.copy("here/tree", ":there");
  await scene.copy(":there/tree", "here/back");
  for (const copied of ["there/tree", "here/back"]) {
    assertEquals(await scene.differences("here/tree", copied), "");
    const facts = (path: string) => {
      const { mode, mtime } = Deno.statSync(`${scene.path}/${copied}/${path}`);
      return [(mode! & 0o7777).toString(8), Math.floor(mtime!.getTime() / 1000)];
    };
    assertEquals(facts("empty"), ["644", 1_000_000_000]);
    assertEquals([facts("."), facts("run.sh"), facts(`${deep}/${"x".repeat(250)}`)].map(([mode]) => mode), [
      ...["750", "755", "400"],
    ]);
  }
  assertEquals(await scene.listed(), "");
});

Deno.test("cp names the copy as cp(1) does, there and here", async () => {
  await using scene = await Scene.make();
  scene.write("here/file", "content");
  scene.write("here/tree/file", "content");
  for (const [from, to, back] of [["here", ":there", "there"], [":there", "here/got", "here/got"]] as const) {
    await scene.copy(`${from}/file`, `${to}/named`);
    await scene.copy(`${from}/tree`, `${to}/tree2`);
    await scene.copy(`${from}/file`, `${to}/tree2/`);
    await scene.copy(`${from}/tree/`, `${to}/tree2`);
    await scene.copy(`${from}/tree/.`, `${to}/tree3`);
    await scene.copy(`${from}/tree/.`, `${to}`);
    assertEquals(scene.names(`${back}/tree2`), ["file", "tree"]);
    assertEquals(scene.names(`${back}/tree3`), ["file"]);
    assertEquals([scene.read(`${back}/named`), scene.read(`${back}/file`)], ["content", "content"]);
    if (from === "here") {
      await scene.copy("here/tree", ":there");
      Deno.mkdirSync(`${scene.path}/here/got`);
    }
  }
});

Deno.test("cp takes a relative path from the directory of commands, and a path like an option as it is", async () => {
  await using scene = await Scene.make();
  const name = `-paasc-cp-${crypto.randomUUID()}`;
  scene.write(`here/${name}`, "content");
  const { stdout } = await runCommand(["--server", scene.daemon.address, "run", "-n", "pwd"]);
  const directory = text(stdout).trimEnd();
  try {
    await scene.copy(`here/${name}`, ":");
    assertEquals(Deno.readTextFileSync(`${directory}/${name}`), "content");
    await scene.copy(`:${name}`, "here/back");
    assertEquals(scene.read("here/back"), "content");
  } finally {
    await Deno.remove(`${directory}/${name}`);
  }
});

Deno.test("cp copies 100 MB of random bytes exactly", async () => {
  await using scene = await Scene.make();
  const bytes = new Uint8Array(100_000_000);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  scene.write("here/big", bytes);
  await scene.copy("here/big", ":there/big");
  await scene.copy(":there/big", "here/back");
  const { code } = await new Deno.Command("cmp", { args: [`${scene.path}/here/big`, `${scene.path}/here/back`] })
    .output();
  assertEquals(code, 0);
});

Deno.test("cp says why it copied nothing, with exit code 1, and leaves nothing half", async (t) => {
  await using scene = await Scene.make();
  scene.write("here/file");
  scene.write("here/tree/file");
  scene.write("there/file");
  scene.write("there/tree/file");
  const cases: [words: string[], stderr: RegExp][] = [
    [["here/missing", ":there"], /^paasc: cannot read \/here\/missing: it does not exist\n$/],
    [
      [":there/missing", "here"],
      /^paasc: .*missing.*\n(.*\n)*paasc: 'tar' on the daemon's machine failed with exit code \d\n$/,
    ],
    [["here/file", ":there/missing/x"], /missing.*\n(.*\n)*paasc: 'tar' on the daemon's machine failed/],
    [["here/file", ":there/missing/"], /^paasc: there is no directory :\/there\/missing\/\n$/],
    [["here/tree", ":there/file"], /^paasc: :\/there\/file is no directory, and \/here\/tree is one\n$/],
    [["here/file", ":there/file/x"], /paasc: 'tar' on the daemon's machine failed/],
    [[":there/tree", "here/file"], /^paasc: \/here\/file is no directory, and the source is one\n$/],
    [[":there/file", "here/missing/x"], /^paasc: cannot write \/here\/missing\/x: it does not exist\n$/],
  ];
  for (const [words, stderr] of cases) {
    await t.step(words.join(" "), async () => {
      const result = await scene.cp(...words);
      assertEquals([result.code, result.stdout], [1, ""]);
      assertMatch(result.stderr, stderr);
      assertEquals([scene.names("here"), scene.names("there")], [["file", "tree"], ["file", "tree"]]);
    });
  }
  await t.step("a directory in the place of a file", async () => {
    Deno.mkdirSync(`${scene.path}/there/d/file`, { recursive: true });
    const { code, stderr } = await scene.cp("here/file", ":there/d");
    assertEquals([code, stderr], [1, "paasc: :/there/d/file is a directory, and /here/file is none\n"]);
    assertEquals(scene.names("there/d"), ["file"]);
  });
  assertEquals(scene.read("here/file"), "here/file");
});

Deno.test("cp copies the rest when something cannot be read", async () => {
  await using scene = await Scene.make();
  for (const side of ["here", "there"]) {
    scene.write(`${side}/tree/good`);
    const { success } = await new Deno.Command("mkfifo", { args: [`${scene.path}/${side}/tree/pipe`] }).output();
    assert(success);
  }
  const sent = await scene.cp("here/tree", ":there/new");
  assertEquals(sent.code, 1);
  assertEquals(sent.stderr, "paasc: not copied: /here/tree/pipe: it is no file, directory or link\n");
  const received = await scene.cp(":there/tree", "here/new");
  assertEquals(received.code, 1);
  assertEquals(received.stderr, "paasc: not copied: ./tree/pipe: it is no file, directory or link, but a fifo\n");
  assertEquals([scene.names("there/new"), scene.names("here/new")], [["good"], ["good"]]);
});

Deno.test("cp says what the daemon's machine lacks", async () => {
  const empty = await Deno.makeTempDir();
  try {
    await Deno.symlink("/usr/bin/test", `${empty}/test`);
    await using daemon = await RunningDaemon.start(["--path", empty]);
    await using scene = await Scene.make(daemon);
    scene.write("here/file");
    const lacks = "paasc: the daemon's machine has no 'tar', which 'paasc cp' needs there\n";
    for (const words of [["here/file", ":there"], [":there", "here"]]) {
      assertEquals(await scene.cp(...words), { code: 1, stdout: "", stderr: lacks });
    }
  } finally {
    await Deno.remove(empty, { recursive: true });
  }
});

Deno.test("cp leaves no half file where there is no room for it", async () => {
  await using daemon = await RunningDaemon.start(["--limit", "fsize=1M"]);
  await using scene = await Scene.make(daemon);
  scene.write("here/big", new Uint8Array(4_000_000));
  const { code, stderr } = await scene.cp("here/big", ":there/big");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "on the daemon's machine");
  assertEquals(scene.names("there"), []);
  assertEquals(await scene.listed(), "");
});

Deno.test("cp refuses a wrong command line, and has exit code 125 where Paas fails", async () => {
  const wrong: [words: string[], sentence: string][] = [
    [["a"], "cp takes two paths, not 1"],
    [["a", "b"], "one of the two paths must begin with ':', and only one"],
    [[":a", ":b"], "one of the two paths must begin with ':', and only one"],
    [["prod:/a", "b"], "if 'prod' is a context: --context prod and ':/a'"],
    [["-", ":a"], "stdin cannot be copied"],
    [["", ":a"], "is no path in UTF-8"],
    [["-r", "a", ":b"], "there is no option '-r'"],
  ];
  for (const [words, sentence] of wrong) {
    await using client = shared().startPaasc(["cp", ...words]);
    const { code, stderr } = await client.result();
    assertEquals(code, 2);
    assertStringIncludes(stderr, sentence);
  }
  await using client = startPaasc(["--server", "127.0.0.1:1", "cp", ":a", "b"]);
  assertEquals((await client.result()).code, 125);
});

Deno.test("cp to - prints a tar stream, which needs no permission to write; a file does", async () => {
  await using scene = await Scene.make();
  scene.write("there/file", "content");
  const { code, stdout, stderr } = await scene.daemon.paasc(["cp", `:${scene.path}/there/file`, "-"]);
  assertEquals([code, stderr], [0, ""]);
  const tar = new Deno.Command("tar", { args: ["-xO"], stdin: "piped", stdout: "piped" }).spawn();
  const writer = tar.stdin.getWriter();
  await writer.write(stdout);
  await writer.close();
  assertEquals(text((await tar.output()).stdout), "content");

  const words = ["cp", `:${scene.path}/there/file`, `${scene.path}/here/file`];
  const refused = await scene.daemon.startPaasc(words).result();
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "this paasc is not permitted to write files; run the installed paasc");
  assertEquals(scene.names("here"), []);
});

Deno.test("cp goes on at the next byte when the line breaks", async () => {
  await using scene = await Scene.make();
  await using proxy = await TcpProxy.to(scene.daemon.port);
  const bytes = new Uint8Array(20_000_000);
  for (let at = 0; at < bytes.length; at += 50_000) crypto.getRandomValues(bytes.subarray(at, at + 50_000));
  scene.write("here/big", bytes);
  Deno.mkdirSync(`${scene.path}/back`);
  const largest = (directory: string) =>
    Math.max(0, ...scene.names(directory).map((name) => sizeOf(`${scene.path}/${directory}/${name}`)));
  const copies = [["here/big", ":", "there"], ["there/big", "", "back"]] as const;
  for (const [from, colon, to] of copies) {
    const paths = [`${colon ? "" : ":"}${scene.path}/${from}`, `${colon}${scene.path}/${to}`];
    const copying = runCommand(["--server", `localhost:${proxy.port}`, "cp", ...paths]);
    for (const size of [2_000_000, 8_000_000]) {
      await until(`${size} bytes have come`, () => largest(to) >= size);
      proxy.cut();
    }
    assertEquals((await copying).code, 0);
  }
  for (const copied of ["there/big", "back/big"]) assertEquals(await scene.differences("here/big", copied), "");
});

Deno.test("cp that is interrupted leaves no half file and no process", async (t) => {
  await using daemon = await RunningDaemon.start();
  await using scene = await Scene.make(daemon);
  // A pipe that nobody writes to: the copy waits in it, when a file before it has come. tar would wait to open one.
  const [program, ...args] = PAASC;
  const start = (...words: string[]) => {
    const flags = args.flatMap((arg) => arg === "--allow-read" ? [arg, "--allow-write"] : arg);
    return new Deno.Command(program!, {
      args: [...flags, "--server", daemon.address, "cp", ...words],
      env: { PAASC_CONTEXT: "default" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  };
  const running = async (name: string) => (await scene.listed()).includes(name);
  const hole = `${scene.path}/there/hole`;
  await Deno.writeFile(hole, new Uint8Array());
  await Deno.truncate(hole, 20_000_000_000); // longer than any test lasts, and no room on the disk

  await t.step("while it sends", async () => {
    await using child = start(hole, `:${scene.path}/there/copy`);
    const error = new Response(child.stderr).text();
    await until("a draft grows", () => scene.names("there").some((name) => name.startsWith(".paasc-")));
    child.kill("SIGINT");
    assertEquals([(await child.status).code, await error], [130, ""]);
    assertEquals(scene.names("there"), ["hole"]);
  });
  await t.step("while it receives", async () => {
    await using child = start(`:${hole}`, `${scene.path}/here/copy`);
    const error = new Response(child.stderr).text();
    await until("a draft grows", () => scene.names("here").some((name) => name.startsWith(".paasc-")));
    child.kill("SIGINT");
    assertEquals([(await child.status).code, await error], [130, ""]);
    assertEquals(scene.names("here"), []);
  });
  await until("no process is left", async () => !await running("tar"));
});

Deno.test("the installed paasc may write for cp alone, and only to a destination on this machine", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${directory}/deno`,
      '#!/bin/sh\nfor word; do case $word in --allow-w*) echo "$word" ;; esac; done\n',
    );
    await Deno.chmod(`${directory}/deno`, 0o755);
    const script = await install(`${directory}/bin`, scriptFor(`${directory}/deno`, `${ROOT}/paasc/main.ts`));
    const granted = async (words: string[]) => {
      const { stdout } = await new Deno.Command(script, { args: words, env: { HOME: "/h", XDG_CONFIG_HOME: "" } })
        .output();
      return text(stdout).trimEnd();
    };
    const all = [
      ["cp", ":a", "b"],
      ["--context", "prod", "cp", "-q", ":a", "--", "-b"],
      ["-o", "json", "cp", ":a", "b", "--server=x:1"],
      ["--", "cp", ":a", "b"],
    ];
    for (const words of all) assertEquals(await granted(words), "--allow-write", words.join(" "));
    const none = [
      ...[["cp"], ["cp", "--help"], ["cp", "a", ":b"], ["cp", ":a", "-"], ["cp", ":a"], ["cp", "a", "--", ":b"]],
      ...[["run", "cp", ":a", "b"], ["exec", "-n", "cp", "a"], ["--context", "cp", "list", "x"], ["help", "cp"]],
      ...[["list"], []],
    ];
    for (const words of none) assertEquals(await granted(words), "", words.join(" "));
    assertEquals(await granted(["context", "list"]), "--allow-write=/h/.config/paas");
    assertEquals(await granted(["run", "context"]), "");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
