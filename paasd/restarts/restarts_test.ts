import { assert, assertEquals, assertMatch } from "@std/assert";
import type { FinishedStatus, Process } from "@paas/worker";
import { TestLog } from "../../tests/support/realm.ts";
import { QuotaError } from "../errors.ts";
import type { Entry, RestartState } from "../processes/entries.ts";
import { firstAttempt } from "./policy.ts";
import { Restarts } from "./restarts.ts";

const FAILED: FinishedStatus = {
  state: "finished",
  startTime: 0,
  finishTime: 5,
  exit: { code: 1 },
  endReason: "exited",
};

/** A process that has failed, and is in the spool as soon as `whenEnded` resolves; and the stops that it is asked for. */
function failed(whenEnded = Promise.resolve(), restart = firstAttempt(2)): Entry & { readonly stops: unknown[] } {
  const stops: unknown[] = [];
  const process: Partial<Process> = {
    id: crypto.randomUUID(),
    status: FAILED,
    ended: whenEnded,
    stop(options) {
      stops.push(options);
      return Promise.resolve(FAILED);
    },
  };
  return { process: process as Process, owner: "alice", restart, stops } as Entry & { readonly stops: unknown[] };
}

/** Restarts with a clock that the test moves. */
function scene() {
  const timers = new Map<number, { milliseconds: number; action: () => void }>();
  let number = 0;
  const log = new TestLog();
  const states: (RestartState | undefined)[] = [];
  const restarts = new Restarts({
    log,
    table: { setRestart: (entry, restart) => void states.push(entry.restart = restart) },
    after(milliseconds, action) {
      const key = number++;
      timers.set(key, { milliseconds, action });
      return () => timers.delete(key);
    },
  });
  /** The pauses of the timers that run. */
  const waiting = () => [...timers.values()].map(({ milliseconds }) => milliseconds);
  /** Lets all timers come to their end. */
  const elapse = () => {
    const due = [...timers.values()];
    timers.clear();
    for (const { action } of due) action();
  };
  return { restarts, log, states, waiting, elapse };
}

/** Lets everything happen that can happen now. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("Restarts.finished() starts a process again after the pause, and links both", async () => {
  const { restarts, log, waiting, elapse } = scene();
  const [first, second] = [failed(), failed()];
  const places: RestartState[] = [];
  restarts.finished(first, (_entry, restart) => (places.push(restart), Promise.resolve(second)));
  assertEquals(waiting(), [1_000]);
  assert(first.restart!.nextTime! > 0);
  assertEquals(places, []);
  elapse();
  await settle();
  assertEquals(places, [{ attempt: 2, attempts: 3, pause: 1_000 }]);
  assertEquals(first.restart, { ...firstAttempt(2), nextTime: undefined, next: second.process.id });
  assertEquals(log.of("restarted").length, 1);
  assertEquals(restarts.cancel(first.process.id, "late"), undefined);
});

Deno.test("Restarts.finished() does nothing for a process that is not to be restarted", () => {
  const { restarts, waiting, states } = scene();
  const never = () => Promise.reject(new Error("must not start"));
  restarts.finished({ ...failed(), restart: undefined }, never);
  restarts.finished(failed(undefined, { attempt: 3, attempts: 3, pause: 2_000 }), never);
  assertEquals([waiting(), states], [[], []]);
});

Deno.test("Restarts waits until nothing is left of the group before", async () => {
  const { restarts, elapse } = scene();
  const end = Promise.withResolvers<void>();
  let started = false;
  const entry = failed(end.promise);
  restarts.finished(entry, () => (started = true, Promise.resolve(failed())));
  elapse();
  await settle();
  assertEquals(started, false);
  end.resolve();
  await settle();
  assertEquals([started, entry.restart!.next !== undefined], [true, true]);

  const lingering = failed(new Promise(() => {}));
  restarts.finished(lingering, () => Promise.reject(new Error("must not start")));
  elapse();
  await settle();
  await restarts.cancel(lingering.process.id, "a stop"); // it does not wait for the group
  assertEquals(lingering.restart!.givenUp, "a stop");
});

Deno.test("Restarts.cancel() takes back a restart that waits, with its reason", async () => {
  const { restarts, waiting } = scene();
  const entry = failed();
  restarts.finished(entry, () => Promise.reject(new Error("must not start")));
  await restarts.cancel(entry.process.id, "a stop");
  assertEquals([waiting(), entry.restart!.givenUp, entry.restart!.nextTime], [[], "a stop", undefined]);
  assertEquals(restarts.cancel(entry.process.id, "again"), undefined);
});

Deno.test("Restarts.cancel() ends a start in progress, and stops a process that runs in spite of that", async () => {
  const { restarts, elapse } = scene();
  const [entry, next] = [failed(), failed()];
  const running = Promise.withResolvers<Entry>();
  let signal: AbortSignal | undefined;
  restarts.finished(entry, (_entry, _restart, ending) => (signal = ending, running.promise));
  elapse();
  await settle();
  const cancelled = restarts.cancel(entry.process.id, "a stop", { by: "alice" });
  assertEquals(signal!.aborted, true);
  running.resolve(next);
  await cancelled;
  assertEquals(next.stops, [{ by: "alice" }]);
  assertEquals([entry.restart!.next, entry.restart!.givenUp], [next.process.id, undefined]);

  const [third, quick] = [failed(), failed()];
  const quickly = Promise.withResolvers<Entry>();
  restarts.finished(third, () => quickly.promise);
  elapse();
  await settle();
  const alsoCancelled = restarts.cancel(third.process.id, "a stop");
  restarts.finished(quick, () => Promise.reject(new Error("must not start"))); // the new one has failed at once
  quickly.resolve(quick);
  await alsoCancelled;
  assertEquals(quick.restart!.givenUp, "a stop");

  const other = failed();
  restarts.finished(
    other,
    (_entry, _restart, ending) =>
      new Promise((_, reject) => ending.addEventListener("abort", () => reject(ending.reason))),
  );
  elapse();
  await settle();
  await restarts.cancel(other.process.id, "a stop");
  assertEquals([other.restart!.next, other.restart!.givenUp], [undefined, "a stop"]);
});

Deno.test("Restarts tells the owner why a restart was refused, and the log only the code", async () => {
  const { restarts, log, elapse } = scene();
  const entry = failed();
  restarts.finished(entry, () => Promise.reject(new QuotaError("--max", "You have 'secret'", "stop one")));
  elapse();
  await settle();
  assertEquals(entry.restart!.givenUp, "You have 'secret', as much as the daemon's --max allows: stop one");
  const [line] = log.of("not-restarted");
  assert(line!.includes("code=RESOURCE_EXHAUSTED") && !line!.includes("secret"), line);

  const long = failed();
  restarts.finished(long, () => Promise.reject(new QuotaError("--max", "😀".repeat(1_000), "")));
  elapse();
  await settle();
  assertEquals([long.restart!.givenUp!.length <= 201, long.restart!.givenUp!.isWellFormed()], [true, true]);
});

Deno.test("Restarts.close() gives up what waits and what would come, and lets a start in progress be", async () => {
  const { restarts, waiting, elapse } = scene();
  const [made, waits, late, next] = [failed(), failed(), failed(), failed()];
  const running = Promise.withResolvers<Entry>();
  restarts.finished(made, () => running.promise);
  elapse();
  await settle();
  const never = () => Promise.reject(new Error("must not start"));
  restarts.finished(waits, never);
  restarts.close("a drain");
  restarts.finished(late, never);
  assertEquals([waiting(), waits.restart!.givenUp, late.restart!.givenUp], [[], "a drain", "a drain"]);
  running.resolve(next);
  await settle();
  assertEquals(made.restart!.next, next.process.id);
});

Deno.test("Restarts lets so many processes of one owner wait, and as many of another", async () => {
  const { restarts, waiting } = scene();
  const never = () => Promise.reject(new Error("must not start"));
  const entries = Array.from({ length: 1_001 }, () => failed());
  for (const entry of entries) restarts.finished(entry, never);
  assertEquals([waiting().length, entries[999]!.restart!.givenUp], [1_000, undefined]);
  assertMatch(entries[1_000]!.restart!.givenUp!, /^you have 1000 processes that wait/);
  const theirs = { ...failed(), owner: "bob" };
  restarts.finished(theirs, never);
  await restarts.cancel(entries[0]!.process.id, "a stop");
  const next = failed();
  restarts.finished(next, never);
  assertEquals([theirs, next].map(({ restart }) => restart!.givenUp), [undefined, undefined]);
});
