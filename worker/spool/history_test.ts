import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { withDirectory } from "../../tests/support/worker/directory.ts";
import { SpoolError } from "../errors.ts";
import type { RecoveryEvent } from "./recovery.ts";
import type { LogSummary } from "../log/log.ts";
import type { About } from "./process_record.ts";
import type { HistoryEntry } from "./history.ts";
import { Spool, type SpoolOptions } from "./spool.ts";
import type { FinishedStatus } from "../process/status.ts";

const ABOUT: About = { owner: "alice", name: "job", labels: { a: "b" }, note: { ownerSubject: "CN=alice" } };
const DONE: FinishedStatus = {
  state: "finished",
  startTime: 5,
  finishTime: 9,
  exit: { code: 3 },
  endReason: "exited",
};
const EMPTY: LogSummary = { written: { position: 0, offset: 0, newlines: 0, unfinished: 0, time: -Infinity } };

const open = (directory: string, options: SpoolOptions = {}) => Spool.open(directory, { keep: true, ...options });

/** Notes the start of a process. */
function begin(spool: Spool, args: string[] = ["true"], about: Partial<About> = {}): { id: string } & HistoryEntry {
  const id = crypto.randomUUID();
  const beginning = { id, args, stdin: true, terminal: false, startTime: 5, about: { ...ABOUT, ...about } };
  return { id, ...spool.begin(beginning) };
}

/** Notes a process from start to end; returns its id. */
function live(spool: Spool, args?: string[], about?: Partial<About>): string {
  const { id, started, finished, ended } = begin(spool, args, about);
  started(77, 5);
  finished(DONE);
  ended(EMPTY, 0);
  return id;
}

/** Recovers, and returns the events. */
async function recover(spool: Spool): Promise<[RecoveryEvent, string][]> {
  const events: [RecoveryEvent, string][] = [];
  const report = (event: RecoveryEvent, subject: string) => events.push([event, subject]);
  await spool.recover({ grace: 1_000, signal: new AbortController().signal, report });
  return events;
}

const allIds = (spool: Spool) => [...spool.history.records.search({})].map(({ id }) => id).reverse();

Deno.test("History gives a process back as it was noted, and none that was removed", async () => {
  await withDirectory(async (directory) => {
    let ids: string[];
    {
      using spool = await open(directory);
      ids = [live(spool, ["sh", "-c", "é\u2028\0"]), live(spool), live(spool)];
      await spool.remove(ids[1]!);
    }
    using spool = await open(directory);
    assertEquals(allIds(spool), [ids[0]!, ids[2]!]);
    const { record } = spool.find(ids[0]!)!;
    assertEquals(record.about, { ...ABOUT, request: undefined });
    assertEquals(spool.history.records.args(record.sequence), ["sh", "-c", "é\u2028\0"]);
    assertEquals([record.pid, record.status, record.log, record.stdin, record.terminal], [
      77,
      DONE,
      JSON.parse(JSON.stringify(EMPTY)),
      true,
      false,
    ]);
    assertEquals(spool.find(ids[1]!), undefined);
    assertEquals(live(spool) !== ids[2], true);
    assertEquals(spool.history.records.usages.of("alice").finished, 3);
    assertEquals((await Deno.stat(join(directory, "history.db"))).mode! & 0o777, 0o600);
  });
});

Deno.test("History counts what each owner has, whatever comes and goes", async () => {
  await withDirectory(async (directory) => {
    using spool = await open(directory);
    const { records } = spool.history;
    const one = live(spool, ["x".repeat(1_000)]);
    live(spool, [], { owner: "bob" });
    begin(spool); // this one runs
    const { finished, bytes } = records.usages.of("alice");
    assert(finished === 1 && bytes > 1_500 && bytes < 2_000, `${bytes}`);
    const { sequence } = spool.find(one)!;
    records.grant(sequence, "alice", { user: "bob", permission: "view", until: undefined }, 0);
    records.grant(sequence, "alice", { user: "bob", permission: "stop", until: 100 }, 0);
    records.grant(sequence, "alice", { user: "carol", permission: "view", until: 50 }, 0);
    assertEquals(records.usages.of("alice").grants, 2);
    assertEquals(records.grants(sequence).map(({ user, permission }) => [user, permission]), [
      ["bob", "stop"],
      ["carol", "view"],
    ]);
    records.usages.dropEndedGrants(50, 10);
    assertEquals(records.grants(sequence).map(({ user }) => user), ["bob"]);
    await spool.remove(one);
    assertEquals(records.usages.of("alice"), { finished: 0, bytes: 0, grants: 0 });
    assertEquals([records.usages.finishedCount, records.usages.of("bob").finished], [1, 1]);
  });
});

Deno.test("History says that what ran was lost, never finished before it was started", async () => {
  await withDirectory(async (directory) => {
    let ids: string[];
    {
      using spool = await open(directory);
      ids = [begin(spool).id, begin(spool).id];
      const late = begin(spool);
      late.started(1, 9e15); // by a clock that was ahead
      ids.push(late.id);
    }
    using spool = await open(directory);
    await recover(spool);
    for (const id of ids) {
      const { status, record, ended } = spool.find(id)!;
      assertEquals([status.endReason, status.exit], ["daemon-lost", {}]);
      assert(status.finishTime >= status.startTime);
      assert(record.log, "its log was read");
      await ended;
    }
  });
});

Deno.test("Spool keeps a second program out until the first has let go", async () => {
  await withDirectory(async (directory) => {
    {
      using _first = await open(directory);
      await assertRejects(() => open(directory), SpoolError, "as a spool: another daemon uses it");
    }
    (await open(directory)).close();
  });
});

Deno.test("Spool with a database of which any page is damaged opens, says so, and keeps what can be read", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "history.db");
    const ids: string[] = [];
    {
      using spool = await open(directory);
      for (let number = 0; number < 200; number++) ids.push(live(spool, ["x".repeat(3_000)]));
    }
    const whole = await Deno.readFile(path);
    let kept = 0;
    const pages = whole.length / 4096;
    const looks = [0, 1, 2, 3, 5, 8, 13, Math.floor(pages / 2), pages - 2, pages - 1];
    for (const page of looks) {
      const damaged = whole.slice();
      damaged.fill(0xa5, page * 4096, (page + 1) * 4096);
      await Deno.writeFile(path, damaged);
      await Deno.remove(`${path}-wal`).catch(() => {});
      await markUnclean(path, page);
      using spool = await open(directory);
      const told = await recover(spool);
      kept += allIds(spool).length;
      if (page === 0) assertEquals(told.map(([event]) => event), ["database-damaged"]);
      live(spool);
      for (const { name } of Deno.readDirSync(directory)) {
        if (name.includes("damaged")) await Deno.remove(join(directory, name));
      }
    }
    assert(kept > 150 * (looks.length - 3), `${kept} processes were kept of ${200 * looks.length}`);
  });
});

/** Marks a database as not closed, as a killed daemon leaves it. */
async function markUnclean(path: string, page: number): Promise<void> {
  if (page === 0) return; // such a database cannot be opened at all
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; UPDATE life SET closed = 0");
  } catch {
    // The damaged page has this row.
  } finally {
    database.close();
  }
}

Deno.test("Spool lists a directory that its database does not know, as lost, and removes one without output", async () => {
  await withDirectory(async (directory) => {
    (await open(directory)).close();
    const [full, empty] = [crypto.randomUUID(), crypto.randomUUID()];
    for (const id of [full, empty, "other"]) await Deno.mkdir(join(directory, id));
    await Deno.writeFile(join(directory, full, "0.log"), new Uint8Array(10));
    await Deno.writeFile(join(directory, empty, "0.log"), new Uint8Array());
    using spool = await open(directory);
    const told = (await recover(spool)).filter(([event]) => event === "directory-unknown").map(([, name]) => name);
    assertEquals(told.sort(), [full, "other"].sort());
    assertEquals(allIds(spool), [full]);
    const { record } = spool.find(full)!;
    assertEquals([record.about.owner, record.status.endReason], ["", "daemon-lost"]);
    assertThrows(() => Deno.statSync(join(directory, empty)), Deno.errors.NotFound);
    await spool.remove(full);
    assertEquals(allIds(spool), []);
  });
});

Deno.test("Spool finishes a removal that was cut short", async () => {
  await withDirectory(async (directory) => {
    let id: string;
    {
      using spool = await open(directory);
      id = live(spool);
      await Deno.mkdir(join(directory, id));
      await Deno.writeFile(join(directory, id, "0.log"), new Uint8Array(10));
      spool.history.forget(id); // a daemon that is killed now
    }
    using spool = await open(directory);
    assertThrows(() => Deno.statSync(join(directory, id)), Deno.errors.NotFound);
    assertEquals([allIds(spool), spool.history.records.toRemove], [[], []]);
  });
});

/** Returns a line of a journal of format 3. */
function line(record: object): string {
  const json = JSON.stringify(record);
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

Deno.test("Spool of format 3 is taken over once, with all that its journal says", async () => {
  await withDirectory(async (directory) => {
    const newId = (): string => crypto.randomUUID();
    const [one, two, gone, headless, large] = [newId(), newId(), newId(), newId(), newId()];
    const owner = "ab".repeat(32);
    const grants = [{ user: "cd".repeat(32), permission: "view" }];
    const first = (id: string, sequence: number) => {
      const description = { owner, ownerSubject: "CN=a", name: "n", labels: { k: "v" }, sequence };
      const request = { requestKey: `${owner} once`, digest: "d" };
      return {
        id,
        args: ["echo", id],
        stdin: false,
        terminal: true,
        startTime: 5,
        description: { ...description, ...request },
      };
    };
    await Deno.writeTextFile(join(directory, "format"), "paas-spool 3\n");
    await Deno.writeTextFile(join(directory, "lock"), "{}");
    const written = { position: 7, offset: 3, newlines: 1, unfinished: 0, time: 8 };
    const journal = [
      line(first(one, 4)),
      line({ id: one, pid: 77, startTime: 6, start: 1 }),
      "00000000 {torn\n",
      line({ ...first(large, 5), args: ["x".repeat(3_000_000)], status: DONE, log: EMPTY }), // as after a rewrite
      line(first(two, 6)),
      line({ id: one, status: { ...DONE, startTime: 6 } }),
      line({ id: one, description: { ...first(one, 4).description, grants } }),
      line({ id: one, log: { written } }),
      line(first(gone, 7)),
      line({ id: gone, removed: true }),
      line({ id: headless, status: DONE }),
      line({ id: two, pid: 8 }).slice(0, -9),
    ];
    await Deno.writeTextFile(join(directory, "journal"), journal.join(""));
    for (const id of [one, headless]) {
      await Deno.mkdir(join(directory, id));
      await Deno.writeFile(join(directory, id, "0.log"), new Uint8Array(7));
    }
    for (const round of ["first", "second"]) {
      using spool = await open(directory);
      const told = await recover(spool);
      if (round === "first") {
        assertEquals(told.filter(([event]) => event === "spool-imported").map(([, what]) => what), [
          "2 damaged records",
        ]);
        assert(told.some(([event, name]) => event === "directory-unknown" && name === headless));
      } else assertEquals(told, []);
      assertEquals(allIds(spool), [one, large, two, headless]);
      const { record, output } = spool.find(one)!;
      assertEquals(record.status, { ...DONE, startTime: 6 });
      assertEquals([record.pid, record.terminal, output.bytes, record.sequence], [77, true, 3, 4]);
      assertEquals(record.about, {
        owner,
        name: "n",
        labels: { k: "v" },
        request: { id: "once", digest: "d" },
        note: { ownerSubject: "CN=a" },
      });
      const { records } = spool.history;
      assertEquals(records.grants(record.sequence), [{ ...grants[0]!, until: undefined }]);
      assertEquals(records.args(spool.find(large)!.sequence)[0]!.length, 3_000_000);
      assertEquals(records.usages.logBytes(owner), 7);
      assertEquals(spool.find(two)!.status.endReason, "daemon-lost");
      assertEquals(spool.find(gone), undefined);
    }
    assertEquals(Deno.readTextFileSync(join(directory, "format")), "paas-spool 4\n");
    assertThrows(() => Deno.statSync(join(directory, "journal")), Deno.errors.NotFound);
  });
});

Deno.test("Spool of format 3 that an old daemon uses is refused, and left as it is", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(join(directory, "format"), "paas-spool 3\n");
    using lock = Deno.openSync(join(directory, "lock"), { create: true, write: true });
    lock.lockSync(true);
    await assertRejects(() => open(directory), SpoolError, "another daemon uses it");
    assertEquals(Deno.readTextFileSync(join(directory, "format")), "paas-spool 3\n");
  });
});

Deno.test("Spool takes a format that could not be written for a new spool, if nothing else is there", async () => {
  for (const torn of [["format", ""], ["format.new", "paas-sp"]]) {
    await withDirectory(async (directory) => {
      await Deno.writeTextFile(join(directory, torn[0]!), torn[1]!);
      (await open(directory)).close();
      assertEquals(Deno.readTextFileSync(join(directory, "format")), "paas-spool 4\n");
    });
  }
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(join(directory, "format"), "");
    await Deno.writeTextFile(join(directory, "mine"), "");
    await assertRejects(() => open(directory), SpoolError, "it is not empty, and no spool");
  });
});

/** Runs a test on a file system of a size in kilobytes, if one can be mounted. */
async function onSmallDisk(kilobytes: number, test: (directory: string) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    const mount = await new Deno.Command("mount", {
      args: ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", directory],
      stderr: "null",
    }).output();
    if (!mount.success) return console.warn("SKIPPED: a small file system can be mounted by root only");
    try {
      await test(directory);
    } finally {
      await new Deno.Command("umount", { args: [directory] }).output();
    }
  });
}

/** Fills a file system to the last byte. */
function fill(path: string): void {
  using file = Deno.openSync(path, { create: true, write: true });
  try {
    while (file.writeSync(new Uint8Array(4096)) > 0);
  } catch {
    // The file system is full.
  }
}

Deno.test("Spool that finds the disk full at its first start is a new one when there is room", async () => {
  await onSmallDisk(64, async (directory) => {
    const spool = join(directory, "spool");
    fill(join(directory, "rest"));
    await assertRejects(() => open(spool), SpoolError, "No space left");
    await Deno.remove(join(directory, "rest"));
    fill(join(directory, "rest"));
    await Deno.truncate(join(directory, "rest"), (await Deno.stat(join(directory, "rest"))).size - 8192);
    await assertRejects(() => open(spool), SpoolError); // there is room for the format alone
    await Deno.remove(join(directory, "rest"));
    const mount = new Deno.Command("mount", { args: ["-o", "remount,size=4m", directory] });
    assert((await mount.output()).success);
    (await open(spool)).close();
  });
});

Deno.test("History on a full disk refuses a start, and writes later what has happened", async () => {
  await onSmallDisk(1024, async (directory) => {
    const path = join(directory, "spool");
    let id: string;
    {
      using spool = await open(path);
      const process = begin(spool);
      id = process.id;
      process.started(77, 5);
      fill(join(directory, "rest"));
      const error = assertThrows(() => {
        for (;;) begin(spool, ["x".repeat(5_000)]);
      }, SpoolError);
      assertStringIncludes(error.message, "No space left");
      assert(error.exhausted);
      process.finished(DONE);
      process.ended(EMPTY, 0);
      let written = false;
      spool.history.whenWritten(() => written = true);
      if (!written) assertEquals(spool.find(id), undefined);
      await Deno.remove(join(directory, "rest"));
      begin(spool);
      assert(written);
      assertEquals(spool.find(id)?.status, DONE);
    }
    using spool = await open(path);
    assertEquals(spool.find(id)?.status, DONE);
  });
});

Deno.test("History copies its log of changes back while it is used", async () => {
  await withDirectory(async (directory) => {
    using spool = await open(directory);
    const size = () => Deno.statSync(join(directory, "history.db-wal")).size;
    for (let number = 0; number < 6; number++) live(spool, ["x".repeat(1_000_000)]);
    assert(size() > 5_000_000);
    await recover(spool);
    const deadline = performance.now() + 15_000;
    while (size() > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals(size(), 0);
    assertEquals(allIds(spool).length, 6);
  });
});

Deno.test("Spool that was removed while it is in use says so", async () => {
  await withDirectory(async (directory) => {
    using spool = await open(join(directory, "spool"));
    await Deno.rename(join(directory, "spool"), join(directory, "elsewhere"));
    const error = await assertRejects(() => spool.createLog(crypto.randomUUID()), SpoolError, "removed from outside");
    assertEquals([error.removed, error.exhausted], [true, false]);
  });
});

Deno.test("Spool gives one log to all who ask for it, and keeps none that nobody holds", async () => {
  await withDirectory(async (directory) => {
    using spool = await open(directory, { maxSpoolBytes: 1024 * 1024 });
    const entry = begin(spool);
    const log = await spool.createLog(entry.id, "alice");
    for (let number = 0; number < 12; number++) log.append("stdout", new Uint8Array(60_000).fill(65));
    await log.end();
    entry.finished(DONE);
    entry.ended(log.summary, log.segments.bytes);
    assertEquals(spool.bytes, spool.history.records.usages.logBytes());
    // Another log needs the room: the largest one shrinks, though nobody reads it.
    const other = await spool.createLog(crypto.randomUUID(), "bob");
    for (let number = 0; number < 8; number++) {
      other.append("stdout", new Uint8Array(60_000).fill(66));
      await other.writable();
    }
    await other.end();
    assert(spool.bytes <= 1024 * 1024, `${spool.bytes} bytes`);
    assert(spool.history.records.usages.logBytes() < 720_000, "the complete log gave");
    const restored = spool.find(entry.id)!;
    let first: number | undefined;
    for await (const records of await restored.records()) first ??= records.length;
    assert(first! > 0);
  });
});

Deno.test("Spool keeps a recipe by itself, counts it, and removes it with its process, from the file too", async () => {
  await withDirectory(async (directory) => {
    const recipe = `{"env":{"KEY":"${"s3cret".repeat(2_000)}"}}`;
    const holds = async () =>
      new TextDecoder("latin1").decode(await Deno.readFile(join(directory, "history.db"))).includes("s3cret");
    {
      using spool = await open(directory);
      live(spool, ["true"], { recipe });
      const { bytes } = spool.history.records.usages.of("alice");
      assert(bytes > recipe.length && bytes < recipe.length + 2_000, `${bytes} bytes`);
    }
    assert(await holds());
    {
      using spool = await open(directory);
      const [id] = allIds(spool);
      const { sequence, record } = spool.find(id!)!;
      assertEquals(spool.history.records.recipe(sequence), recipe);
      assert(!JSON.stringify(record).includes("s3cret"));
      await spool.remove(id!);
      assertEquals(spool.history.records.recipe(sequence), undefined);
    }
    assertEquals(await holds(), false);
  });
});

Deno.test("Spool of an earlier version, which kept no recipes, goes on", async () => {
  await withDirectory(async (directory) => {
    let id: string;
    {
      using spool = await open(directory);
      id = live(spool);
    }
    const database = new DatabaseSync(join(directory, "history.db"));
    database.exec("DROP TRIGGER recipe_goes; DROP TABLE recipe");
    database.close();
    using spool = await open(directory);
    assertEquals(spool.history.records.recipe(spool.find(id)!.sequence), undefined);
    live(spool, ["true"], { recipe: "{}" });
    assertEquals(allIds(spool).map((id) => spool.history.records.recipe(spool.find(id)!.sequence)), [undefined, "{}"]);
  });
});

Deno.test("History replaces the note of a process, whether it has finished or not", async () => {
  await withDirectory(async (directory) => {
    using spool = await open(directory);
    const { id, sequence, finished } = begin(spool);
    spool.history.note(sequence, { one: 1 });
    finished(DONE);
    assertEquals(spool.find(id)!.record.about.note, { one: 1 });
    spool.history.note(sequence, { two: 2 });
    assertEquals(spool.find(id)!.record.about.note, { two: 2 });
  });
});
