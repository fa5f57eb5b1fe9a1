/**
 * What one user does with what the daemon keeps, and what others notice of it.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { status } from "@paas/proto/grpc";
import { spawn, Spool } from "@paas/worker";
import type { SpawnedProcess } from "../../worker/process/spawned_process.ts";
import { join } from "node:path";
import { Access } from "../../paasd/access/access.ts";
import type { CallContext } from "../../paasd/rpc/call.ts";
import { rightOf } from "../../paasd/access/authorization.ts";
import { Confinement } from "../../paasd/processes/confinement.ts";
import { Spawner } from "../../paasd/processes/spawner.ts";
import type { ClientCertificate } from "../../paasd/identity/certificate.ts";
import { ProcessTable } from "../../paasd/processes/process_table.ts";
import { Quotas } from "../../paasd/quotas/quotas.ts";
import { Restarts } from "../../paasd/restarts/restarts.ts";
import { Service } from "../../paasd/service/service.ts";
import { Starter } from "../../paasd/service/starter.ts";
import { answer, failure, Realm, TestLog } from "../support/realm.ts";
import { withSpool } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { repeat, until } from "../support/until.ts";

const MIB = 1024 * 1024;

/** The ids of a user's processes. */
async function listed(client: RawClient): Promise<string[]> {
  const ids: string[] = [];
  for (let pageToken = "";;) {
    const page = await answer<{ processes: { processId: string }[]; nextPageToken: string }>((callback) =>
      client.service.List({ pageSize: 1_000, pageToken }, callback as never)
    );
    ids.push(...page.processes.map(({ processId }) => processId));
    if (!(pageToken = page.nextPageToken)) return ids;
  }
}

/** Bytes of what is known of processes, on the disk. */
const databaseBytes = (spool: string) =>
  ["history.db", "history.db-wal"].reduce((sum, name) => sum + Deno.statSync(join(spool, name)).size, 0);

Deno.test("large arguments of a user's finished processes fill neither memory nor disk (A4)", async () => {
  await withSpool(["--max-description-bytes-per-user", "8M"], async (daemon, spool) => {
    await using alice = new RawClient(daemon);
    await using bob = new RawClient(daemon, { as: "bob" });
    const his = await bob.exec(["echo", "his"]);
    await bob.untilFinished(his);
    const args = ["true", ...Array.from({ length: 14 }, () => "x".repeat(131_000))];
    let last = "";
    await repeat(40, 2, async () => last = await alice.exec(args)); // 70 MiB
    await alice.untilFinished(last);
    await until("the oldest have gone", async () => (await listed(alice)).length <= 4);
    assertEquals((await alice.status(last)).args.length, 15, "what is known is whole");
    assert(databaseBytes(spool) < 40 * MIB, `${databaseBytes(spool)} bytes on the disk`);
    assertEquals((await bob.logs(his).end).bytes, 4);

    const long = ["sh", "-c", "exec sleep 60", ...args.slice(1)];
    const live = await alice.exec(long);
    for (let number = 1; number < 4; number++) await alice.exec(long);
    const { code, details } = await failure(alice.exec(long));
    assertEquals(code, status.RESOURCE_EXHAUSTED);
    assertMatch(details, /live processes take more .* --max-description-bytes-per-user allows: stop one first/);
    await alice.stop(live);
    await alice.exec(long);
  });
});

Deno.test("a user who starts many processes deletes nothing that others have (A6)", async () => {
  await withSpool(["--retain-count", "20", "--retain-total", "40"], async (daemon) => {
    await using alice = new RawClient(daemon);
    await using bob = new RawClient(daemon, { as: "bob" });
    const his: string[] = [];
    for (let number = 0; number < 5; number++) his.unshift(await bob.exec(["echo", `${number}`]));
    for (const id of his) await bob.untilFinished(id);
    let last = "";
    await repeat(120, 4, async () => last = await alice.exec(["true"]));
    await alice.untilFinished(last);
    await until("only her newest are left", async () => (await listed(alice)).length === 20);
    assertEquals(await listed(bob), his);
    for (const id of his) assertEquals((await bob.logs(id).end).bytes, 2);
  });
});

Deno.test("a user who shares a process again and again leaves on the disk what one share does (A7)", async () => {
  await withSpool([], async (daemon, spool) => {
    await using alice = new RawClient(daemon);
    const labels = Object.fromEntries(
      Array.from({ length: 64 }, (_, number) => [`${number}`.padEnd(63, "k"), "v".repeat(255)]),
    );
    const processId = await alice.exec(["true"], { labels });
    await alice.untilFinished(processId);
    const share = (number: number) => {
      const user = `${number % 100}`.padStart(64, "0");
      return answer((callback) => alice.service.Share({ processId, user }, callback));
    };
    await repeat(5_000, 32, share);
    assert(databaseBytes(spool) < 24 * MIB, `${databaseBytes(spool)} bytes on the disk`);
    assertEquals((await alice.status(processId)).grants.length, 100);
  });
});

Deno.test("calls that change a process have a rate, and a user's grants a number", async () => {
  await withSpool(["--max-changes-per-minute", "5", "--max-grants-per-user", "3"], async (daemon) => {
    await using alice = new RawClient(daemon);
    await using bob = new RawClient(daemon, { as: "bob" });
    const processId = await alice.exec(["sleep", "60"]);
    const share = (number: number) =>
      answer((callback) => alice.service.Share({ processId, user: `${number}`.padStart(64, "0") }, callback));
    for (const number of [1, 2, 3, 3]) await share(number);
    const tooMany = await failure(share(4));
    assertEquals(tooMany.code, status.RESOURCE_EXHAUSTED);
    assertMatch(tooMany.details, /^You share your processes with 3 users.*--max-grants-per-user allows: take back/);
    const tooFast = await failure(share(3));
    assertEquals(tooFast.code, status.RESOURCE_EXHAUSTED);
    assertMatch(tooFast.details, /--max-changes-per-minute allows: try again in \d+ s$/);
    assertEquals((await alice.status(processId)).grants.length, 3);
    await bob.stop(await bob.exec(["sleep", "60"]));
  });
});

Deno.test("waits that their client has cancelled are forgotten at once, also those that hold a lease (A16)", async () => {
  await using realm = await Realm.make();
  using spool = await Spool.open(join(realm.directory, "spool"));
  const table = new ProcessTable(spool);
  const limits = { maxProcesses: 9, maxProcessesPerUser: 9, maxStartsPerMinute: 9, maxStreamsPerUser: 9 };
  const quotas = new Quotas({
    ...limits,
    maxChangesPerMinute: 9,
    maxDescriptionBytesPerUser: 1e6,
    maxGrantsPerUser: 9,
  });
  const confinement = await Confinement.start(realm.options, new TestLog());
  const spawner = new Spawner({
    ...{ spool, quotas, confinement, stopGrace: 1_000, makeRoom: () => {}, telemetry: undefined },
  });
  const [access, restarts] = [new Access(), new Restarts({ table, log: new TestLog() })];
  const trust = { objection: () => undefined };
  const starter = new Starter({ table, spawner, access, trust, restarts, audit: undefined });
  const service = new Service({
    ...{ table, starter, restarts, access, spool, quotas, metrics: undefined, drain: () => 0 },
  });
  const user = { id: "aa", subject: "CN=alice", expires: Infinity };
  const args = ["sleep", "60"];
  const description = { args, name: "", labels: {}, stopAfterDisconnect: 3_600_000 };
  const { process, lease } = await table.start(
    user,
    description,
    (changed, about) => spawn({ args, spool, changed, about }),
  );
  const connection = { signal: new AbortController().signal, leases: new Set<{ counts: boolean }>() };
  lease!.hold(connection);
  const right = rightOf("user", "/paas.v1.ProcessService/Wait");
  const call = (signal: AbortSignal) =>
    service.wait(
      { processId: process.id },
      {
        user,
        certificate: {} as ClientCertificate,
        right,
        signal,
        connection,
        record: {},
        hold() {},
        messageSize: () => 4_096,
        compress() {},
      } satisfies CallContext,
    );
  const staying = call(new AbortController().signal);
  for (let number = 0; number < 1_000; number++) {
    const client = new AbortController();
    const waiting = call(client.signal);
    client.abort();
    await assertRejects(() => waiting);
  }
  assertEquals([(process as SpawnedProcess).waiting, lease!.holders], [1, 2]);
  await process.stop();
  assertEquals((await staying).status?.state, "PROCESS_STATE_FINISHED");
  assertEquals([(process as SpawnedProcess).waiting, lease!.holders], [0, 0]);
  await process.ended;
});
