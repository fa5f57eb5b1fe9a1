import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { exec, RealmDaemon } from "../support/realm_daemon.ts";
import { RunningDaemon, sharedDaemon, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

/** The part of `paasc status -o json` that these tests look at. */
interface Status {
  readonly id: string;
  readonly state: string;
  readonly exitCode?: number;
  readonly endReason?: string;
  readonly againOf?: string;
  readonly restart?: {
    readonly attempt: number;
    readonly attempts: number;
    readonly nextTime?: string;
    readonly nextId?: string;
    readonly givenUp?: string;
  };
}

async function statusOf(daemon: RunningDaemon, id: string): Promise<Status> {
  return JSON.parse(text((await daemon.paasc(["status", "-o", "json", id])).stdout));
}

/** Waits until a process has been restarted, and gives the id of the next one. */
function nextOf(daemon: RunningDaemon, id: string): Promise<string> {
  return until(`${id} was restarted`, async () => (await statusOf(daemon, id)).restart?.nextId);
}

/** The newest process of a name. */
async function newest(daemon: RunningDaemon, name: string): Promise<Status> {
  const { stdout } = await daemon.paasc(["list", "-a", "--name", name, "-q"]);
  return await statusOf(daemon, text(stdout).split("\n")[0]!);
}

/** A command that fails until its file has more than so many bytes, to which it adds one each time. */
const failing = (
  file: string,
  times: number,
) => ["sh", "-c", `printf x >>${file}; test $(wc -c <${file}) -gt ${times}`];

Deno.test("--restart on-failure starts a process again until it succeeds, and links all attempts", async () => {
  const daemon = shared();
  const directory = await Deno.makeTempDir();
  try {
    const command = failing(join(directory, "times"), 2);
    const first = await daemon.exec(["--restart", "on-failure:5", "--name", "flaky", "--label", "a=b", ...command]);
    const second = await nextOf(daemon, first);
    const third = await nextOf(daemon, second);
    await daemon.untilStatus(third, "Status: finished (exit code 0)");
    const states = await Promise.all([first, second, third].map((id) => statusOf(daemon, id)));
    assertEquals(states.map(({ againOf, exitCode, restart }) => [againOf, exitCode, restart]), [
      [undefined, 1, { attempt: 1, attempts: 6, nextId: second }],
      [first, 1, { attempt: 2, attempts: 6, nextId: third }],
      [second, 0, { attempt: 3, attempts: 6 }],
    ]);
    const { stdout } = await daemon.paasc(["list", "-a", "--label", "a=b", "-q"]);
    assertEquals(text(stdout).trim().split("\n"), [third, second, first]);
    const verbose = text((await daemon.paasc(["status", "-v", second])).stdout);
    assertMatch(verbose, new RegExp(`^Repeats: ${first}\nAttempt: 2 of 6\nRestarted as: ${third}\n`, "m"));
    const followed = await daemon.paasc(["logs", first]);
    assertEquals([followed.code, followed.stderr], [0, `paasc: the process was restarted as ${second}\n`]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("--restart on-failure:1 ends after one restart, and 'no' starts none", async () => {
  const daemon = shared();
  const first = await daemon.exec(["--restart", "on-failure:1", "sh", "-c", "kill -9 $$"]);
  const second = await nextOf(daemon, first);
  await daemon.untilStatus(second, "Status: finished (signal 9)");
  const { restart } = await statusOf(daemon, second);
  assertEquals(restart, { attempt: 2, attempts: 2 });
  const never = await daemon.exec(["--restart", "no", "false"]);
  await daemon.untilStatus(never, "Status: finished (exit code 1)");
  assertEquals((await statusOf(daemon, never)).restart, undefined);
});

Deno.test("paasc stop between two attempts succeeds, and ends the row", async () => {
  const daemon = shared();
  const start = () => daemon.exec(["--restart", "on-failure", "--name", "between", "false"]);
  await start();
  const last = await until("a stop has come between two attempts", async () => {
    const { code, stderr } = await daemon.paasc(["stop", "between"]);
    assertEquals([code, stderr], [0, ""]);
    const status = await newest(daemon, "between");
    if (status.endReason === "stopped") await start(); // the stop has come to an attempt
    return status.restart!.givenUp ? status : undefined;
  });
  assertEquals(last.restart!.givenUp, "a stop has cancelled the restart");
  assertEquals([last.restart!.nextTime, last.restart!.nextId], [undefined, undefined]);
  const { stdout } = await daemon.paasc(["status", "-v", "between"]);
  assertMatch(text(stdout), /^Not restarted: a stop has cancelled the restart$/m);
  assertMatch(daemon.log, new RegExp(`not-restarted process=${last.id} cause=`));
});

Deno.test("paasc stop --label selects a process that waits for a restart", async () => {
  const daemon = shared();
  const start = () => daemon.exec(["--restart", "on-failure", "--label", "row=1", "--name", "labelled", "false"]);
  await start();
  await until("a stop has come between two attempts", async () => {
    const { code, stderr } = await daemon.paasc(["stop", "--label", "row=1"]);
    assertEquals(code, 0, stderr);
    const status = await newest(daemon, "labelled");
    if (status.endReason === "stopped") await start(); // the stop has come to an attempt
    return status.restart!.givenUp !== undefined;
  });
  const { stderr } = await daemon.paasc(["stop", "--label", "row=1"]);
  assertEquals(stderr, "paasc: stopping no processes\n");
});

Deno.test("paasc stop of an attempt that runs starts no other", async () => {
  const daemon = shared();
  const id = await daemon.exec([
    "--restart",
    "on-failure",
    "sh",
    "-c",
    "trap 'exit 4' TERM; while :; do sleep 0.05; done",
  ]);
  await daemon.paasc(["stop", id]);
  const { exitCode, endReason, restart } = await statusOf(daemon, id);
  assertEquals([endReason, restart], ["stopped", { attempt: 1, attempts: 11 }]);
  assertEquals(exitCode === 4 || exitCode === undefined, true); // the trap may not have been set yet
});

Deno.test("paasc rm of a process whose restart waits gives the restart up", async () => {
  const daemon = shared();
  await daemon.exec(["--restart", "on-failure", "--name", "removed", "false"]);
  await until("it was removed while its restart waited", async () => {
    const { id } = await newest(daemon, "removed");
    await daemon.paasc(["rm", id]);
    return daemon.log.includes(`not-restarted process=${id} cause="the process was removed"`);
  });
  assertEquals(text((await daemon.paasc(["list", "--name", "removed", "-q"])).stdout), "");
});

Deno.test("a drain gives up the restarts that wait, and the daemon ends", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const flags = ["--spool-dir", join(directory, "spool")];
    {
      await using daemon = await RunningDaemon.start(flags);
      const first = await daemon.exec(["--restart", "on-failure", "--name", "drained", "false"]);
      await nextOf(daemon, first);
      daemon.kill("SIGQUIT");
      assertEquals(await daemon.exitCode(), 0);
    }
    await using daemon = await RunningDaemon.start(flags);
    const { id, restart } = await newest(daemon, "drained");
    // The first sentence, unless the drain has come while an attempt was being started.
    assertMatch(restart!.givenUp!, /^the daemon ends when its processes have finished$|^The daemon takes no new/);
    assertEquals([restart!.nextTime, restart!.nextId], [undefined, undefined]);
    const again = await daemon.paasc(["again", id]);
    assertEquals((await statusOf(daemon, text(again.stdout).trim())).restart?.attempt, 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a restart that a quota refuses ends the row, and the owner learns why", async () => {
  await using daemon = await RunningDaemon.start(["--max-starts-per-minute", "1"]);
  const id = await daemon.exec(["--restart", "on-failure", "false"]);
  const givenUp = await until("it was given up", async () => (await statusOf(daemon, id)).restart?.givenUp);
  assertMatch(givenUp, /^You have started 1 processes within a minute/);
  assertMatch(daemon.log, new RegExp(`not-restarted process=${id} code=RESOURCE_EXHAUSTED\n`));
});

Deno.test("a restart is refused when its owner may no longer start processes, and the audit log has each restart", async () => {
  await using scene = await RealmDaemon.start(async (realm) => [
    ...["--policy", await realm.write("policy.toml", 'default = "user"\n')],
    ...["--audit-log", join(realm.directory, "audit")],
  ]);
  const alice = await scene.person();
  const { stdout } = await scene.paasc(alice, "exec", "--restart", "on-failure", "false");
  const first = stdout.trim();
  const lines = async () =>
    (await Deno.readTextFile(scene.file("audit"))).trim().split("\n").map((line) => JSON.parse(line));
  const restarts = async () => (await lines()).filter(({ event }) => event === "restart");
  await until("it was restarted", async () => (await restarts()).length > 0);
  await scene.replace("policy.toml", 'default = "none"\n');
  const refused = await until(
    "a restart was refused",
    async () => (await restarts()).find(({ code }) => code !== "OK"),
  );
  const [made] = await restarts();
  assertEquals(
    [made.user, made.program, made.againOf, made.attempt, made.code],
    [alice.id, "false", first, 2, "OK"],
  );
  assertEquals([refused.code, refused.process, refused.user], ["PERMISSION_DENIED", undefined, alice.id]);
});

Deno.test("a restart is refused when the certificate of its owner was put on the deny list", async () => {
  await using scene = await RealmDaemon.start(async (realm) => ["--deny-list", await realm.write("denied", "")]);
  const [alice, oscar] = await Promise.all([
    scene.person(),
    scene.person({ commonName: "oscar", organizationalUnit: "paas-operator" }),
  ]);
  await scene.paasc(alice, "exec", "--name", "row", "--restart", "on-failure:100", "false");
  const der = Uint8Array.fromBase64(alice.pair.cert.replaceAll(/-----.*-----|\s/g, ""));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
  await scene.replace("denied", `${digest}\n`);
  const givenUp = await until("a restart was refused", async () => {
    const { stdout } = await scene.paasc(oscar, "status", "-o", "json", "row");
    return (JSON.parse(stdout) as Status).restart?.givenUp;
  });
  assertMatch(givenUp, /^The daemon does not let in who has started it any more: its certificate is on the deny list$/);
});

Deno.test("a user's guests learn of restarts, and not why one was given up", async () => {
  await using scene = await RealmDaemon.start(() => ["--max-starts-per-minute", "1"]);
  const [alice, bob] = await Promise.all([scene.person(), scene.person({ commonName: "bob" })]);
  const id = (await scene.paasc(alice, "exec", "--restart", "on-failure", "false")).stdout.trim();
  await scene.paasc(alice, "share", id, bob.id);
  const of = async (person: typeof alice): Promise<Status> =>
    JSON.parse((await scene.paasc(person, "status", "-o", "json", id)).stdout);
  await until("it was given up", async () => (await of(alice)).restart?.givenUp);
  assertEquals((await of(bob)).restart, { attempt: 1, attempts: 11 });
  await exec(bob, "true");
});
