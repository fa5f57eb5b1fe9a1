import { assertEquals } from "@std/assert";
import type { FinishedStatus, Process } from "@paas/worker";
import { holdsLease, Lease } from "./lease.ts";

/** A process that finishes when it is told to, and says how it was stopped. */
function setting() {
  const { promise: finished, resolve } = Promise.withResolvers<FinishedStatus>();
  const process = { status: { state: "running" }, finished, stop: () => (stops.count++, finished) };
  const stops = { count: 0 };
  const finish = async () => {
    process.status.state = "finished";
    resolve({} as FinishedStatus);
    await finished;
  };
  return { process: process as unknown as Process, stops, finish };
}

/** Timers of the same length fire in the order in which they were set. */
const timersDone = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("Lease forgets each holder that has gone, and each when the process finishes", async () => {
  const { process, finish } = setting();
  const lease = new Lease(process, 60_000);
  const stays = new AbortController();
  lease.hold(stays.signal);
  for (let call = 0; call < 1_000; call++) {
    const gone = new AbortController();
    lease.hold(gone.signal);
    assertEquals(holdsLease(gone.signal), true);
    gone.abort();
    assertEquals(holdsLease(gone.signal), false);
  }
  assertEquals(lease.holders, 1);
  await finish();
  assertEquals([lease.holders, holdsLease(stays.signal)], [0, false]);
});

Deno.test("Lease stops the process once the last holder has gone, and not while one is there", async () => {
  const { process, stops, finish } = setting();
  const lease = new Lease(process, 0);
  const [one, two] = [new AbortController(), new AbortController()];
  lease.hold(one.signal);
  lease.hold(two.signal);
  one.abort();
  await timersDone();
  assertEquals(stops.count, 0);
  two.abort();
  await timersDone();
  assertEquals(stops.count, 1);
  await finish();
});

Deno.test("Lease that has ended stops nothing", async () => {
  const { process, stops, finish } = setting();
  const lease = new Lease(process, 0);
  const holder = new AbortController();
  lease.hold(holder.signal);
  lease.end();
  holder.abort();
  await timersDone();
  assertEquals([stops.count, holdsLease(holder.signal)], [0, false]);
  await finish();
});
