import { assert, assertEquals, assertMatch } from "@std/assert";
import { status as Code } from "@paas/proto/grpc";
import type { ListResponse__Output, WatchResponse__Output } from "@paas/proto";
import { answer, failure } from "../support/realm.ts";
import {
  exec,
  follow,
  type Following,
  type Person,
  RealmDaemon,
  statusOf,
  watch,
  whoAmI,
} from "../support/realm_daemon.ts";
import { until } from "../support/until.ts";

const stop = ({ client }: Person, processId: string) => answer((callback) => client.Stop({ processId }, callback));
const list = async ({ client }: Person, allUsers: boolean) => {
  const { processes } = await answer<ListResponse__Output>((callback) => client.List({ allUsers }, callback));
  return processes;
};

/** The code that a call is refused with. */
const refusal = async (call: Promise<unknown>) => Code[(await failure(call)).code];

Deno.test("roles by OU: a viewer sees all and changes nothing, an operator ends all", async (t) => {
  await using scene = await RealmDaemon.start();
  const [alice, viewer, operator] = await Promise.all([
    scene.person(),
    scene.person({ commonName: "vera", organizationalUnit: "paas-viewer" }),
    scene.person({ commonName: "oscar", organizationalUnit: ["engineering", "paas-operator"] }),
  ]);
  const id = await exec(alice, "sh", "-c", "echo secret; exec sleep 600");

  await t.step("everybody is told who they are", async () => {
    const roles = await Promise.all([alice, viewer, operator].map(({ client }) => whoAmI(client)));
    assertEquals(roles.map(({ role }) => role), ["user", "viewer", "operator"]);
    assertMatch(roles[1]!.subject, /CN=vera/);
  });
  await t.step("a user sees their own", async () => {
    const { code, details } = await failure(list(alice, true));
    assertEquals([Code[code], /^Your role, user/.test(details)], ["PERMISSION_DENIED", true]);
    assertEquals((await list(alice, false)).map(({ processId }) => processId), [id]);
    const other = await exec(operator, "sleep", "600");
    assertEquals(await refusal(statusOf(alice, other)), "NOT_FOUND");
    await stop(operator, other);
  });
  await t.step("a viewer sees all, with its owner", async () => {
    assertEquals((await list(viewer, false)).length, 0);
    const [, process] = await list(viewer, true);
    assertEquals([process!.processId, process!.owner], [id, alice.id]);
    assertMatch(process!.ownerSubject, /CN=alice/);
    const log = follow(viewer, id);
    await until("the log comes", () => log.text === "secret\n");
    const seen: Following = { text: "", end: undefined };
    const events = viewer.client.Watch({ allUsers: true });
    watch<WatchResponse__Output>(events, seen, ({ processId }) => seen.text += processId);
    await until("it is watched", () => seen.text.includes(id));
    events.cancel();
  });
  await t.step("and changes none", async () => {
    const calls = [
      stop(viewer, id),
      exec(viewer, "true"),
      answer((callback) => viewer.client.Signal({ processId: id, signal: 1 }, callback)),
      answer((callback) => viewer.client.Remove({ processId: id }, callback)),
      answer((callback) => viewer.client.Share({ processId: id, user: operator.id }, callback)),
    ];
    assertEquals(await Promise.all(calls.map(refusal)), calls.map(() => "PERMISSION_DENIED"));
    assertEquals((await statusOf(alice, id)).state, "PROCESS_STATE_RUNNING");
  });
  await t.step("an operator signals, stops and removes all, and does no more", async () => {
    const signalled = await exec(alice, "sleep", "600");
    await answer((callback) => operator.client.Signal({ processId: signalled, signal: 9 }, callback));
    await until("it is killed", async () => (await statusOf(alice, signalled)).signal === 9);
    await answer((callback) => operator.client.Remove({ processId: signalled }, callback));
    assertEquals(await refusal(statusOf(alice, signalled)), "NOT_FOUND");
    await stop(operator, id);
    const { stoppedBy, stoppedBySubject } = (await statusOf(alice, id)).stop!;
    assertEquals([stoppedBy, /CN=oscar/.test(stoppedBySubject)], [operator.id, true]);
    const calls = [
      answer((callback) => operator.client.Share({ processId: id, user: viewer.id }, callback)),
      answer((callback) => operator.client.Unshare({ processId: id, user: viewer.id }, callback)),
    ];
    assertEquals(await Promise.all(calls.map(refusal)), calls.map(() => "PERMISSION_DENIED"));
  });
  await t.step("nobody but an operator drains the daemon", async () => {
    for (const { client } of [alice, viewer]) {
      assertEquals(await refusal(answer((callback) => client.Drain({}, callback))), "PERMISSION_DENIED");
    }
    await exec(alice, "true");
  });
  await t.step("the processes of one user are theirs, or all users' for those who see all", async () => {
    const ofUser = async ({ client }: Person, owner: string, allUsers: boolean) => {
      const { processes } = await answer<ListResponse__Output>((callback) =>
        client.List({ owner, allUsers }, callback)
      );
      return new Set(processes.map(({ owner }) => owner));
    };
    assertEquals(await ofUser(operator, alice.id, true), new Set([alice.id]));
    assertEquals(await ofUser(operator, operator.id.toUpperCase(), false), new Set([operator.id]));
    assertEquals(await ofUser(alice, operator.id, false), new Set());
    assertEquals(await refusal(ofUser(alice, operator.id, true)), "PERMISSION_DENIED");
    assertEquals(await refusal(ofUser(operator, "alice", true)), "INVALID_ARGUMENT");
  });
  await t.step("two roles are refused at the door", async () => {
    assert(!await scene.letsIn(await scene.realm.user({ organizationalUnit: ["paas-viewer", "paas-operator"] })));
    await until("it is logged", () => / refused .*has two roles/.test(scene.daemon.log));
  });
  await t.step("paasc shows the owners", async () => {
    const { code, stdout, stderr } = await scene.paasc(viewer, "list", "--all");
    assertEquals([code, stderr], [0, ""]);
    const line = stdout.split("\n").find((line) => line.startsWith(id))!.split("\t");
    assertEquals([line.length, line[5]], [7, alice.id]);
    assertMatch(
      (await scene.paasc(viewer, "status", "--verbose", id)).stdout,
      new RegExp(`^Owner: ${alice.id} \\(CN=alice`, "m"),
    );
    assertEquals(JSON.parse((await scene.paasc(viewer, "status", "-o", "json", id)).stdout).owner, alice.id);
    assertEquals((await scene.paasc(viewer, "run", "true")).code, 125);
    const refused = await scene.paasc(alice, "list", "--all");
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertEquals(
      refused.stderr,
      "paasc: Your role, user, shows you your own processes only: ask for these alone, without --all; " +
        "'paasc list --all-states' lists your finished processes, too\n",
    );
    assertMatch(
      (await scene.paasc(viewer, "doctor")).stdout,
      new RegExp(`you are ${viewer.id} .*with the role viewer`),
    );
  });
});

Deno.test("roles by policy: OUs do not count, and a change counts at once", async (t) => {
  await using scene = await RealmDaemon.start(async (
    realm,
  ) => ["--policy", await realm.write("policy.toml", 'default = "user"\n')]);
  const alice = await scene.person();
  const oscar = await scene.person({ commonName: "oscar", organizationalUnit: ["paas-viewer", "paas-operator"] });
  assertEquals((await whoAmI(oscar.client)).role, "user");
  const id = await exec(alice, "sh", "-c", "echo secret; exec sleep 600");
  assertEquals(await refusal(statusOf(oscar, id)), "NOT_FOUND");
  const becomes = async (role: string, other = "user") => {
    await scene.replace("policy.toml", `default = "${other}"\n[roles]\n${oscar.id} = "${role}"\n`);
    await until(`oscar is ${role}`, async () => (await whoAmI(oscar.client)).role === role);
  };

  await becomes("viewer");
  const log = follow(oscar, id);
  const own = follow(alice, id);
  await until("the log comes", () => log.text === "secret\n" && own.text === "secret\n");
  const seen: Following = { text: "", end: undefined };
  watch<WatchResponse__Output>(oscar.client.Watch({ allUsers: true }), seen, ({ processId }) => seen.text += processId);
  await until("it is watched", () => seen.text !== "");

  await t.step("a bad policy changes nothing", async () => {
    await scene.replace("policy.toml", 'default = "root"\n');
    await until("it is told of", () => / not-reloaded what=policy/.test(scene.daemon.log));
    assertEquals((await whoAmI(oscar.client)).role, "viewer");
    assertEquals(log.end, undefined);
  });
  await t.step("who may see less is cut off from that, and nobody else is", async () => {
    await becomes("user");
    for (const cut of [log, seen]) {
      await until("it is cut", () => cut.end !== undefined);
      assert(cut.end !== "in full" && cut.end !== undefined);
      assertEquals(Code[cut.end.code], "PERMISSION_DENIED");
    }
    assertEquals(own.end, undefined);
  });
  await t.step("who has no role may only ask who they are", async () => {
    await becomes("none", "none");
    await until("alice's own is cut", () => own.end !== undefined);
    const calls = [exec(alice, "true"), list(alice, false), statusOf(alice, id)];
    assertEquals(await Promise.all(calls.map(refusal)), calls.map(() => "PERMISSION_DENIED"));
    assertEquals(await whoAmI(alice.client).then(({ userId, role }) => [userId, role]), [alice.id, "none"]);
  });
});
