import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { runCommand } from "../support/paasc/command.ts";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { RunningClient, RunningDaemon, sharedDaemon, startPaasc, text } from "../support/programs.ts";
import { repeat, until } from "../support/until.ts";

const shared = sharedDaemon();

/** Signals that end a shell that does not care about them (signal(7)). */
const DEADLY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31];

function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** Whether two texts of bytes are the same; assertEquals would take minutes to say where they differ. */
function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

Deno.test("run exits with every exit code as the program does, and with 128 + n after a signal", async () => {
  const daemon = shared();
  const ends = [
    ...Array.from({ length: 256 }, (_, code) => ({ script: `exit ${code}`, code })),
    ...DEADLY.map((signal) => ({ script: `kill -${signal} $$; exit 0`, code: 128 + signal })),
  ];
  await repeat(ends.length, 6, async (index) => {
    const { script, code } = ends[index]!;
    const words = ["--server", daemon.address, "run", "--no-stdin", "sh", "-c", script];
    assertEquals((await runCommand(words)).code, code, script);
  });
  // The program passes that code on to the kernel, whatever it means elsewhere: a wrong use, no connection, no program.
  for (const code of [0, 1, 2, 3, 69, 124, 125, 126, 127, 128, 129, 255]) {
    assertEquals((await daemon.paasc(["run", "sh", "-c", `exit ${code}`])).code, code);
  }
  for (const signal of [2, 9, 13, 15]) {
    assertEquals((await daemon.paasc(["run", "sh", "-c", `kill -${signal} $$; exit 0`])).code, 128 + signal);
  }
});

Deno.test("run passes stdout, stderr and stdin on as they are", async () => {
  const daemon = shared();
  const bytes = noise(20_000_000);
  const script = "echo to stderr >&2; cat; echo bye >&2; exit 3";
  const { code, stdout, stderr } = await daemon.paasc(["run", "sh", "-c", script], { input: bytes });
  assertEquals([code, stderr], [3, "to stderr\nbye\n"]);
  assert(same(stdout, bytes), "what came back is not what went in");
  assertEquals(text((await daemon.paasc(["run", "wc", "-c"])).stdout), "0\n", "an empty stdin ends");
  const unread = await daemon.paasc(["run", "--no-stdin", "wc", "-c"], { input: bytes });
  assertEquals(text(unread.stdout), "0\n");
  assertEquals((await daemon.paasc(["run", "head", "-c", "3"], { input: bytes })).stdout, bytes.slice(0, 3));
});

Deno.test("run says why there is no exit code of the program", async () => {
  const daemon = shared();
  const refusals: [number, string[], string][] = [
    [127, ["no-such-program"], "there is no such program"],
    [126, ["/etc/passwd"], "not an executable file"],
    [125, ["--cwd", "/no/such/directory", "true"], "working directory"],
    [2, ["--on-disconnect", "never", "true"], "--on-disconnect"],
    [2, ["--tty", "true"], "needs a terminal"],
    [2, [], "needs a program"],
  ];
  for (const [expected, words, sentence] of refusals) {
    const { code, stdout, stderr } = await daemon.paasc(["run", ...words]);
    assertEquals([code, text(stdout)], [expected, ""], stderr);
    assertStringIncludes(stderr, sentence);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  }
  await using nobody = startPaasc(["--server", "127.0.0.1:1", "run", "true"]);
  assertEquals((await nobody.result()).code, 125);
});

Deno.test("run takes the options of docker, detaches, and removes what it ran", async (t) => {
  await using daemon = await RunningDaemon.start();
  const printed = async (...words: string[]) => {
    const { code, stdout, stderr } = await daemon.paasc(words);
    assertEquals([code, stderr], [0, ""], words.join(" "));
    return text(stdout);
  };
  await t.step("-e, -w and -i", async () => {
    assertEquals(await printed("run", "-i", "-e", "A=1", "-w", "/tmp", "sh", "-c", 'echo "$A"; pwd'), "1\n/tmp\n");
  });
  await t.step("--rm", async () => {
    assertEquals((await daemon.paasc(["run", "--rm", "--name", "gone", "sh", "-c", "exit 3"])).code, 3);
    assertEquals((await daemon.paasc(["status", "gone"])).code, 1);
    assertEquals((await daemon.paasc(["run", "-d", "--rm", "true"])).code, 2);
  });
  await t.step("--detach prints the id", async () => {
    const id = (await printed("run", "-d", "--name", "web", "-l", "a=b", "cat")).trimEnd();
    const { state, labels, id: own } = JSON.parse(await printed("inspect", "web"));
    assertEquals([state === "stopping", labels, own], [false, { a: "b" }, id]);
    assertEquals((await daemon.paasc(["wait", "web"])).code, 0); // without -i its stdin is empty
    await printed("run", "-di", "--name", "waiting", "cat");
    await printed("run", "-dit", "--name", "shell", "sh", "-c", "test -t 0 && exec sleep 600");
    for (const name of ["waiting", "shell"]) {
      assertEquals(await daemon.status(name), "Status: running");
      assertEquals(await printed("stop", "-t", "5", name), "");
    }
    assertEquals((await daemon.paasc(["run", "-d", "no-such-program"])).code, 127);
  });
  await t.step("what it has not, it says", async () => {
    const { code, stderr } = await daemon.paasc(["run", "-p", "80:80", "true"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "there is no option '-p': processes use the files, the network");
  });
});

Deno.test("attach and wait say by 125 that there is no exit code of a process", async () => {
  await using daemon = await RunningDaemon.start();
  for (const command of ["attach", "wait"]) {
    const unknown = await daemon.paasc([command, "nobody"]);
    assertEquals([unknown.code, unknown.stderr.startsWith("paasc: no process has 'nobody'")], [125, true], command);
    await using client = startPaasc(["--server", "127.0.0.1:1", command, "nobody"]);
    assertEquals((await client.result()).code, 125, command);
  }
});

Deno.test("run gives Ctrl-C to the program, and stops it at a second one", async () => {
  const daemon = shared();
  await using obeys = daemon.startPaasc([
    "run",
    "sh",
    "-c",
    "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.05; done",
  ]);
  await until("it is ready", () => obeys.printed === "ready\n");
  obeys.kill("SIGINT");
  obeys.kill("SIGINT"); // as terminals and task runners deliver one twice
  const { code, stdout } = await obeys.result();
  assertEquals([code, text(stdout)], [9, "ready\ncaught\n"]);

  const ignoring = "trap 'echo no' INT; echo ready; while :; do sleep 0.05; done";
  await using ignores = daemon.startPaasc(["run", "sh", "-c", ignoring]);
  await until("it is ready", () => ignores.printed === "ready\n");
  ignores.kill("SIGINT");
  const begin = performance.now();
  await until("it has been told", () => ignores.printed === "ready\nno\n");
  await until("a second one is another one", () => performance.now() - begin > 400);
  ignores.kill("SIGINT");
  assertEquals((await ignores.result()).code, 128 + 15);
});

Deno.test("run ends a program whose reader has gone, as a pipe does", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = daemon.startPaasc(["run", "--name", "endless", "yes"], { stalled: true });
  await until("it runs", async () => await daemon.status("endless") === "Status: running");
  await client.closeOutput();
  assertEquals((await client.result()).code, 141);
  await daemon.untilStatus("endless", "Status: finished (signal 13)");
});

Deno.test("run leaves or stops a program whose client was killed, as it was told", async () => {
  await using daemon = await RunningDaemon.start();
  const start = async (name: string, ...options: string[]) => {
    await using client = daemon.startPaasc(["run", "--name", name, ...options, "sleep", "60"]);
    await until("it runs", async () => await daemon.status(name) === "Status: running");
    client.kill("SIGKILL");
    await client.result();
  };
  await start("kept", "--on-disconnect", "keep");
  await start("leased");
  await start("stopped", "--on-disconnect", "stop");
  await start("late", "--on-disconnect", "stop-after=200ms");
  for (const name of ["stopped", "late"]) await daemon.untilStatus(name, "Status: finished (signal 15)");
  const { stdout } = await daemon.paasc(["status", "-o", "json", "late"]);
  assertEquals(JSON.parse(text(stdout)).endReason, "client-gone");
  for (const name of ["kept", "leased"]) assertEquals(await daemon.status(name), "Status: running");
});

Deno.test("run goes on at the next byte of input and output when the connection breaks", async () => {
  await using daemon = await RunningDaemon.start();
  await using proxy = await TcpProxy.to(daemon.port);
  proxy.limits = [200_000, 1_000_000, 300_000, 3_000_000];
  const bytes = noise(12_000_000);
  await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, "run", "cat"], { input: bytes });
  const { code, stdout, stderr } = await client.result();
  assertEquals([code, proxy.connections], [0, 5], stderr);
  assert(same(stdout, bytes), "what came back is not what went in");
});

/** Everything that was told of how a process ended, by who ran it, who attached and who waited. */
async function ends(
  daemon: RunningDaemon,
  options: string[],
  program: string[],
  end?: (id: string) => Promise<unknown>,
) {
  const name = `ends-${crypto.randomUUID().slice(0, 8)}`;
  await using run = daemon.startPaasc(["run", "--name", name, ...options, ...program]);
  await until("it has begun", () => run.printed.includes("begun"));
  await using attached = daemon.startPaasc(["attach", name]);
  await until("it is attached", () => attached.printed.includes("begun"));
  await using waiting = daemon.startPaasc(["wait", name]);
  const waits = () => new RegExp(`method=List .*\\n(.*\\n)*.*method=Attach`).test(daemon.log);
  await until("all are there", waits);
  await end?.(name);
  const told = async (client: RunningClient) => {
    const { code, stderr } = await client.result();
    return `${code} ${stderr}`;
  };
  return await Promise.all([run, attached, waiting].map(told));
}

Deno.test("run, attach and wait say in a sentence why a process ended that did not end by itself", async () => {
  await using daemon = await RunningDaemon.start(); // it ends in this test
  const sleep = ["sh", "-c", "echo begun; exec sleep 600"];
  const same = (line: string) => [line, line, line];
  const stopped = "paasc: the process was stopped";

  assertEquals(await ends(daemon, [], ["sh", "-c", "echo begun; sleep 1; exit 9"]), same("9 "));
  const late = "it ran longer than its timeout";
  assertEquals(await ends(daemon, ["--timeout", "2s"], sleep), [
    `143 ${stopped}: ${late} of 2s\n`,
    ...same(`143 ${stopped}: ${late}\n`).slice(1),
  ]);
  const stubborn = ["sh", "-c", "trap '' TERM; echo begun; while :; do sleep 0.1; done"];
  assertEquals(await ends(daemon, ["--timeout", "2s", "--grace", "100ms"], stubborn), [
    `137 ${stopped}, by SIGKILL when its grace period was over: ${late} of 2s\n`,
    ...same(`137 ${stopped}, by SIGKILL when its grace period was over: ${late}\n`).slice(1),
  ]);
  const loud = ["sh", "-c", "echo begun; while [ ! -e $0 ]; do sleep 0.05; done; seq 1000000; sleep 600"];
  const go = await Deno.makeTempFile();
  await Deno.remove(go);
  const printed = await ends(daemon, ["--max-output", "20K"], [...loud, go], () => Deno.writeTextFile(go, ""));
  await Deno.remove(go);
  assertEquals(printed, [
    `143 ${stopped}: it printed more than its limit of 20480 bytes\n`,
    ...same(`143 ${stopped}: it printed more than its limit\n`).slice(1),
  ]);
  const stop = (name: string) => daemon.paasc(["stop", name]);
  assertEquals(await ends(daemon, [], sleep, stop), same(`143 ${stopped} by you from elsewhere\n`));
  const kill = (name: string) => daemon.paasc(["kill", "QUIT", name]);
  assertEquals(await ends(daemon, [], sleep, kill), same("131 paasc: the process was killed by SIGQUIT\n"));
  const shutdown = () => Promise.resolve(daemon.kill("SIGTERM"));
  assertEquals(
    (await ends(daemon, [], sleep, shutdown)).slice(0, 2),
    same(`143 ${stopped}: the daemon shut down\n`).slice(1),
  );
});

Deno.test("run says nothing of a signal and a stop that it sent itself", async () => {
  const daemon = shared();
  await using obeys = daemon.startPaasc(["run", "sh", "-c", "echo begun; exec sleep 600"]);
  await until("it has begun", () => obeys.printed === "begun\n");
  obeys.kill("SIGINT");
  const { code, stderr } = await obeys.result();
  assertEquals([code, stderr], [130, ""]);
});

Deno.test("run that was away for too long says that its process was stopped for it", async () => {
  await using daemon = await RunningDaemon.start();
  await using proxy = await TcpProxy.to(daemon.port);
  const words = ["run", "--name", "left", "--on-disconnect", "stop-after=300ms", "sh", "-c", "echo begun; sleep 600"];
  await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, ...words]);
  await until("it has begun", () => client.printed === "begun\n");
  await proxy.remove();
  await daemon.untilStatus("left", "Status: finished (signal 15)");
  await proxy.mend();
  const { code, stderr } = await client.result();
  assertEquals([code, stderr.split("\n").at(-2)], [
    143,
    "paasc: the process was stopped: its client was gone for 300ms",
  ]);
});

Deno.test("attach joins a process that runs: what both type goes in, and both see what comes out", async () => {
  await using daemon = await RunningDaemon.start();
  await using first = daemon.startPaasc(["run", "--name", "shared", "cat"], { input: "open" });
  await first.type("one\n");
  await until("it came back", () => first.printed === "one\n");
  await using second = daemon.startPaasc(["attach", "shared"], { input: "open" });
  await until("the last lines come first", () => second.printed === "one\n");
  await second.type("two\n");
  await until("both see it", () => first.printed === "one\ntwo\n" && second.printed === "one\ntwo\n");
  await first.type("three\n");
  await until("both see it", () => first.printed === second.printed && first.printed.endsWith("three\n"));
  await first.endInput();
  for (const client of [first, second]) {
    const { code, stdout, stderr } = await client.result();
    assertEquals([code, text(stdout), stderr], [0, "one\ntwo\nthree\n", ""]);
  }
});

/** A terminal in which a shell script runs, as `script` of util-linux gives one. */
async function inTerminal(
  script: string,
  test: (printed: () => string, type: (keys: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(directory, "script"), script);
    const child = new Deno.Command("script", {
      args: ["-qec", "sh script", "/dev/null"],
      cwd: directory,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await using terminal = new RunningClient(child, { input: "open" }); // without `script`, the kernel hangs up on the shell
    await test(() => terminal.printed, (keys) => terminal.type(keys));
    await terminal.endInput();
    let ended = false;
    terminal.result().then(() => ended = true);
    await until("the shell has ended", () => ended);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** `paasc` as a shell reads it. */
function line(daemon: RunningDaemon, ...words: string[]): string {
  return daemon.paascCommand(words).map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

Deno.test("run --tty lends the terminal to the program, and gives it back", async () => {
  const daemon = shared();
  const program = ["sh", "-c", "stty size; read line; echo got $line; tty; exit 5"];
  const before = "stty rows 33 cols 111; stty -g >before;";
  const after = "code=$?; stty -g >after; cmp before after && echo restored $code";
  const script = `${before} ${line(daemon, "run", "--tty", ...program)}; ${after}\n`;
  await inTerminal(script, async (printed, type) => {
    await until("it tells the size", () => printed().includes("33 111"));
    await type("hello\r");
    await until("it has ended", () => printed().includes("restored"));
    for (const text of ["got hello", "/dev/pts/", "restored 5"]) assertStringIncludes(printed(), text);
  });
});

Deno.test("run --tty leaves the program running at the keys that detach, and attach comes back to it", async () => {
  await using daemon = await RunningDaemon.start();
  const run = line(daemon, "run", "--tty", "--name", "shell", "--on-disconnect", "stop", "sh");
  const attach = line(daemon, "attach", "shell");
  await inTerminal(`${run}; echo left $?; ${attach}; echo ended $?\n`, async (printed, type) => {
    await until("there is a prompt", () => /[$#] $/.test(printed()));
    await type("echo $((6 * 7))\r");
    await until("it was run", () => printed().includes("42"));
    await type("\x10\x11");
    await until("it is left", () => printed().includes("left 0"));
    await until("it is attached again", () => /[$#] $/.test(printed().split("left 0")[1]!));
    assertEquals(await daemon.status("shell"), "Status: running");
    await type("exit 3\r");
    await until("it has ended", () => printed().includes("ended 3"));
  });
});

Deno.test("attach leaves a process without stdin by Ctrl-C, and says how to leave and to come back", async () => {
  await using daemon = await RunningDaemon.start();
  const [deaf, hearing] = [
    await daemon.exec(["--name", "deaf", "sh", "-c", "echo begun; exec sleep 600"]),
    await daemon.exec(["--name", "hearing", "--stdin", "sh", "-c", "echo begun; exec sleep 600"]),
  ];
  for (const [words, id] of [[["deaf"], deaf], [["-n", "hearing"], hearing]] as const) {
    await inTerminal(`trap : INT; ${line(daemon, "attach", ...words)}; echo left $?\n`, async (printed, type) => {
      await until("it is attached", () => printed().includes("begun"));
      assertStringIncludes(printed(), `attached to ${id}; Ctrl-C leaves it running`);
      await type("\x03");
      await until("it is left", () => printed().includes("left 130"));
      assertStringIncludes(printed(), `detached from ${id}; come back with: paasc attach ${id}`);
    });
    assertEquals(await daemon.status(id), "Status: running");
  }
});

Deno.test("attach sends whole lines to a process with stdin, and leaves it at the keys that detach", async () => {
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec([
    "--name",
    "reader",
    "--stdin",
    "sh",
    "-c",
    "echo begun; while read x; do echo got $x; done",
  ]);
  const script = `stty -g >before; ${
    line(daemon, "attach", "reader")
  }; echo left $?; stty -g | cmp - before && echo same\n`;
  await inTerminal(script, async (printed, type) => {
    await until("it is attached", () => printed().includes("begun"));
    assertStringIncludes(printed(), `attached to ${id}; ctrl-p ctrl-q leaves it running`);
    await type("onn\x7fe\r");
    await until("the line has come", () => /got one\r?\n/.test(printed()));
    await type("two\x10\x11");
    await until("it is left", () => printed().includes("left 0") && printed().includes("same"));
    assertStringIncludes(printed(), `detached from ${id}; come back with: paasc attach ${id}`);
  });
  assertEquals(await daemon.status(id), "Status: running");
});

Deno.test("run --tty undoes what the program has set in the terminal, when one detaches", async () => {
  await using daemon = await RunningDaemon.start();
  const program = ["sh", "-c", "printf '\\033[?1049h\\033[?25l\\033[?2004h\\033[?2004lready'; exec sleep 600"];
  await inTerminal(
    `${line(daemon, "run", "-it", "--name", "editor", ...program)}; echo left $?\n`,
    async (printed, type) => {
      await until("it is ready", () => printed().includes("ready"));
      await type("\x10\x11");
      await until("it is left", () => printed().includes("left 0"));
      const after = printed().slice(printed().indexOf("ready"));
      assertStringIncludes(after, "\x1b[?25h\x1b[?1049l\x1b[0m\r");
      assertStringIncludes(after, "come back with: paasc attach ");
    },
  );
});

Deno.test("run --tty gives the program a terminal of the type that is lent, unless that has no proper name", async () => {
  const daemon = shared();
  const show = line(daemon, "run", "--tty", "sh", "-c", "echo got $TERM");
  const types = ["vt100", "screen.xterm-256color", "a b", ""];
  const script = types.map((type) => `TERM='${type}' ${show}`).join("; ") + "; unset TERM; " + show + "; echo over\n";
  await inTerminal(script, async (printed) => {
    await until("all have ended", () => printed().includes("over"));
    const got = [...printed().matchAll(/got (\S*)/g)].map(([, type]) => type);
    assertEquals(got, ["vt100", "screen.xterm-256color", "xterm-256color", "xterm-256color", "xterm-256color"]);
  });
});

Deno.test("run that is suspended by Ctrl-Z suspends its program, which outlives its lease, and both go on", async () => {
  await using daemon = await RunningDaemon.start();
  const program = "echo pid $$ begun; exec sleep 600";
  const lease = ["--on-disconnect", "stop-after=100ms"];
  const run = line(daemon, "run", "--name", "job", ...lease, "sh", "-c", program);
  const state = async () => {
    const { stdout } = await daemon.paasc(["status", "-o", "json", "job"]);
    const { pid } = JSON.parse(text(stdout));
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2)[0];
  };
  await inTerminal(`exec bash --norc --noprofile -i\n`, async (printed, type) => {
    await type(`PS1='ready''> '; ${run}; echo code $?\r`);
    await until("it has begun", () => /pid \d+ begun/.test(printed()));
    await type("\x1a");
    await until("the shell has the terminal", () => /Stopped[^]*ready> $/.test(printed()));
    assertEquals(await state(), "T");
    const cut = () => daemon.log.match(/method=Attach .*code=CANCELLED/g)?.length ?? 0;
    const before = cut();
    await type("kill -9 %1; wait %1; echo go''ne\r"); // whoever never comes back
    await until("it is killed", () => /gone[^]*ready> $/.test(printed()));
    await until("the daemon knows", () => cut() > before);
    const since = performance.now();
    await until("three leases are over", () => performance.now() - since > 300);
    assertEquals([await state(), await daemon.status("job")], ["T", "Status: running"]);
    await type(`${line(daemon, "attach", "job")}; echo code $?\r`);
    await until("it is attached", () => /gone[^]*pid \d+ begun/.test(printed()));
    await type("\x1a");
    await until("it is suspended again", () => /gone[^]*Stopped[^]*ready> $/.test(printed()));
    assertEquals(await state(), "T");
    await type("fg\r");
    await until("it goes on", async () => await state() === "S");
    assertEquals((await daemon.paasc(["kill", "USR1", "job"])).code, 0);
    // The shell drops what is typed before it has the terminal back.
    await until("it has ended", () => /killed by SIGUSR1[^]*ready> $/.test(printed()));
    await type("exit\r");
  });
});
