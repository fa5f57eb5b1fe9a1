import { assert, assertEquals, assertMatch } from "@std/assert";
import { status as Code } from "@paas/proto/grpc";
import { type SharePermission, toTimestamp } from "@paas/proto";
import { answer, failure } from "../support/realm.ts";
import { exec, follow, type Person, RealmDaemon, statusOf } from "../support/realm_daemon.ts";
import { until } from "../support/until.ts";

const stop = ({ client }: Person, processId: string) => answer((callback) => client.Stop({ processId }, callback));

/** Shares a process; `lasts` is in milliseconds. */
function share({ client }: Person, processId: string, user: string, permission: SharePermission, lasts?: number) {
  const until = lasts === undefined ? undefined : toTimestamp(Date.now() + lasts);
  return answer((callback) => client.Share({ processId, user, permission, until }, callback));
}

const unshare = ({ client }: Person, processId: string, user: string) =>
  answer((callback) => client.Unshare({ processId, user }, callback));

const refusal = async (call: Promise<unknown>) => Code[(await failure(call)).code];

Deno.test("sharing opens one process to one user, for what and as long as its owner says", async (t) => {
  await using scene = await RealmDaemon.start();
  const [alice, bob, carol] = await Promise.all(
    ["alice", "bob", "carol"].map((commonName) => scene.person({ commonName })),
  );
  const id = await exec(alice!, "sh", "-c", "echo secret; exec sleep 600");
  const other = await exec(alice!, "sleep", "600");
  assert(alice && bob && carol);

  await t.step("to see it", async () => {
    await share(alice, id, bob.id.toUpperCase(), "SHARE_PERMISSION_VIEW");
    const { owner, grants } = await statusOf(bob, id);
    assertEquals([owner, grants], [alice.id, []]); // with whom else is not for him
    assertEquals((await statusOf(alice, id)).grants.map(({ user, permission, until }) => [user, permission, until]), [
      [bob.id, "SHARE_PERMISSION_VIEW", null],
    ]);
    const log = follow(bob, id);
    await until("the log comes", () => log.text === "secret\n");
    const calls = [stop(bob, id), unshare(bob, id, bob.id), share(bob, id, carol.id, "SHARE_PERMISSION_VIEW")];
    assertEquals(await Promise.all(calls.map(refusal)), calls.map(() => "PERMISSION_DENIED"));
    assertEquals(await refusal(statusOf(bob, other)), "NOT_FOUND");
    assertEquals(await refusal(statusOf(carol, id)), "NOT_FOUND");
  });
  await t.step("until it is taken back, which ends what is being read", async () => {
    const [bobs, own] = [follow(bob, id), follow(alice, id)];
    const waiting = failure(answer((callback) => bob.client.Wait({ processId: id }, callback)));
    await until("both follow", () => bobs.text !== "" && own.text !== "");
    await unshare(alice, id, bob.id);
    await until("bob's is cut", () => bobs.end !== undefined);
    assert(bobs.end !== "in full" && bobs.end !== undefined);
    assertEquals([Code[bobs.end.code], bobs.end.details], [
      "PERMISSION_DENIED",
      "You may not see the process any more",
    ]);
    assertEquals(Code[(await waiting).code], "PERMISSION_DENIED");
    assertEquals(own.end, undefined);
    const hidden = await failure(statusOf(bob, id));
    const unknown = crypto.randomUUID();
    const none = await failure(statusOf(bob, unknown));
    assertEquals([hidden.code, hidden.details.replace(id, "")], [none.code, none.details.replace(unknown, "")]);
    await unshare(alice, id, bob.id); // nothing to take back
  });
  await t.step("until a time", async () => {
    await share(alice, id, carol.id, "SHARE_PERMISSION_STOP", 600_000);
    await share(alice, id, bob.id, "SHARE_PERMISSION_VIEW", 1_500);
    const [bobs, carols] = [follow(bob, id), follow(carol, id)];
    await until("both follow", () => bobs.text !== "" && carols.text !== "");
    await until("bob's is cut", () => bobs.end !== undefined);
    assertEquals(await refusal(statusOf(bob, id)), "NOT_FOUND");
    assertEquals(carols.end, undefined);
    assertEquals((await statusOf(alice, id)).grants.map(({ user }) => user), [carol.id]);
  });
  await t.step("to stop it", async () => {
    await stop(carol, id);
    const { stop: stopped } = await statusOf(alice, id);
    assertEquals(stopped?.stoppedBy, carol.id);
    assertEquals(
      await refusal(answer((callback) => carol.client.Remove({ processId: id }, callback))),
      "PERMISSION_DENIED",
    );
  });
  await t.step("and refuses what makes no sense", async () => {
    const calls = [
      share(alice, other, alice.id, "SHARE_PERMISSION_VIEW"),
      share(alice, other, "bob", "SHARE_PERMISSION_VIEW"),
      share(alice, other, `${bob.id}\0`, "SHARE_PERMISSION_VIEW"),
      share(alice, other, bob.id, 7 as unknown as SharePermission),
      share(alice, other, bob.id, "SHARE_PERMISSION_VIEW", -1_000),
      unshare(alice, other, "bob"),
    ];
    assertEquals(await Promise.all(calls.map(refusal)), calls.map(() => "INVALID_ARGUMENT"));
    assertEquals((await statusOf(alice, other)).grants, []);
    assertEquals(await refusal(share(bob, other, carol.id, "SHARE_PERMISSION_VIEW")), "NOT_FOUND");
  });
  await t.step("with a hundred users at most", async () => {
    const user = (number: number) => number.toString(16).padStart(64, "0");
    for (let number = 0; number < 100; number++) await share(alice, other, user(number), "SHARE_PERMISSION_VIEW");
    assertEquals(await refusal(share(alice, other, user(100), "SHARE_PERMISSION_VIEW")), "RESOURCE_EXHAUSTED");
    await share(alice, other, user(7), "SHARE_PERMISSION_STOP"); // in place of what there was
    assertEquals((await statusOf(alice, other)).grants.length, 100);
  });
});

Deno.test("paasc share and unshare", async () => {
  await using scene = await RealmDaemon.start();
  const [alice, bob] = await Promise.all([scene.person(), scene.person({ commonName: "bob" })]);
  const id = await exec(alice, "sh", "-c", "echo secret; exec sleep 600");
  const silent = async (...words: string[]) => {
    const { code, stdout, stderr } = await scene.paasc(alice, ...words);
    assertEquals([code, stdout, stderr], [0, "", ""], words.join(" "));
  };
  await silent("share", "--stop", "--for", "1h", id, bob.id);
  const verbose = (await scene.paasc(alice, "status", "--verbose", id)).stdout;
  assertMatch(verbose, new RegExp(`^Shared with: ${bob.id} \\(see and stop, until \\d{4}-.*Z\\)$`, "m"));
  const json = JSON.parse((await scene.paasc(alice, "status", "-o", "json", id)).stdout);
  const left = Date.parse(json.grants[0].until) - Date.now();
  assertEquals([json.grants[0].user, json.grants[0].permission, left > 3_500_000 && left <= 3_600_000], [
    bob.id,
    "stop",
    true,
  ]);
  assertEquals((await scene.paasc(bob, "logs", "--no-follow", id)).stdout, "secret\n");
  await silent("unshare", id.slice(0, 13), bob.id);
  assertEquals((await scene.paasc(bob, "status", id)).code, 1);
  const shared = await scene.paasc(alice, "share", "-o", "json", id, bob.id);
  assertEquals(JSON.parse(shared.stdout), { id, user: bob.id, permission: "view" });
  for (const words of [[id], [id, bob.id, "x"], ["--for", "x", id, bob.id], [id, "--stop"]]) {
    assertEquals((await scene.paasc(alice, "share", ...words)).code, 2, words.join(" "));
  }
});
