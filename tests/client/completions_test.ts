import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commands } from "../../paasc/commands/mod.ts";
import { completionScript, completionTable, type Shell } from "../../paasc/completions/completions.ts";
import { install, scriptFor } from "../../paasc/install/install.ts";
import { ROOT, RunningDaemon, startPaasc, text } from "../support/programs.ts";

/** Whether a shell is on the PATH; says so where it is not. */
async function has(shell: Shell): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${shell}`], stdout: "null" }).output();
  if (!success) console.warn(`SKIPPED: completions for ${shell}, for there is no ${shell} on the PATH`);
  return success;
}

/** A directory with an installed paasc and the script of each shell; and shells that complete by them. */
class Scene implements AsyncDisposable {
  private constructor(readonly directory: string) {}

  static async open(): Promise<Scene> {
    const directory = await Deno.makeTempDir();
    await install(directory, scriptFor(Deno.execPath(), `${ROOT}/paasc/main.ts`));
    for (const shell of ["bash", "zsh", "fish"] as const) {
      await Deno.writeTextFile(`${directory}/paasc.${shell}`, completionScript(shell, commands));
    }
    await Deno.mkdir(`${directory}/config/paas`, { recursive: true });
    await Deno.writeTextFile(`${directory}/config/paas/paasc.toml`, "[contexts.prod]\n[contexts.dev]\n");
    return new Scene(directory);
  }

  /** What a shell prints that runs a script of these words. */
  async run(shell: Shell, args: string[], env: Record<string, string> = {}): Promise<string> {
    const { stdout, stderr } = await new Deno.Command(shell, {
      args,
      env: { PATH: `${this.directory}:${Deno.env.get("PATH")}`, XDG_CONFIG_HOME: `${this.directory}/config`, ...env },
      cwd: this.directory,
      stdin: "null",
    }).output();
    assertEquals(text(stderr), "", args.join(" "));
    return text(stdout);
  }

  /** What bash would offer behind these words; the last one is what was begun. */
  async bash(words: string[], server = "127.0.0.1:1"): Promise<string[]> {
    const script =
      `source paasc.bash; COMP_WORDS=(paasc "$@"); COMP_CWORD=$#; _paasc; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const printed = await this.run("bash", ["--norc", "-c", script, "bash", ...words], { PAASC_SERVER: server });
    return printed.split("\n").filter(Boolean);
  }

  /** Lets the scripts wait for paasc as long as a busy machine needs, in place of 2 s. */
  async takeTime(): Promise<void> {
    await Deno.writeTextFile(`${this.directory}/timeout`, '#!/bin/sh\nshift\nexec "$@"\n', { mode: 0o755 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

Deno.test("paasc completions prints the script of a shell, and knows three", async () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    await using client = startPaasc(["completions", shell]);
    const { code, stdout, stderr } = await client.result();
    assertEquals([code, stderr, text(stdout)], [0, "", completionScript(shell, commands)]);
  }
  for (const words of [[], ["ksh"], ["bash", "zsh"]]) {
    await using client = startPaasc(["completions", ...words]);
    assertEquals((await client.result()).code, 2);
  }
});

Deno.test("completionTable() has what is in the table of commands", () => {
  const rows = completionTable(commands).split("\n").map((line) => line.split("\t"));
  const words = new Map(rows.filter(([kind]) => kind === "command").map(([, names, words]) => [names, words]));
  assertEquals(words.size, commands.length);
  assertEquals([words.get("exec"), words.get("wait"), words.get("stop")], ["PROGRAM FILE...", "ID...", "LIVE..."]);
  assertEquals([words.get("again"), words.get("attach")], ["ID", "LIVE"]);
  assertEquals(words.get("context"), "list|use|show|create|set|rm|rename|import CONTEXT");
  assertStringIncludes(words.get("signal kill pause unpause")!, "HUP|INT|QUIT|");
  assertStringIncludes(words.get("help")!, "run|exec|again|attach|");
});

Deno.test("bash completes commands, options, values and words", { ignore: !await has("bash") }, async (t) => {
  await using scene = await Scene.open();
  const offers: [line: string, offered: string][] = [
    ["st", "status stop"],
    ["ag", "again"],
    ["again --n", "--name"],
    ["exec --restart ", "no on-failure"],
    ["k", "kill"],
    ["--se", "--server"],
    ["--server host:1 --out", "--output"],
    ["--output ", "text json"],
    ["--output=j", "json"],
    ["-o t", "text"],
    ["list --st", "--state"],
    ["ps --state ", "running stopping finished"],
    ["list --state=f", "finished"],
    ["list --nonsense", ""],
    ["logs --on-slow ", "wait skip"],
    ["signal TE", "TERM"],
    ["kill --leader HU", "HUP"],
    ["signal SIGT", "SIGTRAP SIGTERM SIGTSTP SIGTTIN SIGTTOU"],
    ["kill -s SIGTER", "SIGTERM"],
    ["exec --limit n", "nofile= nproc="],
    ["run --limit ", "as= core= cpu= fsize= nofile= nproc="],
    ["completions ", "bash zsh fish"],
    ["completions bash ", ""],
    ["help co", "context completions"],
    ["context us", "use"],
    ["context use ", "default dev prod"],
    ["--context p", "prod"],
    ["--context=", "default dev prod"],
    ["--ca paasc.b", "paasc.bash"],
    ["exec --env-file=paasc.z", "paasc.zsh"],
    ["exec cat paasc.f", "paasc.fish"],
    ["exec cat --st", ""],
    ["stop web --gr", "--grace"],
    ["stop web --grace ", ""],
    ["context use dev --out", "--output"],
    ["exec deno --output ", "config paasc paasc.bash paasc.fish paasc.zsh"],
    ["nonsense ", ""],
    ["list ", ""],
    // The daemon is not reached.
    ["status ", ""],
  ];
  for (const [line, offered] of offers) {
    await t.step(`paasc ${line}`, async () => {
      // As bash takes words apart.
      const words = line.split(" ").flatMap((word) => word.split(/([=:])/).filter((part, _, all) => part || !all[1]));
      assertEquals((await scene.bash(words)).sort(), offered.split(" ").filter(Boolean).sort());
    });
  }
});

Deno.test("bash completes ids and names of the processes that there are", { ignore: !await has("bash") }, async () => {
  await using scene = await Scene.open();
  await scene.takeTime();
  await using daemon = await RunningDaemon.start();
  const finished = await daemon.exec(["--name", "build", "true"]);
  await daemon.untilStatus(finished, "Status: finished (exit code 0)");
  const live = await daemon.exec(["--name", "web", "sleep", "600"]);
  const all = ["web", "build", live, finished]; // names first
  assertEquals(await scene.bash(["status", ""], daemon.address), all);
  assertEquals(await scene.bash(["rm", "x", "b"], daemon.address), all.filter((word) => word.startsWith("b")));
  assertEquals(await scene.bash(["attach", live, ""], daemon.address), []);
  assertEquals(await scene.bash(["status", finished, "w"], daemon.address), ["web"]);
  assertEquals(await scene.bash(["signal", "TERM", ""], daemon.address), ["web", live]);
  assertEquals(await scene.bash(["--server", ...daemon.address.split(/(:)/), "stop", "we"]), ["web"]);
});

Deno.test("bash does not wait for a daemon that does not answer", { ignore: !await has("bash") }, async () => {
  await using scene = await Scene.open();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const start = performance.now();
  assertEquals(await scene.bash(["status", ""], `127.0.0.1:${listener.addr.port}`), []);
  const took = performance.now() - start;
  assert(took < 10_000, `it took ${took} ms`); // connecting alone may take 10 s
});

Deno.test("fish completes as bash does", { ignore: !await has("fish") }, async () => {
  await using scene = await Scene.open();
  await scene.takeTime();
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec(["--name", "web", "sleep", "600"]);
  const offers: [line: string, offered: string[]][] = [
    ["paasc st", ["status", "stop"]],
    ["paasc kill TE", ["TERM"]],
    ["paasc kill SIGTE", ["SIGTERM"]],
    ["paasc run --limit no", ["nofile="]],
    ["paasc list --state=f", ["--state=finished"]],
    ["paasc -o ", ["json", "text"]],
    ["paasc context use d", ["default", "dev"]],
    ["paasc exec cat paasc.f", ["paasc.fish"]],
    [`paasc --server ${daemon.address} stop `, [id, "web"]],
    ["paasc completions bash ", []],
    ["paasc --server 127.0.0.1:1 stop ", []],
  ];
  for (const [line, offered] of offers) {
    const printed = await scene.run("fish", ["-N", "-c", `source paasc.fish; complete -C "${line}"`]);
    const candidates = printed.split("\n").filter(Boolean).map((candidate) => candidate.split("\t")[0]);
    assertEquals(candidates.sort(), offered.sort(), line);
  }
});

Deno.test("zsh completes as bash does", { ignore: !await has("zsh") }, async () => {
  await using scene = await Scene.open();
  await scene.takeTime();
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec(["--name", "web", "sleep", "600"]);
  const offers: [line: string[], offered: string[]][] = [
    [["st"], ["status", "stop"]],
    [["kill", "TE"], ["TERM"]],
    [["kill", "SIGTE"], ["SIGTERM"]],
    [["run", "--limit", "no"], ["nofile="]],
    [["list", "--state=f"], ["finished"]],
    [["-o", ""], ["json", "text"]],
    [["context", "use", "d"], ["default", "dev"]],
    [["exec", "cat", ""], ["FILES"]],
    [["--server", daemon.address, "stop", ""], [id, "web"]],
    [["completions", "bash", ""], []],
    [["--server", "127.0.0.1:1", "stop", ""], []],
  ];
  // What zsh itself does with the candidates is beside the point: those are printed that fit what was begun.
  const script = `
    compdef() { }
    compadd() { local each; for each in \${(P)@[-1]}; do [[ $each == $begun* ]] && print -r -- $each; done; true }
    compset() { begun=\${begun#*=} }
    _files() { print FILES }
    source paasc.zsh
    words=(paasc "$@") CURRENT=$(( $# + 1 )) begun=\${@[-1]}
    _paasc`;
  for (const [line, offered] of offers) {
    const printed = await scene.run("zsh", ["-f", "-c", script, "zsh", ...line]);
    assertEquals(printed.split("\n").filter(Boolean).sort(), offered.sort(), line.join(" "));
  }
});
