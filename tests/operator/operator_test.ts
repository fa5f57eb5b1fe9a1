import { assertEquals, assertMatch } from "@std/assert";
import { exec, RealmDaemon, statusOf } from "../support/realm_daemon.ts";
import { answer } from "../support/realm.ts";
import { until } from "../support/until.ts";

Deno.test("an operator types what the operator's own table shows", async (t) => {
  await using scene = await RealmDaemon.start();
  const [alice, bob, viewer, oscar] = await Promise.all([
    scene.person(),
    scene.person({ commonName: "bob" }),
    scene.person({ commonName: "vera", organizationalUnit: "paas-viewer" }),
    scene.person({ commonName: "oscar", organizationalUnit: "paas-operator" }),
  ]);
  const start = async ({ client }: typeof alice, name: string, labels = {}) => {
    const request = { args: ["sh", "-c", "echo hi; exec sleep 600"], name, labels };
    return (await answer<{ processId: string }>((callback) => client.Exec(request, callback))).processId;
  };
  const [web, other] = [await start(alice, "web"), await start(bob, "other")];
  const shown = (await scene.paasc(oscar, "list", "--all", "-q")).stdout.split("\n").find((id) => id === web)!;

  await t.step("by the name, and by the digits that are shown", async () => {
    for (const word of ["web", shown.slice(0, 8)]) {
      const { code, stdout, stderr } = await scene.paasc(viewer, "status", "-o", "json", word);
      assertEquals([code, stderr, JSON.parse(stdout || "{}").id], [0, "", web]);
    }
    const { code, stderr } = await scene.paasc(bob, "status", "web");
    assertEquals([code, stderr], [1, "paasc: no process has 'web' for its id, its name, or the beginning of its id\n"]);
  });
  await t.step("candidates have their owners' names", async () => {
    const bobs = await start(bob, "web");
    const { code, stderr } = await scene.paasc(oscar, "stop", "web");
    assertEquals(code, 1);
    assertEquals(
      stderr,
      "paasc: 'web' is the name of several processes, give the id of one: " +
        `${bobs} (web) of bob (${bob.id.slice(0, 8)}…), ${web} (web) of alice (${alice.id.slice(0, 8)}…)\n`,
    );
    assertEquals((await scene.paasc(oscar, "kill", "-9", bobs.slice(0, 8))).code, 0);
    await until("it is killed", async () => (await statusOf(bob, bobs)).signal === 9);
    assertEquals((await scene.paasc(oscar, "rm", bobs.slice(0, 8))).code, 0);
  });
  await t.step("the owner learns who stopped it", async () => {
    assertEquals(await scene.paasc(oscar, "stop", "web"), { code: 0, stdout: "", stderr: "" });
    const { stdout } = await scene.paasc(alice, "status", "--verbose", "web");
    assertMatch(stdout, new RegExp(`^Reason: stopped by oscar \\(${oscar.id.slice(0, 8)}…\\), without SIGKILL$`, "m"));
    const { stop } = JSON.parse((await scene.paasc(alice, "status", "-o", "json", "web")).stdout);
    assertEquals([stop.by, /CN=oscar/.test(stop.bySubject)], [oscar.id, true]);
    assertMatch(
      (await scene.paasc(oscar, "status", "--verbose", web)).stdout,
      new RegExp(`^Reason: stopped by you, .*\nLog: .*\nOwner: ${alice.id} \\(CN=alice`, "m"),
    );
  });
  await t.step("all processes of a user stop by the user's name or id", async () => {
    const [red, plain] = [await start(bob, "", { team: "red" }), await exec(bob, "sleep", "600")];
    assertEquals(await scene.paasc(oscar, "stop", "--user", "bob", "--label", "team=red"), {
      code: 0,
      stdout: `${red}\n`,
      stderr: "",
    });
    const own = await exec(oscar, "sleep", "600");
    const { code, stdout, stderr } = await scene.paasc(oscar, "stop", "--user", bob.id.slice(0, 8));
    assertEquals([code, stdout.split("\n").filter(Boolean).toSorted(), stderr], [0, [other, plain].toSorted(), ""]);
    assertEquals((await statusOf(oscar, own)).state, "PROCESS_STATE_RUNNING");
    assertEquals(await scene.paasc(oscar, "stop", "--user", bob.id), {
      code: 0,
      stdout: "",
      stderr: `paasc: no process to stop of user '${bob.id}'\n`,
    });
    assertMatch((await scene.paasc(oscar, "stop", "--user", "bob")).stderr, /no user with a running process has 'bob'/);
  });
  await t.step("and nobody else may do so", async () => {
    const running = await exec(oscar, "sleep", "600");
    const refused = await scene.paasc(alice, "stop", "--user", oscar.id);
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertMatch(refused.stderr, /^paasc: Your role, user, shows you your own processes only/);
    const viewers = await scene.paasc(viewer, "stop", "--user", "oscar");
    assertEquals([viewers.code, viewers.stdout], [1, ""]);
    assertMatch(viewers.stderr, /Your role, viewer, does not let you stop processes/);
    assertEquals((await statusOf(oscar, running)).state, "PROCESS_STATE_RUNNING");
  });
  await t.step("words that do not go together are refused", async () => {
    assertEquals((await scene.paasc(oscar, "stop", "--user", "bob", web)).code, 2);
    assertEquals((await scene.paasc(oscar, "stop", "--label", "a=b", web)).code, 2);
  });
});
