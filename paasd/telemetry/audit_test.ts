import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { until } from "../../tests/support/until.ts";
import { AuditLog } from "./audit.ts";
import { StartError } from "../errors.ts";
import { TestLog } from "../../tests/support/realm.ts";

/** A directory for a log, removed at the end. */
async function directory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const lines = (text: string) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
const call = { guest: undefined, role: "user", method: "Exec", code: "OK", ms: 1 };

/** A file that takes so many bytes, and fails after that until there is room again. */
class Disk {
  text = "";
  room = Infinity;
  closed = 0;

  readonly open = (_path: string) =>
    Promise.resolve({
      write: (bytes: Uint8Array) => {
        const taken = bytes.subarray(0, this.room);
        if (taken.length === 0) return Promise.reject(new Error("No space left on device (os error 28)"));
        this.room -= taken.length;
        this.text += new TextDecoder().decode(taken);
        return Promise.resolve(taken.length);
      },
      close: () => this.closed++,
    });
}

Deno.test("AuditLog appends to a private file, in order", async () => {
  await using home = await directory();
  const path = join(home.path, "audit.jsonl");
  for (const run of [0, 1]) {
    const audit = await AuditLog.open({ path, argv: false, log: new TestLog() });
    for (let number = 0; number < 100; number++) audit.call({ ...call, process: `${run * 100 + number}` });
    await audit.close(5_000);
  }
  const written = lines(await Deno.readTextFile(path));
  assertEquals(written.map(({ process }) => Number(process)), Array.from({ length: 200 }, (_, index) => index));
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
});

Deno.test("AuditLog cannot be opened where nothing can be written", async () => {
  await using home = await directory();
  const options = { path: join(home.path, "missing", "audit"), argv: false, log: new TestLog() };
  await assertRejects(() => AuditLog.open(options), StartError, "--audit-log");
});

Deno.test("AuditLog has the arguments only if it is told to, and bounded", async () => {
  for (const argv of [false, true]) {
    const disk = new Disk();
    const audit = await AuditLog.open({ path: "audit", argv, log: new TestLog() }, disk.open);
    audit.call({ ...call, argv: ["echo", "secret"] });
    audit.call({ ...call, argv: ["x".repeat(100_000), "y"] });
    await audit.close(5_000);
    assertEquals(disk.text.includes("secret"), argv);
    const [first, second] = lines(disk.text);
    assertEquals(first.argv, argv ? ["echo", "secret"] : undefined);
    assert(disk.text.length < 20_000);
    if (argv) assertEquals(second.argv.at(-1), "…");
  }
});

Deno.test("AuditLog lets nothing forge a line or reach a terminal", async () => {
  const disk = new Disk();
  const audit = await AuditLog.open({ path: "audit", argv: true, log: new TestLog() }, disk.open);
  audit.refused("1.2.3.4:5", '"}\n{"event":"call"\u2028\u202e\x1b[31m\ud800');
  await audit.close(5_000);
  const [line, ...more] = lines(disk.text);
  assertEquals([line.event, line.address, more.length], ["refused", "1.2.3.4:5", 0]);
  assertMatch(disk.text, /^[\x20-\x7e]+\n$/);
});

Deno.test("AuditLog goes on in a new file, and loses no line in between", async () => {
  await using home = await directory();
  const path = join(home.path, "audit");
  const audit = await AuditLog.open({ path, argv: false, log: new TestLog() });
  let number = 0;
  for (let rotation = 0; rotation < 10; rotation++) {
    for (let index = 0; index < 50; index++) audit.call({ ...call, process: `${number++}` });
    await Deno.rename(path, `${path}.${rotation}`);
    for (let index = 0; index < 50; index++) audit.call({ ...call, process: `${number++}` });
    audit.reopen();
    await until("the new file is there", () => Deno.stat(path).then(() => true, () => false));
  }
  await audit.close(5_000);
  let text = "";
  for (let rotation = 0; rotation < 10; rotation++) text += await Deno.readTextFile(`${path}.${rotation}`);
  text += await Deno.readTextFile(path);
  assertEquals(lines(text).map(({ process }) => Number(process)), Array.from({ length: number }, (_, index) => index));
});

Deno.test("AuditLog says that the disk is full, keeps what it can, and goes on whole when there is room", async () => {
  const disk = new Disk();
  const log = new TestLog();
  const audit = await AuditLog.open({ path: "audit", argv: true, log }, disk.open);
  disk.room = 120; // in the middle of a line
  audit.call({ ...call, process: "first" });
  audit.call({ ...call, process: "second" });
  await until("the log says so", () => log.of("audit-log-failed").length === 1);
  const long = ["x".repeat(10_000)];
  for (let number = 0; number < 1_000; number++) audit.call({ ...call, argv: long }); // 10 MB
  disk.room = Infinity;
  await until("the log says that it works", () => log.of("audit-log-works").length === 1);
  await audit.close(5_000);
  const written = lines(disk.text); // each of them whole
  assertEquals(written.slice(0, 2).map(({ process }) => process), ["first", "second"]);
  assert(disk.text.length < 5_000_000, `${disk.text.length} bytes were kept`);
  const dropped = written.find(({ event }) => event === "dropped");
  assertEquals(written.filter(({ event }) => event === "call").length + dropped.count, 1_002);
  assertEquals(audit.lost, dropped.count);
  assertEquals(log.of("audit-log-failed").length, 1);
});

Deno.test("AuditLog closes in time though the disk is full, and says what is lost", async () => {
  const disk = new Disk();
  const log = new TestLog();
  const audit = await AuditLog.open({ path: "audit", argv: false, log }, disk.open);
  disk.room = 0;
  audit.call(call);
  await audit.close(5_000);
  await log.flush(1_000);
  assertMatch(log.of("audit-lines-lost")[0]!, /count=1/);
  assertEquals(disk.closed, 1);
});
