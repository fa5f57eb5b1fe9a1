import { assert, assertEquals } from "@std/assert";
import { RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";
import { Bystander } from "./bystander.ts";

/** Maximum time that the daemon's thread may work before another user gets an answer, in milliseconds. */
const MAX_WORKED_MS = 500;

/** Patterns that make a backtracking engine run for ever, or an automaton of states without end. */
const HOSTILE = [
  "(a+)+$",
  "(a|aa)+$",
  "(.*a){60}x",
  "(a|b)*a(a|b){300}[cd]",
  "[ab]*a[ab]{900}[cd]",
  "\\b(?:\\B[ab]\\b|[ab])*a[ab]{200}[cd]$",
  "(?i)\\pL*a[\\pL\\pN]{40}[cd]",
];

function check({ worst: { waited, worked } }: Bystander): void {
  console.log(`another user has waited ${waited.toFixed(0)} ms at most, for which the daemon worked ${worked} ms`);
  assert(worked <= MAX_WORKED_MS, `the daemon has worked ${worked} ms`);
}

Deno.test("a search with a hostile pattern makes nobody wait", async (t) => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const ones = await client.exec(["sh", "-c", "head -c 1048576 /dev/zero | tr '\\0' a; echo"]);
  const random = await client.exec([
    "sh",
    "-c",
    "head -c 1048576 /dev/urandom | tr '\\0-\\177\\200-\\377' '[a*128][b*128]'",
  ]);
  for (const id of [ones, random]) await client.untilFinished(id);

  await t.step("a line of a million letters", async () => {
    await using bystander = new Bystander(daemon);
    for (const pattern of HOSTILE.slice(0, 3)) {
      const call = client.service.GetLogs({ processId: ones, grep: { pattern } });
      let end = 0;
      for await (const message of call as AsyncIterable<{ end?: { bytes: number } }>) end = message.end?.bytes ?? 0;
      assertEquals(end, 1024 * 1024 + 1, pattern);
    }
    await until("others were answered", () => bystander.answers > 0);
    check(bystander);
  });

  await t.step("many searches at once, whose automata have states without end", async () => {
    await using bystander = new Bystander(daemon);
    const size = await daemon.residentSize();
    const calls = HOSTILE.flatMap((pattern) =>
      [1, 2, 3].map(() => client.service.GetLogs({ processId: random, grep: { pattern, ignoreCase: true } }))
    );
    for (const call of calls) call.on("error", () => {}).resume();
    const before = bystander.answers;
    await until("others were answered again and again", () => bystander.answers >= before + 100, 60_000);
    for (const call of calls) call.cancel();
    check(bystander);
    const growth = await daemon.peakSize() - size;
    assert(growth < 200, `the daemon has grown by ${growth.toFixed(0)} MiB`);
  });

  await t.step("patterns that take long to compile", async () => {
    await using bystander = new Bystander(daemon);
    const patterns = [
      `(?i)${"[a-\\x{10ffff}]".repeat(4)}`,
      "(\\pL|\\PN)*".repeat(2),
      "(".repeat(500) + ")".repeat(500),
      "(x*){999}".repeat(100),
      ".{0,1000}".repeat(100),
    ];
    for (let round = 0; round < 20; round++) {
      await Promise.allSettled(patterns.map(async (pattern) => {
        const call = client.service.GetLogs({ processId: ones, grep: { pattern }, untilMatch: { pattern } });
        for await (const _ of call as AsyncIterable<unknown>);
      }));
    }
    await until("others were answered", () => bystander.answers > 0);
    check(bystander);
  });
});
