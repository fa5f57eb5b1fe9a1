import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { lives } from "../../tests/support/lives.ts";
import { until } from "../../tests/support/until.ts";
import { REFUSALS } from "../../tests/support/worker/refusals.ts";
import { baseEnvironment } from "../child/environment.ts";
import { SpawnError, StopInProgressError } from "../errors.ts";
import type { LogStream } from "../log_format/record.ts";
import { Segment } from "../log/segment.ts";
import type { Process } from "./process.ts";
import { spawn, type SpawnOptions } from "../spawn.ts";
import { Spool } from "../spool/spool.ts";

/** Runs a test with a spool of its own. At the end no process may be left. */
function processTest(
  name: string,
  test: (run: Run, spool: Spool) => Promise<void>,
  options: { sanitizeResources?: boolean } = {},
): void {
  Deno.test(name, options, async () => {
    const directory = await Deno.makeTempDir();
    const processes: Process[] = [];
    const spool = await Spool.open(directory);
    try {
      await test(async (args, options) => {
        const process = await spawn({ args, spool, ...options });
        processes.push(process);
        return process;
      }, spool);
    } finally {
      for (const process of processes) process.kill();
      await Promise.all(processes.map((process) => process.ended));
      spool.close();
      await Deno.remove(directory, { recursive: true });
    }
  });
}

type Run = (args: string[], options?: Partial<SpawnOptions>) => Promise<Process>;

/** Returns all output, byte for byte. */
async function outputBytes(process: Process, only?: LogStream): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const { stream, data } of process.logs()) {
    if (!only || stream === only) parts.push(data.slice());
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function output(process: Process, only?: LogStream): Promise<string> {
  return new TextDecoder().decode(await outputBytes(process, only));
}

/** Waits until the output has this text. */
async function untilPrinted(process: Process, text: string): Promise<void> {
  let printed = "";
  for await (const { data } of process.logs()) {
    printed += new TextDecoder().decode(data);
    if (printed.includes(text)) return;
  }
  throw new Error(`The process never printed ${JSON.stringify(text)}, but ${JSON.stringify(printed)}`);
}

for (const code of [0, 1, 3, 255]) {
  processTest(`spawn() reports exit code ${code}`, async (run) => {
    const process = await run(["sh", "-c", `exit ${code}`]);
    const status = await process.finished;
    assertEquals([status.exit, status.endReason, status.stop], [{ code }, "exited", undefined]);
    assertEquals(process.status, status);
  });
}

for (const signal of [6, 9, 11, 15, 34, 37, 64]) {
  processTest(`spawn() reports death by signal ${signal}`, async (run) => {
    const process = await run(["sh", "-c", `ulimit -c 0; kill -${signal} $$`]);
    assertEquals((await process.finished).exit, { signal });
    // The runtime itself keeps a child that died by a signal without a name.
  }, { sanitizeResources: signal < 32 });
}

processTest("spawn() passes arguments on exactly as given", async (run) => {
  const args = ["", " ", "a b", "\n", "'\"`$HOME\\", "--help", "-o", "--", "ünïcödé 🦕", "x".repeat(100_000), "é"];
  const process = await run(["sh", "-c", 'for a; do printf "%s\\0" "$a"; done', "sh", ...args]);
  assertEquals((await output(process)).split("\0"), [...args, ""]);
});

processTest("spawn() gives the clean base and what was asked for as environment, nothing else", async (run) => {
  Deno.env.set("PAAS_TEST_SECRET", "leaked");
  try {
    const printed = await output(await run(["env"], { env: { MINE: "1", TZ: "UTC" } }));
    const variables = Object.fromEntries(printed.trimEnd().split("\n").map((line) => line.split(/=(.*)/s)));
    assertEquals(variables, { ...baseEnvironment(), MINE: "1", TZ: "UTC" });
  } finally {
    Deno.env.delete("PAAS_TEST_SECRET");
  }
});

processTest("spawn() gives an empty stdin, its own session and group, and the working directory", async (run) => {
  assertEquals(await output(await run(["cat"])), "");
  const [pid, group, session] = (await output(await run(["sh", "-c", "exec ps -o pid=,pgid=,sess= -p $$"]))).trim()
    .split(/\s+/);
  assertEquals([group, session], [pid, pid]);
  assertEquals(await output(await run(["pwd"], { cwd: "/" })), "/\n");
});

for (const [what, args, options, failure] of REFUSALS) {
  processTest(`spawn() refuses ${what} and leaves nothing behind`, async (run, spool) => {
    const error = await assertRejects(() => run(args, options), SpawnError);
    assertEquals(error.failure, failure);
    assertEquals([...Deno.readDirSync(spool.directory)].filter(({ isDirectory }) => isDirectory), []);
  });
}

processTest("spawn() reports a missing interpreter", async (run, spool) => {
  const script = `${spool.directory}/script`;
  await Deno.writeTextFile(script, "#!/no/such/interpreter\n", { mode: 0o755 });
  const error = await assertRejects(() => run([script]), SpawnError, "interpreter");
  assertEquals(error.failure, "program-not-found");
  const byName = await assertRejects(() => run(["script"], { env: { PATH: spool.directory } }), SpawnError);
  assertEquals(byName.message, 'Cannot start "script": the interpreter that its first line names does not exist');
});

processTest("logs() keeps every byte, tells the streams apart and flushes a last line", async (run) => {
  const process = await run(["sh", "-c", "printf 'out\\000\\377\\n'; printf 'err\\n' >&2; printf 'no newline'"]);
  const expected = [..."out\0\xff\nno newline"].map((char) => char.charCodeAt(0));
  assertEquals([...await outputBytes(process, "stdout")], expected);
  assertEquals(await output(process, "stderr"), "err\n");
});

processTest("logs() is live: the first line is there while the process runs", async (run) => {
  const process = await run(["sh", "-c", "echo first; sleep 60"]);
  await untilPrinted(process, "first");
  assertEquals(process.status.state, "running");
});

processTest("logs() shows a prompt that stands still without its newline, marked partial", async (run) => {
  const process = await run(["sh", "-c", "printf 'name? '; sleep 60"]);
  for await (const { data, partial } of process.logs()) {
    assertEquals([new TextDecoder().decode(data), partial], ["name? ", true]);
    return;
  }
});

processTest("logs() ends after the status is final", async (run) => {
  const process = await run(["sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 5"]);
  await output(process);
  assertEquals(process.status.state, "finished");
});

processTest("logs() keeps the last output of a pipeline that drains after its leader", async (run) => {
  const process = await run(["bash", "-c", 'exec > >(while read -r l; do sleep 0.02; echo "$l"; done); seq 10']);
  assertEquals(await output(process), "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
});

processTest("finished does not wait for children that hold the pipes, and ended leaves none of them", async (run) => {
  const process = await run([
    "sh",
    "-c",
    "sleep 1000 & echo $!; trap '' TERM; sh -c 'while :; do sleep 1; done' & echo $!",
  ], {
    stopGrace: 300,
  });
  assertEquals((await process.finished).exit, { code: 0 });
  const pids = (await output(process)).trim().split("\n").map(Number);
  assertEquals(pids.length, 2);
  await process.ended;
  for (const pid of pids) await until(`${pid} is gone`, async () => !(await lives(pid)));
});

processTest("logs() ends although a descendant in a session of its own holds the pipes", async (run) => {
  const process = await run(["sh", "-c", "setsid sleep 30 & echo $!"]);
  const pid = Number(await output(process));
  assert(pid > 1);
  Deno.kill(pid, "SIGKILL");
});

processTest("stop() ends a process that obeys with SIGTERM", async (run) => {
  const process = await run(["sleep", "1000"]);
  const { exit, endReason, stop } = await process.stop({ by: "somebody" });
  assertEquals([exit, endReason, stop?.by, stop?.killed], [{ signal: 15 }, "stopped", "somebody", false]);
});

processTest("stop() sends SIGKILL after the grace period to one that does not", async (run) => {
  const process = await run(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]);
  await untilPrinted(process, "ready");
  const begin = performance.now();
  const { exit, stop } = await process.stop({ grace: 300 });
  assertEquals([exit, stop?.killed], [{ signal: 9 }, true]);
  assert(performance.now() - begin >= 299, "it was killed before the grace period was over");
});

processTest("stop() keeps what is printed on SIGTERM", async (run) => {
  const process = await run(["sh", "-c", "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.05; done"]);
  await untilPrinted(process, "ready");
  assertEquals((await process.stop()).exit, { code: 4 });
  assertEquals(await output(process, "stdout"), "ready\nbye\n");
});

processTest("stop() ends children and grandchildren", async (run) => {
  const process = await run(["sh", "-c", "sh -c 'sleep 1000 & echo $!; echo ready >&2; wait' & echo $!; sleep 1000"]);
  await untilPrinted(process, "ready");
  await process.stop({ grace: 5_000 });
  const pids = (await output(process, "stdout")).trim().split("\n").map(Number);
  for (const pid of pids) assertEquals(await lives(pid), false);
});

processTest("stop() ends one that is frozen", async (run) => {
  const process = await run(["sh", "-c", "echo ready; kill -STOP $$; echo continued; exec sleep 1000"]);
  await untilPrinted(process, "ready");
  const { exit, stop } = await process.stop({ grace: 20_000 });
  assertEquals([exit, stop?.killed], [{ signal: 15 }, false]);
});

processTest("stop() does nothing to one that has finished", async (run) => {
  const process = await run(["true"]);
  const finished = await process.finished;
  assertEquals(await process.stop(), finished);
  assertEquals(process.status, finished);
});

processTest("stop() refuses a second stop until the first has resolved", async (run) => {
  const process = await run(["sleep", "1000"]);
  const first = process.stop();
  assertEquals(process.status.state, "stopping");
  assertInstanceOf(await assertRejects(() => process.stop()), StopInProgressError);
  const status = await first;
  assertEquals(await process.stop(), status);
});

processTest("stop() that races with a natural exit gives one true status", async (run) => {
  for (let round = 0; round < 30; round++) {
    const process = await run(["sh", "-c", "exit 7"]);
    for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    const { exit } = await process.stop();
    assert(exit.code === 7 || exit.signal === 15, JSON.stringify(exit));
    assertEquals(process.status, await process.finished);
  }
});

Deno.test("Process.ended comes when its log is on the disk, of a spool that is kept", async () => {
  const { sync } = Segment.prototype;
  const { promise: synced, resolve } = Promise.withResolvers<void>();
  let syncs = 0;
  Segment.prototype.sync = () => (syncs++, synced);
  const directory = await Deno.makeTempDir();
  const spool = await Spool.open(`${directory}/kept`, { keep: true });
  try {
    const process = await spawn({ args: ["echo", "hello"], spool });
    let ended = false;
    process.ended.then(() => ended = true);
    assertEquals(await output(process), "hello\n"); // nobody else waits for the disk
    assertEquals((await process.finished).exit, { code: 0 });
    await until("it is being synced", () => syncs === 1);
    using temporary = await Spool.open(`${directory}/temporary`);
    const others = [temporary, spool];
    for (const [index, args] of [["echo", "hello"], ["true"]].entries()) {
      await (await spawn({ args, spool: others[index]! })).ended;
    }
    assertEquals([ended, syncs], [false, 1], "in a spool that is not kept, or without output, nothing is");
    resolve();
    await process.ended;
  } finally {
    Segment.prototype.sync = sync;
    spool.close();
    await Deno.remove(directory, { recursive: true });
  }
});
