import { assert, assertEquals, assertRejects } from "@std/assert";
import { lives } from "../../tests/support/lives.ts";
import { until } from "../../tests/support/until.ts";
import { REFUSALS } from "../../tests/support/worker/refusals.ts";
import { baseEnvironment } from "./environment.ts";
import { InputClosedError, SpawnError } from "../errors.ts";
import { loadLibc } from "../system/libc.ts";
import type { Process } from "../process/process.ts";
import { spawn, type SpawnOptions } from "../spawn.ts";
import { Spool } from "../spool/spool.ts";

assert(loadLibc()); // the library stays loaded, so it is no leak of a test

/** A process in a terminal, and its output so far. */
class Session {
  #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #read: Promise<void>;

  constructor(readonly process: Process) {
    this.#read = this.#readAll();
  }

  async #readAll(): Promise<void> {
    for await (const { data, stream } of this.process.logs()) {
      assertEquals(stream, "stdout");
      this.#parts.push(data.slice());
    }
  }

  get printed(): string {
    return this.#parts.map((part) => new TextDecoder("latin1").decode(part)).join("");
  }

  /** Returns all output to the end, without the carriage returns of the terminal. */
  async output(): Promise<string> {
    await this.#read;
    return new TextDecoder().decode(await new Blob(this.#parts).arrayBuffer()).replaceAll("\r\n", "\n");
  }

  async bytes(): Promise<Uint8Array> {
    await this.#read;
    return new Uint8Array(await new Blob(this.#parts).arrayBuffer());
  }

  async until(text: string): Promise<void> {
    await until(`it prints ${JSON.stringify(text)}`, () => this.printed.includes(text));
  }

  async type(text: string): Promise<void> {
    await this.process.input!.write(new TextEncoder().encode(text));
  }
}

type Run = (args: string[], options?: Partial<SpawnOptions>) => Promise<Session>;

/** Runs a test with a spool of its own. At the end no process and no descriptor may be left. */
function terminalTest(name: string, test: (run: Run, directory: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir();
    const before = terminalDescriptors();
    const sessions: Session[] = [];
    try {
      const spool = await Spool.open(`${directory}/spool`);
      await test(async (args, options) => {
        const session = new Session(await spawn({ args, spool, terminal: { columns: 80, rows: 24 }, ...options }));
        sessions.push(session);
        return session;
      }, directory);
    } finally {
      for (const { process } of sessions) process.kill();
      await Promise.all(sessions.map((session) => session.process.ended));
      await Promise.all(sessions.map((session) => session.output()));
      await Deno.remove(directory, { recursive: true });
    }
    let left = terminalDescriptors().filter((name) => !before.includes(name));
    await until("no descriptor is left, but those of other tests, which end", () => {
      const open = terminalDescriptors();
      left = left.filter((name) => open.includes(name));
      return left.length === 0;
    });
  });
}

/** The descriptors of terminals that this process has open. */
function terminalDescriptors(): string[] {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return /^\/dev\/(ptmx|pts)/.test(Deno.readLinkSync(`/proc/self/fd/${name}`));
    } catch {
      return false; // the descriptor of the directory itself
    }
  }).map(({ name }) => name);
}

terminalTest("spawn() in a terminal gives a controlling terminal of that size and type", async (run) => {
  const script = "tty; stty size; echo $TERM; test -t 0 && test -t 1 && test -t 2 && echo yes; echo here >/dev/tty";
  const session = await run(["sh", "-c", script], { terminal: { columns: 99, rows: 33, type: "vt100" } });
  assert(/^\/dev\/pts\/\d+\n33 99\nvt100\nyes\nhere\n$/.test(await session.output()), await session.output());
});

terminalTest("spawn() in a terminal gives the clean base, TERM and what was asked for", async (run) => {
  Deno.env.set("PAAS_TEST_TERMINAL_SECRET", "leaked");
  const session = await run(["env"], { env: { "A.B": "1=2", EMPTY: "" } });
  Deno.env.delete("PAAS_TEST_TERMINAL_SECRET");
  const variables = Object.fromEntries(
    (await session.output()).trimEnd().split("\n").map((line) => line.split(/=(.*)/s)),
  );
  assertEquals(variables, { ...baseEnvironment(), TERM: "xterm-256color", "A.B": "1=2", EMPTY: "" });
  assertEquals(await (await run(["sh", "-c", "echo $TERM"], { env: { TERM: "dumb" } })).output(), "dumb\n");
});

terminalTest("spawn() in a terminal passes arguments on exactly as given", async (run) => {
  const args = ["", " ", "'\"`$HOME\\", "--help", "-o", "--", "ünïcödé 🦕", "x".repeat(100_000), "é"];
  const session = await run(["sh", "-c", 'printf "%s|" "$0" "$@"', ...args]);
  assertEquals(await session.output(), args.map((arg) => `${arg}|`).join(""));
});

terminalTest("spawn() in a terminal leads its own session, with signals as they are by default", async (run) => {
  const session = await run(["sh", "-c", "exec ps -o pid=,pgid=,sess=,tpgid=,ignored=,blocked= -p $$"]);
  const { pid } = session.process;
  const words = (await session.output()).trim().split(/\s+/);
  assertEquals(words.slice(0, 4).map(Number), [pid, pid, pid, pid]);
  assertEquals(words.slice(4).map((mask) => BigInt(`0x${mask}`)), [0n, 0n]);
});

terminalTest("spawn() in a terminal starts in the working directory", async (run, directory) => {
  assertEquals(await (await run(["pwd"], { cwd: directory })).output(), `${await Deno.realPath(directory)}\n`);
});

terminalTest("spawn() leaves no terminal to the processes that are started later", async (run) => {
  const first = await run(["sleep", "60"]);
  for (const terminal of [undefined, { columns: 80, rows: 24 }]) {
    const session = await run(["sh", "-c", "readlink /proc/self/fd/* | grep -c ptmx"], { terminal });
    assertEquals(await session.output(), "0\n");
  }
  await first.process.stop();
});

for (const code of [0, 7, 127, 255]) {
  terminalTest(`spawn() in a terminal reports exit code ${code}`, async (run) => {
    assertEquals((await (await run(["sh", "-c", `exit ${code}`])).process.finished).exit, { code });
  });
}

for (const signal of [1, 9, 11, 15, 34, 37, 64]) {
  terminalTest(`spawn() in a terminal reports death by signal ${signal}`, async (run) => {
    const { process } = await run(["sh", "-c", `ulimit -c 0; kill -${signal} $$`]);
    assertEquals((await process.finished).exit, { signal });
  });
}

for (const [what, args, options, failure] of REFUSALS) {
  terminalTest(`spawn() in a terminal refuses ${what} in the same words as without`, async (run) => {
    const error = await assertRejects(() => run(args, options), SpawnError);
    assertEquals(error.failure, failure);
    const without = await assertRejects(() => run(args, { ...options, terminal: undefined }), SpawnError);
    assertEquals([error.failure, error.message], [without.failure, without.message]);
  });
}

terminalTest("spawn() in a terminal looks a program up as execvp(3) does", async (run, directory) => {
  const script = async (path: string, text: string, mode = 0o755) => {
    await Deno.mkdir(`${directory}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${directory}/${path}`, text, { mode });
  };
  await script("a/tool", "#!/bin/sh\necho a\n", 0o644);
  await script("b/tool", "#!/bin/sh\necho b $0\n");
  await script("b/plain", "echo plain $1\n");
  await script("b/broken", "#!/no/such/interpreter\n");
  const env = { PATH: `${directory}/none:${directory}/a:${directory}/b:/usr/bin:/bin` };
  assertEquals(await (await run(["tool"], { env })).output(), `b ${directory}/b/tool\n`);
  assertEquals(await (await run(["plain", "x"], { env })).output(), "plain x\n");
  const error = await assertRejects(() => run(["broken"], { env }), SpawnError);
  assertEquals(error.message, 'Cannot start "broken": the interpreter that its first line names does not exist');
  const denied = await assertRejects(() => run(["tool"], { env: { PATH: `${directory}/a:/none` } }), SpawnError);
  assertEquals(denied.failure, "not-executable");
});

terminalTest("resize() reaches the process", async (run) => {
  const session = await run(["bash", "-c", "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done"]);
  await session.until("ready");
  session.process.terminal!.resize({ columns: 132, rows: 50 });
  await session.until("50 132");
  await session.process.stop();
  session.process.terminal!.resize({ columns: 1, rows: 1 }); // nothing happens
});

terminalTest("input is echoed at once, edited by lines of characters, and ends with ^D", async (run) => {
  const session = await run(["cat"]);
  await session.type("n\u00fc\x7fa");
  await session.until("a"); // the line is not finished yet
  await session.type("me\n");
  await session.until("\r\n");
  session.process.input!.close();
  assertEquals((await session.process.finished).exit, { code: 0 });
  assert((await session.output()).endsWith("\nname\n"), JSON.stringify(await session.output()));
  await assertRejects(() => session.type("more"), InputClosedError);
});

terminalTest("close() of the input ends it in a line that was begun, too", async (run) => {
  const session = await run(["sh", "-c", "stty -echo; echo ready; cat; echo over"]);
  await session.until("ready");
  await session.type("no newline");
  session.process.input!.close();
  assertEquals(await session.output(), "ready\nno newlineover\n");
});

terminalTest("input of the byte 0x03 interrupts the foreground process", async (run) => {
  const session = await run(["sleep", "60"]);
  await session.type("\x03");
  assertEquals((await session.process.finished).exit, { signal: 2 });
});

terminalTest("input and output are exact, whatever the bytes", async (run) => {
  const session = await run(["sh", "-c", "stty raw -echo; echo ready; exec head -c 100000"]);
  await session.until("ready\n");
  const random = crypto.getRandomValues(new Uint8Array(50_000));
  await session.process.input!.write(random);
  await session.process.input!.write(random);
  assertEquals((await session.process.finished).exit, { code: 0 });
  const bytes = await session.bytes();
  const expected = new Uint8Array([...random, ...random]);
  assertEquals(bytes.length, 6 + expected.length);
  assert(bytes.subarray(6).every((byte, index) => byte === expected[index]));
});

terminalTest("write() waits for a process that does not read, and rejects when it ends", async (run) => {
  const session = await run(["sh", "-c", "stty raw -echo; echo ready; exec sleep 60"]);
  await session.until("ready");
  let taken = false;
  const writing = session.process.input!.write(new Uint8Array(1024 * 1024)).then(() => taken = true);
  const refused = assertRejects(() => writing, InputClosedError);
  session.process.signal(9);
  await refused;
  assertEquals(taken, false);
});

terminalTest("logs() keeps all that was printed before the end", async (run) => {
  const expected = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join("");
  for (let round = 0; round < 3; round++) {
    assertEquals(await (await run(["seq", "100000"])).output(), expected);
  }
});

terminalTest("logs() ends although a descendant in a session of its own has the terminal open", async (run) => {
  const session = await run(["sh", "-c", "setsid sleep 30 & echo $!"]);
  const pid = Number(await session.output());
  assert(pid > 1);
  Deno.kill(pid, "SIGKILL");
});

terminalTest("a process that closes the terminal may open it again", async (run) => {
  const session = await run(["sh", "-c", "exec <&- >&- 2>&-; sleep 0.3; echo again >/dev/tty"]);
  assertEquals(await session.output(), "again\n");
});

terminalTest("stop() ends what obeys with SIGTERM, and what is frozen", async (run) => {
  for (const script of ["echo ready; exec sleep 60", "echo ready; kill -STOP $$; exec sleep 60"]) {
    const session = await run(["sh", "-c", script]);
    await session.until("ready");
    const { exit, stop } = await session.process.stop({ grace: 10_000 });
    assertEquals([exit, stop?.killed], [{ signal: 15 }, false]);
  }
});

terminalTest("stop() hangs up on a shell that somebody types in, and on its jobs", async (run) => {
  const session = await run(["bash", "--norc", "-i"]);
  await session.type("sleep 1000 & echo job=$!\n");
  await session.until("\njob=");
  const begin = performance.now();
  const { exit, stop } = await session.process.stop({ grace: 10_000 });
  assertEquals([exit, stop?.killed], [{ signal: 1 }, false]);
  assert(performance.now() - begin < 10_000, "it was killed after the grace period");
  const job = Number(/\njob=(\d+)/.exec(session.printed)![1]);
  await until("the job is gone", async () => !(await lives(job)));
});

terminalTest("stop() sends SIGKILL after the grace period to one that does not obey", async (run) => {
  const session = await run(["sh", "-c", "trap '' TERM HUP; echo ready; while :; do sleep 1; done"]);
  await session.until("ready");
  const { exit, stop } = await session.process.stop({ grace: 400 });
  assertEquals([exit, stop?.killed], [{ signal: 9 }, true]);
});

terminalTest("many terminals at once keep apart", async (run) => {
  const sessions = await Promise.all(Array.from({ length: 30 }, () => run(["cat"])));
  await Promise.all(sessions.map((session, index) => session.type(`I am ${index}\n`)));
  await Promise.all(sessions.map((session, index) => session.until(`I am ${index}\r\nI am ${index}\r\n`)));
  for (const { process } of sessions) process.input!.close();
  for (const { process } of sessions) assertEquals((await process.finished).exit, { code: 0 });
});
