import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { FinishedStatus, Process } from "@paas/worker";
import {
  InvalidArgumentError,
  NameTakenError,
  NotFinishedError,
  PermissionDeniedError,
  ProcessNotFoundError,
  ShuttingDownError,
} from "./errors.ts";
import type { User } from "./identity.ts";
import { type Change, type Description, ProcessTable, type RequestKey } from "./process_table.ts";

const alice: User = { id: "aa", subject: "CN=alice", expires: Infinity };
const bob: User = { id: "bb", subject: "CN=bob", expires: Infinity };
const description: Description = { args: ["true"], name: "", labels: {} };

/** A process that finishes when it is told to. */
class FakeProcess {
  readonly id = crypto.randomUUID();
  status: { state: string } = { state: "running" };
  readonly #end = Promise.withResolvers<FinishedStatus>();
  readonly finished = this.#end.promise;
  #changed = (_: Process) => {};

  /** As `ProcessTable.start` wants it. */
  readonly spawn = (changed: (process: Process) => void) => {
    this.#changed = changed;
    return Promise.resolve(this.process);
  };

  get process(): Process {
    return this as unknown as Process;
  }

  async finish(): Promise<void> {
    this.status = { state: "finished" };
    this.#changed(this.process);
    this.#end.resolve({} as FinishedStatus);
    await this.finished;
  }
}

/** Starts a process that does not end by itself. */
async function start(
  table: ProcessTable,
  user = alice,
  about: Partial<Description> = {},
  request?: RequestKey,
): Promise<FakeProcess> {
  const fake = new FakeProcess();
  await table.start(user, { ...description, ...about }, fake.spawn, request);
  return fake;
}

const ids = (table: ProcessTable, user: User) => [...table.list(user)].map(({ process }) => process.id);

Deno.test("ProcessTable finds a process for its owner alone", async () => {
  const table = new ProcessTable();
  const { id, process } = await start(table);
  assertStrictEquals(table.find(id, alice).process, process);
  assertStrictEquals(table.find(id.toUpperCase(), { ...alice }).process, process);
  assertThrows(() => table.find(id, bob), ProcessNotFoundError);
});

Deno.test("ProcessTable gives the same words for another's process as for none", async () => {
  const table = new ProcessTable();
  const { id } = await start(table);
  const others = assertThrows(() => table.find(id, bob), ProcessNotFoundError);
  const none = assertThrows(() => new ProcessTable().find(id, bob), ProcessNotFoundError);
  assertEquals(others.message, none.message);
});

Deno.test("ProcessTable refuses what is no id", () => {
  for (const id of ["", "x", "../../etc/passwd", "\ufffd", `${crypto.randomUUID()} `]) {
    assertThrows(() => new ProcessTable().find(id, alice), InvalidArgumentError);
  }
});

Deno.test("ProcessTable keeps nothing of a process that did not start", async () => {
  const table = new ProcessTable();
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
  const table = new ProcessTable();
  const late = Promise.withResolvers<Process>();
  const starting = table.start(alice, description, () => late.promise);
  const closing = table.close();
  await assertRejects(() => start(table), ShuttingDownError);
  const { process } = new FakeProcess();
  late.resolve(process);
  assertEquals(await closing, [process]);
  assertStrictEquals((await starting).process, process);
});

Deno.test("ProcessTable lets one live process of a user have a name", async () => {
  const table = new ProcessTable();
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
  const table = new ProcessTable();
  const request = { id: "once", digest: "a" };
  const fakes = [1, 2, 3].map(() => new FakeProcess());
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
  const table = new ProcessTable();
  const [one, , three] = [await start(table), await start(table, bob), await start(table)];
  assertEquals(ids(table, alice), [three.id, one.id]);
});

Deno.test("ProcessTable forgets a finished process, and a live one never", async () => {
  const table = new ProcessTable();
  const request = { id: "once", digest: "a" };
  const fake = await start(table, alice, {}, request);
  assertThrows(() => table.remove(table.find(fake.id, alice)), NotFinishedError);
  await fake.finish();
  table.remove(table.find(fake.id, alice));
  assertThrows(() => table.find(fake.id, alice), ProcessNotFoundError);
  assertEquals((await start(table, alice, {}, request)).id !== fake.id, true);
});

Deno.test("ProcessTable tells a watcher of its own live processes, then of each change", async () => {
  const table = new ProcessTable();
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
  table.remove(table.find(late.id, alice));
  assertEquals(await next(), [live.id, "finished"]);
  assertEquals(await next(), [late.id, undefined], "a slow watcher gets the last change");
  const ending = changes.next();
  abort.abort();
  assertEquals((await ending).done, true);
});

Deno.test("ProcessTable ends watching after the last change was told", async () => {
  const table = new ProcessTable();
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
  const table = new ProcessTable();
  const [alices, bobs] = [await start(table), await start(table, bob)];
  assertEquals([...table.list(alice, true)].map(({ process }) => process.id), [bobs.id, alices.id]);
  assertEquals(ids(table, alice), [alices.id]);
  const all = table.watch(alice, new AbortController().signal, true);
  assertEquals([(await all.next()).value?.id, (await all.next()).value?.id], [alices.id, bobs.id]);
  await bobs.finish();
  assertEquals((await all.next()).value?.id, bobs.id);
  await all.return();
});

Deno.test("ProcessTable shares a process until it is taken back, and tells its watchers", async () => {
  const table = new ProcessTable();
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
  const table = new ProcessTable();
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
  const table = new ProcessTable();
  const request = { id: "key", digest: "digest" };
  const client = new AbortController();
  const first = table.start(alice, description, waits, request, client.signal);
  const fake = new FakeProcess();
  const second = table.start(alice, description, fake.spawn, request);
  client.abort(new Error("gone"));
  await assertRejects(() => first, Error, "gone");
  assertStrictEquals((await second).process, fake.process);
});
