import { assert, assertEquals } from "@std/assert";
import type { TrustEnding } from "../trust/endings.ts";
import { observedOf, type Sources } from "./observed.ts";

const SOURCES: Sources = {
  log: { lost: 3 },
  audit: undefined,
  trust: { endings: [] },
  table: { counts: { running: 1, stopping: 0, finished: 2 } },
  spool: { bytes: 7 },
  door: { connections: { admitted: 4, handshake: 5 } },
  options: { maxSpoolBytes: Infinity },
  directory: "/tmp",
  descriptorLimit: 1_000,
};

Deno.test("observedOf() gives a value for each state, and none for a limit that there is not", async () => {
  await using closing = new AsyncDisposableStack();
  const observed = observedOf(SOURCES, closing);
  assertEquals(await observed.processes(), [
    [1, { "paas.process.state": "running" }],
    [0, { "paas.process.state": "stopping" }],
    [2, { "paas.process.state": "finished" }],
  ]);
  assertEquals(await observed.droppedLines(), [[3, { "paas.log.kind": "daemon" }]]);
  assertEquals([await observed.spoolSize(), await observed.spoolLimit()], [7, undefined]);
  assertEquals(await observedOf({ ...SOURCES, options: { maxSpoolBytes: 9 } }, closing).spoolLimit(), 9);
  assert(await observed.descriptors() as number > 0);
  assert(await observed.memory() as number > 1_000_000);
});

Deno.test("observedOf() gives the certificates that end first, and short subjects", async () => {
  await using closing = new AsyncDisposableStack();
  const now = Date.now();
  const endings = Array.from({ length: 300 }, (_, index): TrustEnding => ({
    kind: "client_ca",
    what: "client CA",
    file: "ca.crt",
    subject: "x".repeat(1_000),
    fingerprint: `${index}`,
    ends: now + (300 - index) * 1_000_000,
  }));
  const readings = await observedOf({ ...SOURCES, trust: { endings } }, closing).certificates();
  assert(Array.isArray(readings));
  assertEquals(readings.length, 100);
  const [seconds, attributes] = readings[0];
  assert(seconds > 900 && seconds <= 1_000, `${seconds}`);
  assertEquals([attributes["paas.certificate.fingerprint"], attributes["paas.certificate.subject"].length], [
    "299",
    128,
  ]);
});
