import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { lives } from "../support/lives.ts";
import { RunningDaemon, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

/** A directory for a spool, and daemons on it, one after the other. */
class Place implements AsyncDisposable {
  #daemon: RunningDaemon | undefined;

  private constructor(readonly directory: string) {}

  static async make(): Promise<Place> {
    return new Place(await Deno.makeTempDir());
  }

  get spool(): string {
    return join(this.directory, "spool");
  }

  async start(...flags: string[]): Promise<RunningDaemon> {
    return this.#daemon = await RunningDaemon.start(["--spool-dir", this.spool, "--stop-grace", "1s", ...flags]);
  }

  /** Has a daemon end, and starts another. */
  async restart(signal: "SIGKILL" | "SIGTERM", ...flags: string[]): Promise<RunningDaemon> {
    this.#daemon!.kill(signal);
    await this.#daemon!.exitCode();
    return await this.start(...flags);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon?.[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** What `paasc status -o json` prints. */
async function statusOf(daemon: RunningDaemon, id: string): Promise<Record<string, unknown>> {
  const { stdout } = await daemon.paasc(["status", "-o", "json", id]);
  return JSON.parse(text(stdout));
}

const SCRIPT =
  "i=0; while [ $i -lt 500 ]; do echo out $i; echo err $i >&2; i=$((i + 1)); done; sleep 0.05; printf end; exit 3";

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  Deno.test(`what has finished is as it was after a restart (${signal})`, async () => {
    await using place = await Place.make();
    const first = await place.start();
    const id = await first.exec(["--name", "job", "--label", "a=b", "--", "sh", "-c", SCRIPT]);
    const stopped = await first.exec(["--request-id", "once", "sleep", "1000"]);
    await first.paasc(["stop", stopped]);
    await first.paasc(["wait", id, stopped]);
    for (const user of ["ab", "cd"]) assertEquals((await first.paasc(["share", id, user.repeat(32)])).code, 0);
    assertEquals((await first.paasc(["unshare", id, "ab".repeat(32)])).code, 0);
    assertEquals((await statusOf(first, id)).grants, [{ user: "cd".repeat(32), permission: "view" }]);
    const ways = [
      ["logs", id],
      ["logs", "--tail", "7", id],
      ["logs", "--stderr-only", id],
      ["logs", "--since", "10m", "--timestamps", id],
      ["logs", "-o", "json", id],
      ["logs", "--no-follow", "--tail", "1", "-o", "json", id],
      ["status", "-o", "json", id],
      ["status", "-o", "json", stopped],
      ["status", id],
      ["list", "-a", "-o", "json"],
      ["list", "-aq"],
    ];
    const tell = (daemon: RunningDaemon) =>
      Promise.all(ways.map(async (words) => {
        const { code, stdout } = await daemon.paasc(words);
        assertEquals(code, 0, words.join(" "));
        return { words, stdout: text(stdout) };
      }));
    const before = await tell(first);
    const second = await place.restart(signal);
    assertEquals(await tell(second), before);
    assertStringIncludes(second.log, "restored processes=2");
    assertEquals(await second.exec(["--request-id", "once", "sleep", "1000"]), stopped, "it is not started again");
    // Its name is free, and ids go on.
    const again = await second.exec(["--name", "job", "--", "true"]);
    await second.paasc(["wait", again]);
    const { stdout } = await second.paasc(["list", "-aq"]);
    assertEquals(text(stdout).trim().split("\n"), [again, stopped, id]);
    // What is removed stays removed.
    assertEquals((await second.paasc(["rm", id])).code, 0);
    const third = await place.restart(signal);
    assertEquals((await third.paasc(["status", id])).code, 1);
    assertEquals(text((await third.paasc(["list", "-aq"])).stdout).trim().split("\n"), [again, stopped]);
  });
}

Deno.test("an orderly end is told after the restart", async () => {
  await using place = await Place.make();
  const first = await place.start();
  const id = await first.exec(["sleep", "1000"]);
  const second = await place.restart("SIGTERM");
  const { signal, endReason } = await statusOf(second, id);
  assertEquals([signal, endReason], [15, "daemon-shutdown"]);
});

Deno.test("what ran when the daemon was killed is lost with it, and its group is ended", async () => {
  await using place = await Place.make();
  const first = await place.start();
  // One that lives on; one whose leader dies with its pipe, and leaves somebody behind; one that ignores SIGTERM.
  const lasting = await first.exec(["sh", "-c", "echo here; sleep 1000 & echo $!; wait"]);
  const leaderless = await first.exec([
    "bash",
    "-c",
    "sleep 1000 >/dev/null 2>&1 & echo $!; while :; do echo; sleep 0.1; done",
  ]);
  const deaf = await first.exec(["sh", "-c", 'trap "" TERM; echo $$; while :; do sleep 0.1; done']);
  const ids = [lasting, leaderless, deaf];
  const printed = async (daemon: RunningDaemon, id: string) =>
    text((await daemon.paasc(["logs", "--no-follow", id])).stdout);
  await until("all have printed", async () => {
    return (await Promise.all(ids.map((id) => printed(first, id)))).every((text) => /^\d+$/m.test(text));
  });
  const pids = await Promise.all(ids.map(async (id) => Number(/^\d+$/m.exec(await printed(first, id))![0])));
  const leaders = await Promise.all(ids.map(async (id) => Number((await statusOf(first, id)).pid)));
  const logs = await Promise.all(ids.map((id) => printed(first, id)));

  const second = await place.restart("SIGKILL");
  for (const [at, id] of ids.entries()) {
    assertEquals(await second.status(id), "Status: finished (lost with the daemon)");
    const { exitCode, signal, state, endReason } = await statusOf(second, id);
    assertEquals([exitCode, signal, state, endReason], [undefined, undefined, "finished", "daemon-lost"]);
    const log = await second.paasc(["logs", id]);
    assertEquals(log.code, 3, "nobody knows whether it is all");
    assert(text(log.stdout).startsWith(logs[at]!), "the log goes on from what was seen of it");
    const { code, stderr } = await second.paasc(["wait", id]);
    assertEquals(code, 125);
    assertMatch(stderr, /lost when the daemon died/);
  }
  await until("nobody is left", async () => !(await Promise.all([...pids, ...leaders].map(lives))).includes(true));
  await until("it is told", () => second.log.split("left-over-ended").length === 4);
  // It stays so.
  const before = await Promise.all(ids.map((id) => statusOf(second, id)));
  const third = await place.restart("SIGKILL");
  assertEquals(await Promise.all(ids.map((id) => statusOf(third, id))), before);
  assert(!third.log.includes("left-over"), third.log);
});

Deno.test("a second daemon on the same spool is refused, and the first one goes on", async () => {
  await using place = await Place.make();
  const first = await place.start();
  const id = await first.exec(["sleep", "1000"]);
  let sentence = "";
  try {
    await RunningDaemon.start(["--spool-dir", place.spool]);
  } catch (error) {
    sentence = (error as Error).message;
  }
  assertStringIncludes(sentence, "as a spool: another daemon uses it; give another with --spool-dir");
  assertEquals(await first.status(id), "Status: running");
});

Deno.test("finished processes go when they are too old or too many, live ones never", async () => {
  await using place = await Place.make();
  const first = await place.start("--retain-count", "2");
  const live = await first.exec(["sleep", "1000"]);
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids.push(await first.exec(["echo", `${i}`]));
    await first.paasc(["wait", ids.at(-1)!]);
  }
  const listed = async (daemon: RunningDaemon) => text((await daemon.paasc(["list", "-aq"])).stdout).trim().split("\n");
  await until("the oldest are gone", async () => (await listed(first)).length === 3);
  assertEquals(await listed(first), [ids[4]!, ids[3]!, live]);
  await until(
    "so are their logs",
    () => [...Deno.readDirSync(place.spool)].filter(({ isDirectory }) => isDirectory).length === 3,
  );
  const second = await place.restart("SIGTERM", "--retain", "500ms");
  await until("all are gone", async () => (await listed(second)).join() === "");
});

Deno.test("where the kernel cannot be asked whose a group is, nothing is killed, and it is told", async () => {
  await using place = await Place.make();
  const list = ["--allow-program", "/usr/bin/sleep"];
  const first = await place.start(...list);
  const id = await first.exec(["sleep", "1000"]);
  const pid = Number((await statusOf(first, id)).pid);
  try {
    const second = await place.restart("SIGKILL", ...list);
    assertEquals(await second.status(id), "Status: finished (lost with the daemon)");
    await until("it is told", () => second.log.includes(`left-over-not-proven process=${id}`));
    assert(await lives(pid));
  } finally {
    Deno.kill(pid, "SIGKILL");
  }
});

Deno.test("a spool that is removed while the daemon runs has a sentence of its own, and no stack in the log", async () => {
  await using place = await Place.make();
  const daemon = await place.start();
  const live = await daemon.exec(["sh", "-c", "echo here; exec sleep 1000"]);
  const printed = async () => text((await daemon.paasc(["logs", "--no-follow", live])).stdout);
  await until("it has printed", async () => await printed() !== "");
  await Deno.remove(place.spool, { recursive: true });
  const refused = await daemon.paasc(["exec", "true"]);
  assertEquals(refused.code, 1);
  assertMatch(
    refused.stderr,
    /^paasc: Cannot [^\n]*: it was removed from outside; the daemon has to be started anew\n$/,
  );
  const { code, stderr } = await daemon.paasc(["logs", "--no-follow", live]);
  assertEquals(code, 3, stderr);
  assertMatch(stderr, /^paasc: [^\n]*5 bytes[^\n]*damaged/);
  assertEquals((await daemon.paasc(["stop", live])).code, 0);
  assertEquals(await daemon.status(live), "Status: finished (signal 15)");
  assert(!daemon.log.includes("unforeseen"), daemon.log);
});
