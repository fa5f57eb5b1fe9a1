import { status as Code } from "@paas/proto/grpc";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { failure } from "../support/realm.ts";
import { exec, RealmDaemon, statusOf } from "../support/realm_daemon.ts";
import { RunningDaemon, sharedDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

/** Runs `paasc again`, which must succeed, and gives the new id. */
async function again(daemon: RunningDaemon, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await daemon.paasc(["again", ...words]);
  assertEquals([code, stderr], [0, ""]);
  return text(stdout).trimEnd();
}

/** The whole output of a process. */
async function output(daemon: RunningDaemon, id: string): Promise<string> {
  return text((await daemon.paasc(["logs", id])).stdout);
}

/** The object that `paasc status -o json` prints. */
async function json(daemon: RunningDaemon, id: string): Promise<Record<string, unknown>> {
  return JSON.parse(text((await daemon.paasc(["status", "-o", "json", id])).stdout));
}

Deno.test("paasc again starts the same with the same variables, directory and limits, and leaves the old one as it is", async () => {
  const daemon = shared();
  const script = 'pwd; echo "$SECRET"; ulimit -n; printf "%s|" "$@"; exit 3';
  const options = ["--name", "job", "--label", "team=red", "--env", "SECRET=a\nb é", "--cwd", "/tmp"];
  const first = await daemon.exec([...options, "--limit", "nofile=77", "sh", "-c", script, "x", "--name", "", "é"]);
  const printed = await output(daemon, first);
  assertEquals(printed, "/tmp\na\nb é\n77\n--name||é|");
  const before = await json(daemon, first);
  const second = await again(daemon, "job");
  assertNotEquals(second, first);
  assertEquals(await output(daemon, second), printed);
  assertEquals(await json(daemon, first), before);
  await until("the repeat has finished", async () => (await json(daemon, second)).state === "finished");
  const { againOf, name, labels, args, exitCode, restart } = await json(daemon, second);
  assertEquals([againOf, name, labels, args, exitCode], [first, "job", { team: "red" }, before.args, 3]);
  assertEquals(restart, undefined);
  const { stdout } = await daemon.paasc(["status", "--verbose", second]);
  assertMatch(text(stdout), new RegExp(`^Repeats: ${first}$`, "m"));
  assert(!text(stdout).includes("SECRET=") && !JSON.stringify(before).includes("SECRET="));
});

Deno.test("paasc again takes another name and other labels, and refuses a name that a live process has", async () => {
  const daemon = shared();
  const first = await daemon.exec(["--name", "server", "--label", "a=1", "sleep", "600"]);
  const taken = await daemon.paasc(["again", "server"]);
  assertEquals(taken.code, 1);
  assertMatch(taken.stderr, /^paasc: Cannot start a process named "server": .* or give another\n$/);
  const second = await again(daemon, "--name", "server-2", "--label", "b=2", first);
  const { name, labels, againOf, state } = await json(daemon, second);
  assertEquals([name, labels, againOf, state], ["server-2", { b: "2" }, first, "running"]);
  assertEquals((await daemon.paasc(["stop", "server", "server-2"])).code, 0);
  const third = await again(daemon, first);
  assertEquals((await json(daemon, third)).name, "server");
  await daemon.paasc(["stop", third]);
});

Deno.test("paasc again gives a stdin to what had one, and no lease", async () => {
  const daemon = shared();
  const first = await daemon.exec(["--stdin", "--on-disconnect", "stop", "cat"]);
  await until("the lease has ended it", async () => await daemon.status(first) === "Status: finished (signal 15)");
  const second = await again(daemon, first);
  const input = new TextEncoder().encode("hello\n");
  const { code, stdout } = await daemon.paasc(["attach", second], { input });
  assertEquals([code, text(stdout)], [0, "hello\n"]);
});

Deno.test("Exec with again_of and a request_id starts one process, also when the old one is gone", async () => {
  const daemon = shared();
  await using alice = new RawClient(daemon);
  const first = await alice.exec(["echo", "once"]);
  await alice.untilFinished(first);
  const request = { againOf: first.toUpperCase(), requestId: crypto.randomUUID() };
  const ids = await Promise.all([alice.exec([], request), alice.exec([], request)]);
  assertEquals(ids[0], ids[1]);
  assertEquals((await alice.status(ids[0]!)).againOf, first);
  assertEquals((await daemon.paasc(["rm", first])).code, 0);
  assertEquals(await alice.exec([], request), ids[0]);
  assertEquals((await failure(alice.exec([], { ...request, requestId: "other" }))).code, Code.NOT_FOUND);
  const other = await failure(alice.exec([], { ...request, name: "x" }));
  assertEquals(other.code, Code.INVALID_ARGUMENT);
});

Deno.test("Exec with again_of refuses what is not a process of the user's own, and fields that make no sense", async () => {
  const daemon = shared();
  await using alice = new RawClient(daemon);
  await using bob = new RawClient(daemon, { as: "bob" });
  const id = await alice.exec(["sleep", "600"], { env: { SECRET: "s3cret" } });
  const unknown = crypto.randomUUID();
  const refusal = async (againOf: string) => {
    const { code, details } = await failure(bob.exec([], { againOf }));
    return [code, details.replaceAll(againOf, "ID")];
  };
  assertEquals(await refusal(id), await refusal(unknown));
  assertEquals((await refusal(id))[0], Code.NOT_FOUND);
  const wrong = [
    { againOf: "x" },
    { againOf: id, env: { A: "b" } },
    { againOf: id, cwd: "/" },
    { againOf: id, stdin: true },
    { againOf: id, restart: { condition: "RESTART_CONDITION_NO" } as const },
  ];
  for (const request of wrong) {
    assertEquals((await failure(alice.exec([], request))).code, Code.INVALID_ARGUMENT, JSON.stringify(request));
  }
  assertEquals((await failure(alice.exec(["true"], { againOf: id }))).code, Code.INVALID_ARGUMENT);
  await alice.stop(id);
});

Deno.test("paasc again is for the owner alone: not for a guest of a share, nor for an operator or a viewer", async () => {
  await using scene = await RealmDaemon.start();
  const [alice, bob, oscar, vera] = await Promise.all([
    scene.person(),
    scene.person({ commonName: "bob" }),
    scene.person({ commonName: "oscar", organizationalUnit: "paas-operator" }),
    scene.person({ commonName: "vera", organizationalUnit: "paas-viewer" }),
  ]);
  const id = await exec(alice, "sleep", "600");
  const shared = await scene.paasc(alice, "share", "--stop", id, bob.id);
  assertEquals(shared.stderr, "");
  const [guest, operator, viewer] = await Promise.all(
    [bob, oscar, vera].map(async (person) => (await scene.paasc(person, "again", id)).stderr),
  );
  assertMatch(guest!, /shared with you .* only: ask its owner/);
  assertMatch(operator!, /only its owner may do that/);
  assertMatch(viewer!, /Your role, viewer, does not let you start processes/);
  assertEquals((await statusOf(alice, id)).state, "PROCESS_STATE_RUNNING");
  assertEquals((await scene.paasc(alice, "again", id)).code, 0);
});

Deno.test("paasc again works after the daemon was restarted, and its secrets are in no file that others can read", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const flags = ["--spool-dir", join(directory, "spool"), "--audit-log", join(directory, "audit"), "--audit-argv"];
    let id: string;
    {
      await using daemon = await RunningDaemon.start(flags);
      id = await daemon.exec(["--env", "KEY=s3cret", "--cwd", "/tmp", "sh", "-c", "pwd; echo $KEY >/dev/null"]);
      await daemon.untilStatus(id, "Status: finished (exit code 0)");
      daemon.kill("SIGKILL");
      await daemon.exitCode();
    }
    await using daemon = await RunningDaemon.start(flags);
    const second = await again(daemon, id);
    assertEquals(await output(daemon, second), "/tmp\n");
    assertEquals((await json(daemon, second)).againOf, id);
    const holders: string[] = [];
    for (const { name } of Deno.readDirSync(join(directory, "spool"))) {
      const path = join(directory, "spool", name);
      const { isFile, mode } = Deno.lstatSync(path);
      assertEquals(mode! & 0o077, name === "format" ? mode! & 0o077 : 0, name);
      if (isFile && text(Deno.readFileSync(path)).includes("s3cret")) holders.push(name);
    }
    assert(holders.length > 0 && holders.every((name) => name.startsWith("history.db")), holders.join(" "));
    const audit = await Deno.readTextFile(join(directory, "audit"));
    assertEquals([daemon.log.includes("s3cret"), audit.includes("s3cret")], [false, false]);
    const repeats = audit.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ process }) =>
      process === second
    );
    assertEquals(repeats[0].argv, ["sh", "-c", "pwd; echo $KEY >/dev/null"]);
    assertEquals(repeats[0].program, "sh");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("paasc again is refused by a daemon that drains, and beyond a quota", async () => {
  await using daemon = await RunningDaemon.start(["--max-processes-per-user", "2"]);
  const id = await daemon.exec(["sleep", "600"]);
  const second = await again(daemon, id);
  const full = await daemon.paasc(["again", id]);
  assertMatch(full.stderr, /^paasc: You have 2 processes .* --max-processes-per-user allows/);
  await daemon.paasc(["stop", second]);
  daemon.kill("SIGQUIT");
  await until("it drains", () => daemon.log.includes(" draining "));
  const drained = await daemon.paasc(["again", id]);
  assertEquals(drained.code, 1);
  assertMatch(drained.stderr, /^paasc: The daemon takes no new processes/);
});

Deno.test("paasc again obeys the list of programs and variables as it is now", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const spool = ["--spool-dir", join(directory, "spool")];
    let id: string;
    {
      await using daemon = await RunningDaemon.start(spool);
      id = await daemon.exec(["--env", "FOO=1", "true"]);
      await daemon.untilStatus(id, "Status: finished (exit code 0)");
    }
    await using daemon = await RunningDaemon.start([...spool, "--allow-variable", "BAR"]);
    const { code, stderr } = await daemon.paasc(["again", id]);
    assertEquals(code, 1);
    assertMatch(stderr, /^paasc: Cannot set the variable "FOO"/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("paasc again says what to do for a process of an earlier version of the daemon, which kept no recipe", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const flags = ["--spool-dir", join(directory, "spool")];
    let id: string;
    {
      await using daemon = await RunningDaemon.start(flags);
      id = await daemon.exec(["true"]);
      await daemon.untilStatus(id, "Status: finished (exit code 0)");
    }
    const database = new DatabaseSync(join(directory, "spool/history.db"));
    database.exec("DROP TRIGGER recipe_goes; DROP TABLE recipe");
    database.close();
    await using daemon = await RunningDaemon.start(flags);
    await using alice = new RawClient(daemon);
    assertEquals((await failure(alice.exec([], { againOf: id }))).code, Code.FAILED_PRECONDITION);
    const { code, stderr } = await daemon.paasc(["again", id]);
    assertEquals(code, 1);
    assertMatch(stderr, /^paasc: Cannot repeat the process: .*; start it anew with all of its options\n$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
