import { assertEquals } from "@std/assert";
import { Expiry } from "./expiry.ts";
import type { Entry } from "./process_table.ts";

/** Entries that finished so many milliseconds after the epoch. */
function finishedAt(...times: number[]): Set<Entry> {
  return new Set(times.map((finishTime) => ({ process: { status: { state: "finished", finishTime } } }) as Entry));
}

/** The times of what is left after a sweep. */
function left(finished: Set<Entry>, retain: number, retainCount: number, now: number): number[] {
  using expiry = new Expiry({ finished }, { retain, retainCount }, (entry) => {
    finished.delete(entry);
    return Promise.resolve();
  });
  expiry.sweep(now);
  return [...finished].map(({ process: { status } }) => (status as { finishTime: number }).finishTime);
}

Deno.test("Expiry removes what is too old, and nothing younger", () => {
  assertEquals(left(finishedAt(100, 200, 300), 50, Infinity, 250), [300]);
  assertEquals(left(finishedAt(100, 200, 300), 51, Infinity, 250), [200, 300]);
  assertEquals(left(finishedAt(100, 200, 300), Infinity, Infinity, 1e15), [100, 200, 300]);
  assertEquals(left(finishedAt(100), 0, Infinity, 100), []);
});

Deno.test("Expiry removes the oldest of too many", () => {
  assertEquals(left(finishedAt(100, 200, 300), Infinity, 2, 0), [200, 300]);
  assertEquals(left(finishedAt(100, 200, 300), Infinity, 0, 0), []);
  assertEquals(left(finishedAt(100, 200, 300), 50, 1, 170), [300]);
});

Deno.test("Expiry removes many in portions", () => {
  const finished = finishedAt(...Array.from({ length: 1_200 }, (_, time) => time));
  assertEquals(left(finished, 0, 0, 1e6).length, 700);
  assertEquals(left(finished, 0, 0, 1e6).length, 200);
  assertEquals(left(finished, 0, 0, 1e6).length, 0);
});
