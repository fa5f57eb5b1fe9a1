import { assertEquals } from "@std/assert";
import type { FinishedStatus, Process } from "@paas/worker";
import { Lease, type LeaseHolder } from "./lease.ts";

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

/** A connection that holds leases, until `leave` is called. */
function connection() {
  const controller = new AbortController();
  const holder = { signal: controller.signal, leases: new Set<{ counts: boolean }>() } satisfies LeaseHolder;
  const counting = () => [...holder.leases].some(({ counts }) => counts);
  return { holder, counting, leave: () => controller.abort() };
}

/** Timers of the same length fire in the order in which they were set. */
const timersDone = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("Lease forgets each holder that has gone, and each when the process finishes", async () => {
  const { process, finish } = setting();
  const lease = new Lease(process, 60_000);
  const stays = connection();
  lease.hold(stays.holder);
  for (let call = 0; call < 1_000; call++) {
    const gone = connection();
    lease.hold(gone.holder);
    assertEquals(gone.counting(), true);
    gone.leave();
    assertEquals([gone.counting(), gone.holder.leases.size], [false, 0]);
  }
  assertEquals([lease.holders, stays.counting()], [1, true]);
  await finish();
  assertEquals([lease.holders, stays.counting(), stays.holder.leases.size], [0, false, 0]);
});

Deno.test("Lease stops the process once the last holder has gone, and not while one is there", async () => {
  const { process, stops, finish } = setting();
  const lease = new Lease(process, 0);
  const [one, two] = [new AbortController(), new AbortController()];
  lease.hold(one);
  lease.hold(two);
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
  const { holder, counting, leave } = connection();
  lease.hold(holder);
  lease.end();
  assertEquals(counting(), false);
  leave();
  await timersDone();
  assertEquals([stops.count, counting()], [0, false]);
  await finish();
});
