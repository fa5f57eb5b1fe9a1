import { assertEquals, assertMatch } from "@std/assert";
import type { Process } from "@paas/worker";
import { until } from "../tests/support/until.ts";
import { TestLog } from "../tests/support/realm.ts";
import { Drain } from "./drain.ts";

/** A drain of a daemon with one process, which ends when it is told to. */
function stage(timeout = Infinity) {
  const end = Promise.withResolvers<void>();
  const log = new TestLog();
  const calls: string[] = [];
  let processes = [{} as Process];
  const table = {
    drain: () => void calls.push("table"),
    processes: () => processes,
    settled: () => end.promise,
  };
  const restarts = { close: () => void calls.push("restarts") };
  const drain = new Drain({ log, table, restarts, server: { drain: () => void calls.push("server") }, timeout });
  let over = false;
  drain.over.then(() => over = true);
  return {
    drain,
    log,
    calls,
    isOver: () => over,
    end() {
      processes = [];
      end.resolve();
    },
  };
}

Deno.test("Drain.begin() refuses new processes once, and is over when the last process has ended", async () => {
  const { drain, log, calls, isOver, end } = stage();
  assertEquals([drain.begin(), drain.begin(undefined, "ab".repeat(32))], [1, 1]);
  assertEquals([calls, isOver()], [["table", "restarts", "server"], false]);
  end();
  await drain.over;
  await log.flush(5_000);
  assertMatch(log.of("draining").join("\n"), /draining processes=1\n.* draining processes=1 user=(ab){8}$/);
  assertMatch(log.of("drained")[0]!, / processes=0$/);
});

Deno.test("Drain.begin() is over at its deadline, which a later one may set anew", async () => {
  const { drain, log, isOver } = stage(1);
  drain.timeout = 86_400_000; // as a reload sets it
  drain.begin();
  drain.begin(); // leaves the deadline as it is
  drain.begin(1);
  await drain.over;
  assertEquals(isOver(), true);
  await log.flush(5_000);
  assertMatch(log.of("drain-timed-out")[0]!, / processes=1$/);
  assertMatch(log.of("draining")[0]!, /deadline-in-seconds=86400$/);
});

Deno.test("Drain gives up when the daemon shuts down", async () => {
  const { drain, log, isOver, end } = stage(20);
  drain.begin();
  drain[Symbol.dispose]();
  end();
  const later = performance.now() + 60;
  await until("the deadline would have come", () => performance.now() > later);
  await log.flush(5_000);
  assertEquals([isOver(), log.of("drained"), log.of("drain-timed-out")], [false, [], []]);
  drain.begin(1); // no timer is left behind
});
