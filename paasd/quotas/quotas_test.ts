import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { QuotaError } from "../errors.ts";
import { type QuotaLimits, Quotas } from "./quotas.ts";

const UNLIMITED: QuotaLimits = {
  maxProcesses: Infinity,
  maxProcessesPerUser: Infinity,
  maxStartsPerMinute: Infinity,
  maxStreamsPerUser: Infinity,
  maxChangesPerMinute: Infinity,
  maxDescriptionBytesPerUser: Infinity,
  maxGrantsPerUser: Infinity,
};

/** A process that finishes when it is told to. */
function startable() {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  return { finished, finish };
}

Deno.test("Quotas.start() counts a process until it has finished, for its user alone", async () => {
  const quotas = new Quotas({ ...UNLIMITED, maxProcessesPerUser: 2 });
  const [one, two] = [startable(), startable()];
  await quotas.start("alice", () => Promise.resolve(one));
  const starting = quotas.start("alice", () => Promise.resolve(two)); // one that is being started counts as well
  const error = await assertRejects(() => quotas.start("alice", () => Promise.resolve(startable())), QuotaError);
  assertEquals(
    error.message,
    "You have 2 processes that have not finished, as much as the daemon's --max-processes-per-user allows: " +
      "stop one first, or wait until one has finished",
  );
  await starting;
  await quotas.start("bob", () => Promise.resolve(startable()));
  one.finish();
  await one.finished;
  await quotas.start("alice", () => Promise.resolve(startable()));
  await assertRejects(() => quotas.start("alice", () => Promise.resolve(startable())), QuotaError);
});

Deno.test("Quotas.start() counts the processes of all users together", async () => {
  const quotas = new Quotas({ ...UNLIMITED, maxProcesses: 2 });
  await quotas.start("alice", () => Promise.resolve(startable()));
  await quotas.start("bob", () => Promise.resolve(startable()));
  await assertRejects(() => quotas.start("carol", () => Promise.resolve(startable())), QuotaError, "ulimit -n");
});

Deno.test("Quotas.start() lets so many starts come at once, then one after the other, and says when", async () => {
  let time = 0;
  const quotas = new Quotas({ ...UNLIMITED, maxStartsPerMinute: 30 }, () => time);
  const start = (user: string) => quotas.start(user, () => Promise.reject(new RangeError("no such program")));
  for (let number = 0; number < 30; number++) await assertRejects(() => start("alice"), RangeError);
  await assertRejects(() => start("alice"), QuotaError, "--max-starts-per-minute allows: try again in 2 s");
  await assertRejects(() => start("bob"), RangeError);
  time = 1_999;
  await assertRejects(() => start("alice"), QuotaError, "try again in 1 s");
  time = 2_000;
  await assertRejects(() => start("alice"), RangeError);
  await assertRejects(() => start("alice"), QuotaError);
  time = 1_000_000;
  for (let number = 0; number < 30; number++) await assertRejects(() => start("alice"), RangeError);
  await assertRejects(() => start("alice"), QuotaError);
});

Deno.test("Quotas.start() takes no start for what was refused for another reason", async () => {
  const quotas = new Quotas({ ...UNLIMITED, maxProcessesPerUser: 1, maxStartsPerMinute: 2 }, () => 0);
  const first = startable();
  await quotas.start("alice", () => Promise.resolve(first));
  await assertRejects(() => quotas.start("alice", () => Promise.resolve(startable())), QuotaError, "--max-processes");
  first.finish();
  await first.finished;
  await quotas.start("alice", () => Promise.resolve(startable()));
});

Deno.test("Quotas.stream() counts a call until it is disposed of, once", () => {
  const quotas = new Quotas({ ...UNLIMITED, maxStreamsPerUser: 2 });
  const one = quotas.stream("alice");
  quotas.stream("alice");
  assertThrows(() => quotas.stream("alice"), QuotaError, "--max-streams-per-user");
  quotas.stream("bob");
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  quotas.stream("alice");
  assertThrows(() => quotas.stream("alice"), QuotaError);
});

Deno.test("Quotas go back to nothing, and are kept, whatever comes and ends in whatever order", async () => {
  const LIMIT = 3;
  const action = fc.record({
    do: fc.constantFrom("start", "fail", "finish", "open", "close"),
    user: fc.constantFrom("alice", "bob"),
    pick: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const quotas = new Quotas({ ...UNLIMITED, maxProcessesPerUser: LIMIT, maxStreamsPerUser: LIMIT });
      const live: { user: string; finish: () => void; finished: Promise<void> }[] = [];
      const open: { user: string; stream: Disposable }[] = [];
      const of = (user: string, all: { user: string }[]) => all.filter((one) => one.user === user).length;
      const starting: Promise<unknown>[] = [];
      for (const { do: what, user, pick } of actions) {
        if (what === "start" || what === "fail") {
          const full = of(user, live) >= LIMIT;
          const process = { user, ...startable() };
          const spawn = () => what === "fail" ? Promise.reject(new RangeError()) : Promise.resolve(process);
          const started = quotas.start(user, spawn);
          if (full) await assertRejects(() => started, QuotaError);
          else if (what === "fail") await assertRejects(() => started, RangeError);
          else live.push(process), starting.push(started);
        } else if (what === "finish" && live.length > 0) {
          const [process] = live.splice(pick % live.length, 1);
          await Promise.all(starting);
          process!.finish();
          await process!.finished;
        } else if (what === "open") {
          if (of(user, open) < LIMIT) open.push({ user, stream: quotas.stream(user) });
          else assertThrows(() => quotas.stream(user), QuotaError);
        } else if (what === "close" && open.length > 0) {
          open.splice(pick % open.length, 1)[0]!.stream[Symbol.dispose]();
        }
        await Promise.resolve();
        assertEquals(quotas.used, { processes: live.length, streams: open.length });
      }
      await Promise.all(starting);
      for (const { finish, finished } of live) finish(), await finished;
      for (const { stream } of open) stream[Symbol.dispose]();
      await Promise.resolve();
      assertEquals(quotas.used, { processes: 0, streams: 0 });
    }),
  );
});
