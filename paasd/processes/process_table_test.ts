import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { FinishedStatus, Process } from "@paas/worker";
import { type About, type HistoryEntry, Spool } from "@paas/worker/spool";
import {
  InvalidArgumentError,
  NameTakenError,
  NotFinishedError,
  PermissionDeniedError,
  ProcessNotFoundError,
  ShuttingDownError,
} from "../errors.ts";
import type { User } from "../identity/identity.ts";
import { until } from "../../tests/support/until.ts";
import type { RestartState } from "./entries.ts";
import type { ListFilter } from "./listing.ts";
import { type Description, ProcessTable } from "./process_table.ts";
import type { RequestKey } from "./starts.ts";
import type { Change } from "./watchers.ts";

const alice: User = { id: "aa", subject: "CN=alice", expires: Infinity };
const bob: User = { id: "bb", subject: "CN=bob", expires: Infinity };
const description: Description = { args: ["true"], name: "", labels: {} };

const ANY: ListFilter = {
  before: Infinity,
  name: "",
  idPrefix: "",
  labels: false,
  finished: true,
  waiting: false,
  holds: ({ sequence }) => sequence >= 0,
};

/** A table with a spool of its own. */
class TestTable extends ProcessTable implements AsyncDisposable {
  private constructor(readonly spool: Spool) {
    super(spool);
  }

  static async make(): Promise<TestTable> {
    return new TestTable(await Spool.open(await Deno.makeTempDir()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.spool.close();
    await Deno.remove(this.spool.directory, { recursive: true });
  }
}

/** A process that finishes when it is told to. */
class FakeProcess {
  readonly id = crypto.randomUUID();
  status: { state: string; startTime: number } = { state: "running", startTime: 0 };
  readonly #spool: Spool;
  readonly #end = Promise.withResolvers<FinishedStatus>();
  readonly #ended = Promise.withResolvers<void>();
  readonly finished = this.#end.promise;
  readonly ended = this.#ended.promise;
  #changed = (_: Process) => {};
  #history: HistoryEntry | undefined;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** As `ProcessTable.start` wants it. */
  readonly spawn = (changed: (process: Process) => void, about: About) => {
    this.#changed = changed;
    this.#history = this.#spool.begin({
      id: this.id,
      args: ["true"],
      stdin: false,
      terminal: false,
      startTime: 0,
      about,
    });
    this.#history.started(1, 0);
    return Promise.resolve(this.process);
  };

  get sequence(): number {
    return this.#history!.sequence;
  }

  get process(): Process {
    return this as unknown as Process;
  }

  /** Finishes, and is in the spool alone. */
  async finish(): Promise<void> {
    const status: FinishedStatus = {
      state: "finished",
      startTime: 0,
      finishTime: 1,
      exit: { code: 0 },
      endReason: "exited",
    };
    this.status = status;
    const mark = { position: 0, offset: 0, newlines: 0, unfinished: 0, time: -Infinity };
    this.#history!.finished(status);
    this.#changed(this.process);
    this.#end.resolve(status);
    await this.finished;
    this.#history!.ended({ written: mark }, 0);
    this.#ended.resolve();
    await this.ended;
    await new Promise((resolve) => setTimeout(resolve, 0)); // the table has heard of it
  }
}

/** Starts a process that does not end by itself. */
async function start(
  table: TestTable,
  user = alice,
  about: Partial<Description> = {},
  request?: RequestKey,
): Promise<FakeProcess> {
  const fake = new FakeProcess(table.spool);
  await table.start(user, { ...description, ...about }, fake.spawn, request);
  return fake;
}

/** Removes a process. */
function remove(table: TestTable, id: string): void {
  const { gone } = table.remove(id)!;
  table.spool.history.forget(id);
  gone[Symbol.dispose]();
}

const listed = (table: ProcessTable, user: User, all = false, filter: Partial<ListFilter> = {}) =>
  [...table.list(user, all, { ...ANY, ...filter }, { before: Infinity })].map((entry) => entry!.process.id);

const ids = (table: ProcessTable, user: User) => listed(table, user);

Deno.test("ProcessTable finds a process for its owner alone", async () => {
  await using table = await TestTable.make();
  const { id, process } = await start(table);
  assertStrictEquals(table.find(id, alice).process, process);
  assertStrictEquals(table.find(id.toUpperCase(), { ...alice }).process, process);
  assertThrows(() => table.find(id, bob), ProcessNotFoundError);
});

Deno.test("ProcessTable gives the same words for another's process as for none", async () => {
  await using table = await TestTable.make();
  const { id } = await start(table);
  const others = assertThrows(() => table.find(id, bob), ProcessNotFoundError);
  const fake = await start(table);
  await fake.finish();
  remove(table, fake.id);
  const none = assertThrows(() => table.find(fake.id, bob), ProcessNotFoundError);
  assertEquals(none.message, others.message.replace(id, fake.id));
});

Deno.test("ProcessTable refuses what is no id", async () => {
  await using table = await TestTable.make();
  for (const id of ["", "x", "../../etc/passwd", "\ufffd", `${crypto.randomUUID()} `]) {
    assertThrows(() => table.find(id, alice), InvalidArgumentError);
  }
});

Deno.test("ProcessTable keeps nothing of a process that did not start", async () => {
  await using table = await TestTable.make();
  const failing = () =>
    table.start(alice, { ...description, name: "web" }, () => Promise.reject(new Error("no")), {
      id: "once",
      digest: "a",
    });
  await assertRejects(failing, Error, "no");
  assertEquals(table.processes(), []);
  await start(table, alice, { name: "web" }, { id: "once", digest: "b" });
});

Deno.test("ProcessTable, once closed, starts nothing, and knows what was being started", async () => {
  await using table = await TestTable.make();
  await using other = await TestTable.make();
  const late = Promise.withResolvers<Process>();
  const starting = table.start(alice, description, () => late.promise);
  const closing = table.close();
  await assertRejects(() => start(table), ShuttingDownError);
  const { process } = await start(other);
  late.resolve(process);
  assertEquals(await closing, [process]);
  assertStrictEquals((await starting).process, process);
});

Deno.test("ProcessTable lets one live process of a user have a name", async () => {
  await using table = await TestTable.make();
  const first = await start(table, alice, { name: "web" });
  await assertRejects(() => start(table, alice, { name: "web" }), NameTakenError, "web");
  await start(table, bob, { name: "web" });
  await start(table, alice, { name: "Web" });
  await first.finish();
  await start(table, alice, { name: "web" });

  const starting = [start(table, alice, { name: "db" }), start(table, alice, { name: "db" })];
  const states = (await Promise.allSettled(starting)).map(({ status }) => status);
  assertEquals(states.sort(), ["fulfilled", "rejected"]);
});

Deno.test("ProcessTable starts a request that is repeated once, also at the same moment", async () => {
  await using table = await TestTable.make();
  const request = { id: "once", digest: "a" };
  const fakes = [1, 2, 3].map(() => new FakeProcess(table.spool));
  const entries = await Promise.all(fakes.map(({ spawn }) => table.start(alice, description, spawn, request)));
  assertEquals(new Set(entries.map(({ process }) => process.id)).size, 1);
  assertEquals(ids(table, alice), [fakes[0]!.id]);
  await assertRejects(() => start(table, alice, {}, { ...request, digest: "b" }), InvalidArgumentError, "request_id");
  const others = await start(table, bob, {}, request);
  assertEquals(ids(table, bob), [others.id]);
  await fakes[0]!.finish();
  await start(table, alice, {}, request);
  assertEquals(ids(table, alice).length, 1, "a finished one is not started again either");
});

Deno.test("ProcessTable lists a user's own processes, the newest first", async () => {
  await using table = await TestTable.make();
  const [one, , three] = [await start(table), await start(table, bob), await start(table)];
  assertEquals(ids(table, alice), [three.id, one.id]);
});

Deno.test("ProcessTable lists live and finished processes in one order, each once, by all that is asked for", async () => {
  await using table = await TestTable.make();
  const all: FakeProcess[] = [];
  for (let number = 0; number < 9; number++) {
    all.push(await start(table, alice, { name: `n${number}`, labels: { third: `${number % 3}` } }));
  }
  for (const number of [0, 3, 4, 8]) await all[number]!.finish();
  assertEquals(table.processes().length, 5, "a finished one is in the spool alone");
  const newest = all.map(({ id }) => id).reverse();
  assertEquals(ids(table, alice), newest);
  assertEquals(ids(table, bob), []);
  assertEquals(listed(table, alice, false, { before: all[5]!.sequence }), newest.slice(4));
  assertEquals(listed(table, alice, false, { name: "n3", holds: ({ name }) => name === "n3" }), [all[3]!.id]);
  for (const user of [alice, bob]) {
    const { id } = all[4]!;
    const holds: ListFilter["holds"] = (listed) => listed.id.startsWith(id.slice(0, 8));
    assertEquals(listed(table, user, user === bob, { idPrefix: id.slice(0, 8), holds }), [id]);
  }
  const holds: ListFilter["holds"] = ({ labels }) => labels.third === "0";
  assertEquals(listed(table, alice, false, { labels: true, holds }), [6, 3, 0].map((number) => all[number]!.id));
  const live: ListFilter["holds"] = ({ state }) => state === "running";
  assertEquals(listed(table, alice, false, { finished: false, holds: live }).length, 5);
});

Deno.test("ProcessTable looks at so many processes at a time, and says where it was", async () => {
  await using table = await TestTable.make();
  const labels = Object.fromEntries(
    Array.from({ length: 64 }, (_, key) => [`${key}`.padEnd(63, "k"), "v".repeat(255)]),
  );
  for (let number = 0; number < 150; number++) await (await start(table, alice, { labels })).finish();
  const place = { before: Infinity };
  const nothing: ListFilter = { ...ANY, labels: true, holds: () => false };
  let pages = 0;
  for (let done = false; !done; pages++) {
    const rows = table.list(alice, false, { ...nothing, before: place.before }, place);
    const { done: end, value } = rows.next();
    rows.return(undefined);
    assertEquals(value, undefined);
    done = end === true;
  }
  assertEquals([pages > 1, place.before], [true, 0]);
});

Deno.test("ProcessTable gives all who hold a finished process the same one, so that a share is taken back for all", async () => {
  await using table = await TestTable.make();
  const { id, finish } = await (async () => {
    const fake = await start(table);
    return { id: fake.id, finish: () => fake.finish() };
  })();
  const live = table.find(id, alice);
  await finish();
  assertStrictEquals(table.find(id, alice), live);
  table.share(live, { user: bob.id, permission: "view", until: undefined });
  table.unshare(table.find(id, alice), bob.id);
  assertEquals(live.grants, []);
  assertEquals(live.args, ["true"]);
});

Deno.test("ProcessTable forgets a finished process, and a live one never", async () => {
  await using table = await TestTable.make();
  const request = { id: "once", digest: "a" };
  const fake = await start(table, alice, {}, request);
  assertThrows(() => table.remove(fake.id), NotFinishedError);
  await fake.finish();
  remove(table, fake.id);
  assertEquals(table.remove(fake.id), undefined);
  assertThrows(() => table.find(fake.id, alice), ProcessNotFoundError);
  assertEquals((await start(table, alice, {}, request)).id !== fake.id, true);
});

Deno.test("ProcessTable does not list a process whose removal is in progress, even before its end is in the spool", async () => {
  await using table = await TestTable.make();
  const fake = await start(table);
  fake.status = { ...fake.status, state: "finished" };
  assertEquals(ids(table, alice), [fake.id]);
  table.remove(fake.id);
  assertEquals(ids(table, alice), []);
  assertEquals(table.processes(), [fake.process], "the shutdown waits for its end");
});

Deno.test("ProcessTable tells a watcher of its own live processes, then of each change", async () => {
  await using table = await TestTable.make();
  const finished = await start(table);
  await finished.finish();
  const live = await start(table);
  await start(table, bob);
  const abort = new AbortController();
  const changes = table.watch(alice, abort.signal);
  const next = async () => {
    const { value } = await changes.next() as { value: Change };
    return [value.id, value.entry?.process.status.state];
  };
  assertEquals(await next(), [live.id, "running"]);
  const started = next();
  const late = await start(table);
  assertEquals(await started, [late.id, "running"]);
  await start(table, bob);
  await live.finish();
  await late.finish();
  remove(table, late.id);
  assertEquals(await next(), [live.id, "finished"]);
  assertEquals(await next(), [late.id, undefined], "a slow watcher gets the last change");
  const ending = changes.next();
  abort.abort();
  assertEquals((await ending).done, true);
});

Deno.test("ProcessTable ends watching after the last change was told", async () => {
  await using table = await TestTable.make();
  const fake = await start(table);
  const changes = table.watch(alice, new AbortController().signal);
  await changes.next();
  const last = changes.next();
  await fake.finish();
  table.endWatching();
  assertEquals((await last as { value: Change }).value.entry?.process.status.state, "finished");
  assertEquals((await changes.next()).done, true);
  assertEquals((await table.watch(alice, new AbortController().signal).next()).done, true);
});

Deno.test("ProcessTable lists and watches the processes of all users for who may see them", async () => {
  await using table = await TestTable.make();
  const [alices, bobs] = [await start(table), await start(table, bob)];
  assertEquals(listed(table, alice, true), [bobs.id, alices.id]);
  assertEquals(ids(table, alice), [alices.id]);
  const all = table.watch(alice, new AbortController().signal, true);
  assertEquals([(await all.next()).value?.id, (await all.next()).value?.id], [alices.id, bobs.id]);
  await bobs.finish();
  assertEquals((await all.next()).value?.id, bobs.id);
  await all.return();
});

Deno.test("ProcessTable shares a process until it is taken back, and tells its watchers", async () => {
  await using table = await TestTable.make();
  const { id } = await start(table);
  const entry = table.find(id, alice);
  const see = { scope: "own", sees: "own", shared: "view" } as const;
  table.share(entry, { user: bob.id, permission: "view", until: undefined });
  assertStrictEquals(table.find(id, bob, see), entry);
  assertThrows(() => table.find(id, bob, { ...see, shared: "stop" }), PermissionDeniedError);
  table.share(entry, { user: bob.id, permission: "stop", until: undefined }); // in place of the other
  assertEquals(entry.grants.length, 1);
  assertStrictEquals(table.find(id, bob, { ...see, shared: "stop" }), entry);
  assertEquals(ids(table, bob), []);
  const changes = table.watch(alice, new AbortController().signal);
  await changes.next();
  table.unshare(entry, bob.id);
  assertEquals((await changes.next()).value?.id, id);
  assertThrows(() => table.find(id, bob, see), ProcessNotFoundError);
  await changes.return();
});

/** A start that waits until it is ended. */
function waits(_changed: unknown, _describe: unknown, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

Deno.test("ProcessTable ends a start that is under way when its client has gone, and when it is closed", async () => {
  await using table = await TestTable.make();
  const client = new AbortController();
  const gone = table.start(alice, { ...description, name: "web" }, waits, undefined, client.signal);
  client.abort(new Error("gone"));
  await assertRejects(() => gone, Error, "gone");
  const waiting = table.start(alice, { ...description, name: "web" }, waits); // the name is free again
  waiting.catch(() => {});
  assertEquals(await table.close(), []);
  await assertRejects(() => waiting, ShuttingDownError);
});

Deno.test("ProcessTable starts a request anew for who repeats it, when its first client has gone", async () => {
  await using table = await TestTable.make();
  const request = { id: "key", digest: "digest" };
  const client = new AbortController();
  const first = table.start(alice, description, waits, request, client.signal);
  const fake = new FakeProcess(table.spool);
  const second = table.start(alice, description, fake.spawn, request);
  client.abort(new Error("gone"));
  await assertRejects(() => first, Error, "gone");
  assertStrictEquals((await second).process, fake.process);
});

Deno.test("ProcessTable tells of the end of a process before anybody hears of it, once", async () => {
  await using table = await TestTable.make();
  const restart: RestartState = { attempt: 1, attempts: 2, pause: 0 };
  let ends = 0;
  const fake = await start(table, alice, {
    restart,
    finished(entry) {
      ends++;
      table.setRestart(entry, { ...restart, nextTime: 7 });
    },
  });
  const abort = new AbortController();
  const seen: unknown[] = [];
  const watching = (async () => {
    for await (const { entry } of table.watch(alice, abort.signal)) {
      seen.push([entry!.process.status.state, entry!.restart?.nextTime]);
    }
  })();
  await until("it is watched", () => seen.length === 1);
  await fake.finish();
  await until("its end was seen", () => seen.length > 1);
  table.share(table.find(fake.id, alice), { user: "bb", permission: "view", until: undefined });
  await until("the grant was seen", () => seen.length > 2);
  abort.abort();
  await watching;
  assertEquals([ends, seen], [1, [["running", undefined], ["finished", 7], ["finished", 7]]]);
});

Deno.test("ProcessTable lists a process that waits for a restart with the live ones, until it waits no more", async () => {
  await using table = await TestTable.make();
  const restart: RestartState = { attempt: 1, attempts: 2, pause: 0 };
  const fake = await start(table, alice, {
    restart,
    finished: (entry) => table.setRestart(entry, { ...restart, nextTime: 7 }),
  });
  const other = await start(table);
  const waiting = () =>
    listed(table, alice, false, {
      finished: false,
      waiting: true,
      holds: ({ state, waiting }) => state !== "finished" || waiting === true,
    });
  await fake.finish();
  assertEquals(waiting(), [other.id, fake.id]);
  assertEquals(listed(table, bob, false, { finished: false, waiting: true }), []);
  assertEquals(ids(table, alice), [other.id, fake.id]);
  table.setRestart(table.find(fake.id, alice), { ...restart, givenUp: "no" });
  assertEquals(waiting(), [other.id]);
  assertEquals(table.spool.find(fake.id)!.record.about.note, {
    ownerSubject: "CN=alice",
    restart: { ...restart, givenUp: "no" },
  });
  await other.finish();
});
