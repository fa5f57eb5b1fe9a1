import { assert, assertEquals, assertMatch } from "@std/assert";
import { until } from "../../tests/support/until.ts";
import { DaemonLog, formatLine } from "./daemon_log.ts";

Deno.test("formatLine() writes words as they are and quotes the rest", () => {
  const line = formatLine("text", "call", { code: "OK", subject: "CN=alice", ms: 1.5, process: undefined });
  assertMatch(line, /^\S+Z call code=OK subject="CN=alice" ms=1.5\n$/);
});

Deno.test("formatLine() lets no value forge a line, a field or a terminal sequence", () => {
  const evil = 'x" code=OK\n2026-01-01T00:00:00.000Z call user=root \r\x1b[2J\x7f\x9b\u2028\u202e\ud800';
  for (const format of ["text", "json"] as const) {
    const line = formatLine(format, "call", { subject: evil });
    assertEquals(line.indexOf("\n"), line.length - 1);
    assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(line.slice(0, -1)), line);
    assert(!/(?<!\\)" code=/.test(line), line);
  }
  assertEquals(JSON.parse(formatLine("json", "call", { subject: evil })).subject, evil);
});

Deno.test("formatLine() keeps letters of all scripts, and escapes what is beyond the basic plane if unprintable", () => {
  assertMatch(formatLine("text", "call", { subject: "CN=Zoë 王" }), /subject="CN=Zoë 王"\n$/);
  assertMatch(formatLine("text", "call", { subject: "\u{e0001}" }), /subject="\\udb40\\udc01"\n$/);
});

Deno.test("formatLine() bounds what strangers choose", () => {
  assert(formatLine("text", "call", { subject: "x".repeat(100_000) }).length < 5_000);
  assert(formatLine("json", "call", { subject: "x".repeat(100_000) }).length < 5_000);
});

Deno.test("DaemonLog writes each line once, in order, as JSON too", async () => {
  let written = "";
  const log = new DaemonLog("json", {
    write(bytes) { // in small bites
      written += new TextDecoder().decode(bytes.subarray(0, 7));
      return Promise.resolve(Math.min(7, bytes.length));
    },
  });
  for (let number = 0; number < 10; number++) log.write("event", { number });
  await log.flush(5_000);
  const lines = written.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ number }) => number), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("DaemonLog neither throws nor stops when nobody can read it", async () => {
  let calls = 0;
  const log = new DaemonLog("text", {
    write() {
      calls++;
      return Promise.reject(new Deno.errors.BrokenPipe());
    },
  });
  log.write("event");
  await log.flush(5_000);
  log.write("event");
  await log.flush(5_000);
  assertEquals(calls, 2);
});

Deno.test("DaemonLog drops lines that nobody takes, and says how many", async () => {
  const gate = Promise.withResolvers<void>();
  let written = "";
  const log = new DaemonLog("text", {
    async write(bytes) {
      await gate.promise;
      written += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  });
  log.write("first");
  await until("the first line is on its way", () => new Promise<boolean>((resolve) => setTimeout(resolve, 0, true)));
  for (let number = 0; number < 10_500; number++) log.write("event", { number });
  await log.flush(1); // does not wait for what is stuck
  gate.resolve();
  await log.flush(5_000);
  assertMatch(written, /log-lines-dropped count=500\n$/);
  assertEquals(log.lost, 500);
});
