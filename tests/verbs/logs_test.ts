import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { lives } from "../support/lives.ts";
import { RunningDaemon, sharedDaemon, text } from "../support/programs.ts";
import { RawClient, type RawLog } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

const MIB = 1024 * 1024;

/** Bytes that no text has. */
const BINARY = Uint8Array.from({ length: 8 * 256 }, (_, index) => (index * 7 + (index >> 8)) % 256);

/** What is written, and how it is called. */
const CONTENTS: [string, Uint8Array][] = [
  ["all byte values", BINARY],
  ["invalid UTF-8", Uint8Array.of(0xff, 0xc0, 0x80, 0x0a, 0xed, 0xa0, 0x80, 0xe2, 0x82, 0x0a, 0xfe)],
  ["NUL alone", new Uint8Array(5_000)],
  ["no newline at the end", bytes("one\ntwo\nthree")],
  ["newlines alone", bytes("\n".repeat(10_000))],
  ["a carriage return here and there", bytes("a\rb\r\nc\n\r")],
  ["lines around the largest chunk", bytes([65_534, 65_535, 65_536, 65_537].map((n) => "x".repeat(n)).join("\n"))],
  ["nothing", new Uint8Array()],
  ["200,000 short lines", bytes(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(""))],
];

/** Prints a line; waits for the file GO1, prints half of CONTENT; waits for GO2 and prints the rest. */
const IN_THREE_PARTS = [
  "echo ready",
  'until [ -e "$1/go1" ]; do sleep 0.01; done',
  'head -c "$3" "$2"',
  ': > "$1/half"',
  'until [ -e "$1/go2" ]; do sleep 0.01; done',
  'tail -c "+$(($3 + 1))" "$2"',
].join("; ");

Deno.test("logs are byte for byte what was written, whenever the reader comes", async (t) => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  for (const [name, content] of CONTENTS) {
    await t.step(name, async () => {
      await using directory = await TemporaryDirectory.make();
      const file = directory.file("content");
      await Deno.writeFile(file, content);
      const half = String(content.length >> 1);
      const id = await client.exec(["sh", "-c", IN_THREE_PARTS, "sh", directory.path, file, half]);

      const fromStart = client.logs(id);
      const paascFromStart = daemon.startPaasc(["logs", id]);
      await until("both read", () => fromStart.bytes > 0 && paascFromStart.printed !== "");
      await Deno.writeTextFile(directory.file("go1"), "");
      await until("half is written", () => exists(directory.file("half")));
      const inTheMiddle = Array.from({ length: 50 }, () => client.logs(id));
      await until("all read", () => inTheMiddle.every((log) => log.bytes > 0));
      await Deno.writeTextFile(directory.file("go2"), "");

      const whole = Buffer.concat([bytes("ready\n"), content]);
      const check = async (log: RawLog) => assertEquals([await log.digest(), log.bytes], [sha256(whole), whole.length]);
      await check(fromStart);
      for (const log of inTheMiddle) await check(log);
      const afterTheEnd = Array.from({ length: 50 }, () => client.logs(id));
      for (const log of afterTheEnd) await check(log);
      for (const { code, stdout, stderr } of [await paascFromStart.result(), await daemon.paasc(["logs", id])]) {
        assertEquals([code, stderr, sha256(stdout), stdout.length], [0, "", sha256(whole), whole.length]);
      }
      const last = await afterTheEnd[0]!.end;
      assertEquals([last.status?.state, last.status?.exitCode], ["PROCESS_STATE_FINISHED", 0]);
    });
  }
  await t.step("a process that writes nothing at all", async () => {
    const id = await client.exec(["true"]);
    const { code, stdout, stderr } = await daemon.paasc(["logs", id]);
    assertEquals([code, stdout.length, stderr], [0, 0, ""]);
  });
});

Deno.test("logs hold a line of 100 MB, and the daemon does not", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["sh", "-c", "printf start; head -c 100000000 /dev/zero"]);
  const before = await daemon.residentSize();
  const fromStart = client.logs(id);
  await client.untilFinished(id);

  const hash = createHash("sha256").update("start");
  for (let million = 0; million < 100; million++) hash.update(new Uint8Array(1_000_000));
  const digest = hash.digest("hex");
  assertEquals([await fromStart.digest(), fromStart.bytes], [digest, 100_000_005]);
  const { code, stdout, stderr } = await daemon.paasc(["logs", id]);
  assertEquals([code, stderr, stdout.length, sha256(stdout)], [0, "", 100_000_005, digest]);
  const peak = await peakSize(daemon);
  console.log(`resident: ${before.toFixed()} MiB before, ${peak.toFixed()} MiB at most`);
  // Throughput alone makes it grow by 90 to 155 MiB, however long the log is; holding the line would add 95.
  assert(peak - before < 170, `the daemon grew from ${before} to ${peak} MiB`);
});

Deno.test("logs keep each of two streams whole and in order", async () => {
  const daemon = shared();
  const lines = 20_000;
  const script =
    `i=0; while [ $i -lt ${lines} ]; do echo out $i; echo error $i >&2; i=$((i+1)); done; printf o; printf e >&2`;
  const id = await daemon.exec(["sh", "-c", script]);
  const [json, plain] = await Promise.all([daemon.paasc(["logs", "-o", "json", id]), daemon.paasc(["logs", id])]);
  assertEquals([json.code, json.stderr, plain.code, plain.stderr], [0, "", 0, ""]);

  const objects = text(json.stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
  const last = objects.pop();
  const streams: Record<string, Uint8Array[]> = { stdout: [], stderr: [] };
  let offset = 0;
  for (const chunk of objects) {
    assertEquals(chunk.offset, offset);
    const data = Buffer.from(chunk.data, "base64");
    offset += data.length;
    streams[chunk.stream]!.push(data);
  }
  for (const [stream, word] of [["stdout", "out"], ["stderr", "error"]] as const) {
    const expected = Array.from({ length: lines }, (_, index) => `${word} ${index}\n`).join("") + word[0];
    assert(text(Buffer.concat(streams[stream]!)) === expected, `${stream} is not what was written to it`);
  }
  assertEquals(last.end.bytes, offset);
  assertEquals([last.end.status.state, last.end.status.exitCode], ["finished", 0]);
  assertEquals(plain.stdout.length, offset);
});

Deno.test("logs follow: a line is seen while the process still runs", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  await using directory = await TemporaryDirectory.make();
  const script = 'echo first; until [ -e "$1/go1" ]; do sleep 0.01; done; echo second; exec sleep 600';
  const id = await client.exec(["sh", "-c", script, "sh", directory.path]);
  await using reader = daemon.startPaasc(["logs", id]);
  await until("the first line is printed", () => reader.printed === "first\n");
  assertEquals((await client.status(id)).state, "PROCESS_STATE_RUNNING");
  await Deno.writeTextFile(directory.file("go1"), "");
  await until("the second line is printed", () => reader.printed === "first\nsecond\n");
  assertEquals((await client.status(id)).state, "PROCESS_STATE_RUNNING");
  await client.stop(id);
  assertEquals((await reader.result()).code, 0);
});

Deno.test("logs follow: a reader that is stalled costs nobody anything", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  await using directory = await TemporaryDirectory.make();
  const script = 'echo ready; until [ -e "$1/go1" ]; do sleep 0.01; done; yes 0123456789abcde | head -c 300000000';
  const id = await client.exec(["sh", "-c", script, "sh", directory.path]);
  const other = client.logs(id);
  await using stalled = daemon.startPaasc(["logs", id], { stalled: true });
  await using stalledToo = daemon.startPaasc(["logs", id], { stalled: true });
  await until("all read", async () => other.bytes > 0 && await connections(daemon) >= 3);
  const before = await daemon.residentSize();
  const start = performance.now();
  await Deno.writeTextFile(directory.file("go1"), "");
  const status = await client.untilFinished(id);
  assertEquals(status.exitCode, 0);
  const { bytes } = await other.end;
  const took = performance.now() - start;
  assertEquals(bytes, 300_000_006);
  assertEquals([await lives(stalled.pid), /method=GetLogs .*code=CANCELLED/.test(daemon.log)], [true, false]);
  const served = () => daemon.log.match(/method=GetLogs .*code=OK/g)?.length;
  await until("the other reader's call is logged", served);
  assertEquals(served(), 1, "a stalled reader was served to the end");
  assert(openFiles(daemon).some((path) => path.endsWith(`${id}/0.log`)), "the stalled readers have the log open");
  const [after, peak] = [await daemon.residentSize(), await peakSize(daemon)];
  console.log(
    `300 MB in ${took.toFixed()} ms; resident: ${before.toFixed()} MiB before, ${peak.toFixed()} at most, ${after.toFixed()} after`,
  );
  // Throughput alone makes it grow by 100 to 160 MiB, whoever reads and however much; holding the log would add 286.
  assert(peak - before < 220, `the daemon grew from ${before} to ${peak} MiB`);

  for (const reader of [stalled, stalledToo]) reader.kill("SIGKILL");
  await until("the calls are over", () => daemon.log.match(/method=GetLogs .*code=CANCELLED/g)?.length === 2);
  await until(
    "nobody has the log open any more",
    () => !openFiles(daemon).some((path) => path.endsWith(`${id}/0.log`)),
  );
});

Deno.test("logs follow: a reader that is killed is forgotten", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["sh", "-c", "echo ready; exec sleep 600"]);
  const before = daemon.descriptors();
  const readers = Array.from({ length: 3 }, () => daemon.startPaasc(["logs", id]));
  try {
    await until("all read", () => readers.every((reader) => reader.printed === "ready\n"));
    assert(daemon.descriptors() > before);
  } finally {
    for (const reader of readers) reader.kill("SIGKILL");
    for (const reader of readers) await reader.result();
  }
  await until("the calls are over", () => daemon.log.match(/method=GetLogs .*code=CANCELLED/g)?.length === 3);
  await until("their descriptors are back", () => daemon.descriptors() <= before);
  assertEquals((await client.status(id)).state, "PROCESS_STATE_RUNNING");
});

Deno.test("logs follow: Ctrl-C ends the following, not the process", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["sh", "-c", "echo ready; exec sleep 600"]);
  await using reader = daemon.startPaasc(["logs", id]);
  await until("it reads", () => reader.printed === "ready\n");
  reader.kill("SIGINT");
  const { code, stdout, stderr } = await reader.result();
  assertEquals([code, text(stdout), stderr], [130, "ready\n", ""]);
  await until("the call is over", () => /method=GetLogs .*code=CANCELLED/.test(daemon.log));
  assertEquals(await daemon.status(id), "Status: running");
});

Deno.test("logs end although somebody still holds the pipes of a leader that has exited", async (t) => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "500ms"]);
  await using client = new RawClient(daemon);
  /** Runs a script to the end of its log, and gives the text. */
  const run = async (script: string) => {
    const id = await client.exec(["bash", "-c", script]);
    const log = client.logs(id);
    let last: Awaited<typeof log.end> | undefined;
    log.end.then((end) => last = end);
    const { status } = await until("the log ends", () => last);
    const { seconds, nanos } = status!.finishTime!;
    const later = Date.now() - seconds * 1_000 - nanos / 1e6;
    assert(later > 100, `finished only ${later} ms before its log ended`); // others held the pipes for longer
    assertEquals([status!.state, status!.exitCode], ["PROCESS_STATE_FINISHED", 3]);
    assertEquals(await daemon.status(id), "Status: finished (exit code 3)");
    return log.text;
  };
  await t.step("a child that obeys SIGTERM", async () => {
    const pid = Number(await run("sleep 600 & echo $!; exit 3"));
    assertEquals(await lives(pid), false);
  });
  await t.step("a child that ignores SIGTERM", async () => {
    const pid = Number(
      await run(`bash -c 'trap "" TERM; echo $$; while :; do sleep 0.1; done' & sleep 0.1; exit 3`),
    );
    await until("it has gone", async () => !await lives(pid));
  });
  await t.step("a child that goes on writing", async () => {
    const output = await run("(while :; do echo tick; sleep 0.05; done) & echo $!; exit 3");
    assertEquals(await lives(Number(/\d+/.exec(output)![0])), false);
  });
  await t.step("a pipeline that drains has its last output in the log", async () => {
    const output = await run(
      `exec > >(while read -r line; do sleep 0.1; echo "late $line"; done); echo one; echo two; exit 3`,
    );
    assertEquals(output, "late one\nlate two\n");
  });
  await t.step("a descendant that left the group by setsid", async () => {
    const pid = Number(await run("setsid sleep 600 & echo $!; exit 3"));
    try {
      assert(await lives(pid), "it was to be left alone: the known limit");
    } finally {
      Deno.kill(pid, "SIGKILL");
    }
  });
});

/** A directory that is removed at the end. */
class TemporaryDirectory implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<TemporaryDirectory> {
    return new TemporaryDirectory(await Deno.makeTempDir());
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

/** What a daemon has open. */
function openFiles({ pid }: RunningDaemon): string[] {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].flatMap(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      return []; // it has been closed meanwhile
    }
  });
}

/** The largest resident size that a daemon has had, in MiB. */
async function peakSize(daemon: RunningDaemon): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${daemon.pid}/status`);
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) * 1024 / MIB;
}

/** How many connections a daemon has. */
async function connections(daemon: RunningDaemon): Promise<number> {
  const port = daemon.port.toString(16).toUpperCase().padStart(4, "0");
  const table = await Deno.readTextFile("/proc/net/tcp");
  return table.split("\n").filter((line) => new RegExp(`^ *\\d+: \\w+:${port} \\w+:\\w+ 01 `).test(line)).length;
}
