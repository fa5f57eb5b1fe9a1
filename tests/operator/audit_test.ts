import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { AuditLog } from "../../paasd/telemetry/audit.ts";
import { answer, failure, TestLog } from "../support/realm.ts";
import { ROOT } from "../support/programs.ts";
import { exec, follow, RealmDaemon, statusOf } from "../support/realm_daemon.ts";
import { until } from "../support/until.ts";

type Line = Record<string, unknown> & { event: string };

const lines = (text: string): Line[] => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
const read = (scene: RealmDaemon, name = "audit.jsonl") => Deno.readTextFile(scene.file(name)).then(lines);

/** What each type of the documentation looks like. */
const TYPES: Record<string, RegExp> = {
  "RFC 3339, UTC": /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/,
  "64 hexadecimal digits": /^"[0-9a-f]{64}"$/,
  "hexadecimal": /^"[0-9a-f]+"$/,
  "IP:PORT": /^"(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):\d+"$/,
  "UUID": /^"[0-9a-f-]{36}"$/,
  "number": /^\d+(\.\d+)?$/,
  "text": /^".*"$/,
  "texts": /^\[".*"\]$/,
  "`user`, `viewer`, `operator` or `none`": /^"(user|viewer|operator|none)"$/,
};

/** The documented fields of each event, with their types. */
async function documented(): Promise<{ fields: Map<string, Map<string, RegExp>>; examples: Line[] }> {
  const text = await Deno.readTextFile(join(ROOT, "docs/audit.md"));
  const [common, ...sections] = text.split(/^## /m);
  const fieldsIn = (section: string) =>
    [...section.matchAll(/^\| `(\w+)` \| (.+?) \| /gm)].map(([, name, type]): [string, RegExp] => {
      assert(TYPES[type!], `the type ${type} is known`);
      return [name!, TYPES[type!]!];
    });
  const fields = new Map(
    sections.map((section): [string, Map<string, RegExp>] => [
      section.split("\n")[0]!,
      new Map([...fieldsIn(common!), ...fieldsIn(section)]),
    ]).filter(([, fields]) => fields.size > 2),
  );
  return { fields, examples: lines(/```json\n([^]*?)```/.exec(text)![1]!) };
}

Deno.test("the audit log has what docs/audit.md says, and all of it", async () => {
  await using scene = await RealmDaemon.start(async (realm) => [
    ...["--audit-log", join(realm.directory, "audit.jsonl"), "--audit-argv"],
    ...["--deny-list", await realm.write("denied", "")],
  ]);
  const alice = await scene.person();
  const oscar = await scene.person({ commonName: "oscar", organizationalUnit: "paas-operator" });
  const id = await exec(alice, "/bin/sh", "-c", "exec sleep 600");
  await failure(exec(alice, "/no/such/program"));
  const unknown = crypto.randomUUID();
  await failure(statusOf(alice, unknown));
  const restart = { condition: "RESTART_CONDITION_ON_FAILURE", maxRestarts: 1 } as const;
  await answer((callback) => alice.client.Exec({ args: ["false"], restart }, callback));
  await until("it was restarted", async () => (await read(scene)).some(({ event }) => event === "restart"));
  const log = follow(oscar, id);
  await until("it is followed", async () => (await statusOf(oscar, id)).state === "PROCESS_STATE_RUNNING");
  await answer((callback) => oscar.client.Stop({ processId: id }, callback));
  await until("the log ends", () => log.end === "in full");
  assert(!await scene.letsIn(await scene.realm.serverCa.issue({ commonName: "mallory", usages: ["clientAuth"] })));
  const der = Uint8Array.fromBase64(oscar.pair.cert.replaceAll(/-----.*-----|\s/g, ""));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
  await scene.replace("denied", `${digest}\n`);
  await until("oscar is expelled", async () => (await read(scene)).some(({ event }) => event === "expelled"));

  // What takes a flood or a full disk.
  const more: string[] = [];
  const audit = await AuditLog.open({ path: "", argv: true, log: new TestLog() }, () =>
    Promise.resolve({
      write: (bytes: Uint8Array) => (more.push(new TextDecoder().decode(bytes)), Promise.resolve(bytes.length)),
      close: () => {},
    }));
  audit.refusedMore(7, 10);
  const call = { guest: undefined, role: undefined, method: "Exec", argv: ["x".repeat(16_000)], code: "OK", ms: 1 };
  for (let number = 0; number < 300; number++) audit.call(call);
  await until("lines were dropped", () => more.join("").includes("dropped"));
  await audit.close(5_000);

  const written = [...await read(scene), ...lines(more.join(""))];
  const { fields, examples } = await documented();
  const seen = new Map([...fields.keys()].map((event) => [event, new Set<string>()]));
  for (const line of [...written, ...examples]) {
    const expected = fields.get(line.event);
    assert(expected, `${line.event} is documented`);
    for (const [name, value] of Object.entries(line)) {
      assert(expected.has(name), `${name} of ${line.event} is documented`);
      assertMatch(JSON.stringify(value), expected.get(name)!, `${name} of ${line.event}`);
      if (written.includes(line)) seen.get(line.event)!.add(name);
    }
  }
  for (const [event, names] of seen) {
    assertEquals(
      [...fields.get(event)!.keys()].filter((name) => !names.has(name)),
      [],
      `fields of ${event} never seen`,
    );
  }

  const exactly = (match: Line | Record<string, unknown>) =>
    written.filter((line) => Object.entries(match).every(([name, value]) => line[name] === value)).length;
  assertEquals(exactly({ user: alice.id, method: "GetStatus", process: unknown, code: "NOT_FOUND" }), 1);
  const whole = { event: "call", user: alice.id, role: "user", method: "Exec" };
  assertEquals(exactly({ ...whole, program: "sh", process: id, code: "OK" }), 1);
  assertEquals(exactly({ ...whole, program: "program", process: undefined, code: "NOT_FOUND" }), 1);
  assertEquals(
    exactly({ user: oscar.id, role: "operator", method: "Stop", process: id, owner: alice.id, code: "OK" }),
    1,
  );
  assertEquals(exactly({ user: oscar.id, method: "GetLogs", process: id, owner: alice.id, code: "OK" }), 1);
  assertEquals((await Deno.stat(scene.file("audit.jsonl"))).mode! & 0o777, 0o600);
});

Deno.test("the audit log is rotated on SIGHUP while calls are made, and no line is lost", async () => {
  await using scene = await RealmDaemon.start((realm) => ["--audit-log", join(realm.directory, "audit.jsonl")]);
  const alice = await scene.person();
  const rotations = 5;
  let calls = 0;
  let busy = true;
  const calling = (async () => {
    for (; busy; calls++) await failure(statusOf(alice, crypto.randomUUID()));
  })();
  for (let rotation = 0; rotation < rotations; rotation++) {
    const before = calls;
    await until("some calls were made", () => calls > before + 20);
    await Deno.rename(scene.file("audit.jsonl"), scene.file(`audit.${rotation}`));
    scene.daemon.kill("SIGHUP");
    await until("there is a new file", () => Deno.stat(scene.file("audit.jsonl")).then(() => true, () => false));
  }
  busy = false;
  await calling;
  const files = [...Array.from({ length: rotations }, (_, index) => `audit.${index}`), "audit.jsonl"];
  const all = async () => (await Promise.all(files.map((name) => read(scene, name)))).flat();
  const made = async () => (await all()).filter(({ method }) => method === "GetStatus").length;
  await until("all lines are written", async () => await made() === calls);
  const times = (await all()).map(({ time }) => time as string);
  assertEquals(times, times.toSorted());
});

Deno.test("the audit log has no arguments unless it is told to", async () => {
  await using scene = await RealmDaemon.start((realm) => ["--audit-log", join(realm.directory, "audit.jsonl")]);
  const alice = await scene.person();
  await exec(alice, "echo", "secret");
  const written = await until("it is written", async () => {
    const text = await Deno.readTextFile(scene.file("audit.jsonl"));
    return text.includes("Exec") && text;
  });
  assert(!written.includes("secret") && !written.includes("argv"));
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["paasd/start.sh", Deno.execPath(), "--listen", "127.0.0.1:0", "--audit-log", "/nonexistent/audit"],
    cwd: ROOT,
  }).output();
  assertEquals(code, 1);
  assertMatch(new TextDecoder().decode(stderr), /Cannot write the audit log \(--audit-log\)/);
});
