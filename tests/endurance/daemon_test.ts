import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { status as Code } from "@paas/proto/grpc";
import type { GetStatusResponse__Output, ProcessStatus__Output, StopResponse__Output } from "@paas/proto";
import { createHash, X509Certificate } from "node:crypto";
import type { CertificateOptions } from "../../certs/authority.ts";
import { until } from "../support/until.ts";
import { Daemon } from "../../paasd/daemon.ts";
import { StartError } from "../../paasd/errors.ts";
import { answer, type Client, failure, Realm, TestLog } from "../support/realm.ts";

/** A daemon, and a client of it for alice. */
class Stage implements AsyncDisposable {
  private constructor(
    readonly realm: Realm,
    readonly daemon: Daemon,
    readonly log: TestLog,
    readonly alice: Client,
    readonly aliceId: string,
  ) {}

  static async open(): Promise<Stage> {
    const realm = await Realm.make();
    const log = new TestLog();
    const daemon = await Daemon.start(realm.options, log);
    const user = await realm.user();
    const id = createHash("sha256").update(new X509Certificate(user.cert).raw).digest("hex");
    return new Stage(realm, daemon, log, realm.client(daemon.address.port, user), id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.alice.close();
    await this.daemon[Symbol.asyncDispose]();
    await this.realm[Symbol.asyncDispose]();
  }
}

async function exec(client: Client, ...args: string[]): Promise<string> {
  const response = await answer<{ processId: string }>((callback) => client.exec({ args }, callback));
  return response.processId;
}

async function status(client: Client, processId: string): Promise<ProcessStatus__Output> {
  const response = await answer<GetStatusResponse__Output>((callback) => client.getStatus({ processId }, callback));
  return response.status!;
}

function stop(
  client: Client,
  processId: string,
  grace?: { seconds: number; nanos: number },
): Promise<StopResponse__Output> {
  return answer<StopResponse__Output>((callback) => client.stop({ processId, grace }, callback));
}

/** Reads a log to its end; gives its text, and the end that it was told. */
async function read(client: Client, processId: string, follow?: boolean) {
  let text = "";
  const decoder = new TextDecoder();
  for await (const { chunks, end } of client.getLogs({ processId, follow })) {
    for (const { data } of chunks) text += decoder.decode(data, { stream: true });
    if (end) return { text, bytes: end.bytes, status: end.status };
  }
  throw new Error("The log was cut short");
}

Deno.test("Daemon runs a process, and tells its output and its end", async () => {
  await using stage = await Stage.open();
  const id = await exec(stage.alice, "sh", "-c", "echo one; echo two >&2; exit 3");
  const { text, bytes, status: last } = await read(stage.alice, id);
  assertEquals(text.split("\n").toSorted(), ["", "one", "two"]);
  assertEquals([bytes, last?.state, last?.exitCode], [8, "PROCESS_STATE_FINISHED", 3]);
  assertEquals(await status(stage.alice, id), last);
  assertEquals((await read(stage.alice, id, false)).text, text);
});

Deno.test("Daemon follows unless it is told not to", async () => {
  await using stage = await Stage.open();
  const id = await exec(stage.alice, "sh", "-c", "echo start; read -r never < /dev/zero; sleep 60");
  await until("the first line is logged", async () => (await read(stage.alice, id, false)).text === "start\n");
  assertEquals((await read(stage.alice, id, false)).status?.state, "PROCESS_STATE_RUNNING");
  const followed = read(stage.alice, id);
  await stop(stage.alice, id);
  assertEquals((await followed).status?.endReason, "END_REASON_STOPPED");
});

Deno.test("Daemon stops a process for its owner, whom it names", async () => {
  await using stage = await Stage.open();
  const id = await exec(stage.alice, "sleep", "60");
  const { status: stopped } = await stop(stage.alice, id);
  assertEquals([stopped?.signal, stopped?.stop?.stoppedBy], [15, stage.aliceId]);
  assertEquals((await stop(stage.alice, id)).status, stopped); // no-op
});

Deno.test("Daemon goes on with a stop whose client has gone away", async () => {
  await using stage = await Stage.open();
  const id = await exec(
    stage.alice,
    "sh",
    "-c",
    "trap 'sleep 0.3; exit 5' TERM; echo ready; while :; do sleep 0.05; done",
  );
  await until("the trap is set", async () => (await read(stage.alice, id, false)).text === "ready\n");
  const gone = failure(answer((callback) => {
    const call = stage.alice.stop({ processId: id }, callback);
    until("the stop has begun", async () => (await status(stage.alice, id)).state === "PROCESS_STATE_STOPPING")
      .then(() => call.cancel());
  }));
  assertEquals((await gone).code, Code.CANCELLED);
  const last = await until("it has finished", async () => {
    const now = await status(stage.alice, id);
    return now.state === "PROCESS_STATE_FINISHED" && now;
  });
  assertEquals([last.exitCode, last.endReason], [5, "END_REASON_STOPPED"]);
});

Deno.test("Daemon hides processes from everybody but their owner", async () => {
  await using stage = await Stage.open();
  const id = await exec(stage.alice, "sleep", "60");
  const bob = stage.realm.client(stage.daemon.address.port, await stage.realm.user({ commonName: "bob" }));
  const unknown = crypto.randomUUID();
  const calls = [
    (id: string) => status(bob, id),
    (id: string) => stop(bob, id),
    (id: string) => read(bob, id),
  ];
  for (const call of calls) {
    const [others, none] = [await failure(call(id)), await failure(call(unknown))];
    assertEquals([others.code, none.code], [Code.NOT_FOUND, Code.NOT_FOUND]);
    assertEquals(others.details.replace(id, unknown), none.details);
  }
  assertEquals((await status(stage.alice, id)).state, "PROCESS_STATE_RUNNING");
});

Deno.test("Daemon refuses bad requests with their codes", async () => {
  await using stage = await Stage.open();
  const { alice } = stage;
  const id = await exec(alice, "sleep", "60");
  const cases: [() => Promise<unknown>, Code][] = [
    [() => exec(alice), Code.INVALID_ARGUMENT],
    [() => exec(alice, ""), Code.INVALID_ARGUMENT],
    [() => exec(alice, "a\0b"), Code.INVALID_ARGUMENT],
    [() => exec(alice, "no-such-program"), Code.NOT_FOUND],
    [() => exec(alice, "/etc/passwd"), Code.PERMISSION_DENIED],
    [() => status(alice, "x"), Code.INVALID_ARGUMENT],
    [() => read(alice, ""), Code.INVALID_ARGUMENT],
    [() => stop(alice, id, { seconds: -1, nanos: 0 }), Code.INVALID_ARGUMENT],
    [() => stop(alice, id, { seconds: 0, nanos: -1 }), Code.INVALID_ARGUMENT],
    [() => stop(alice, id, { seconds: 0, nanos: 1e9 }), Code.INVALID_ARGUMENT],
    [() => stop(alice, id, { seconds: 86_400, nanos: 1 }), Code.INVALID_ARGUMENT],
  ];
  for (const [call, code] of cases) assertEquals((await failure(call())).code, code);
});

Deno.test("Daemon never logs arguments or output", async () => {
  await using stage = await Stage.open();
  const id = await exec(stage.alice, "/bin/echo", "hunter2");
  await read(stage.alice, id);
  await stage.log.flush(5_000);
  assert(!stage.log.lines.join().includes("hunter2"));
  assertMatch(stage.log.of("call")[0]!, /method=Exec program=echo process=[0-9a-f-]{36} code=OK/);
});

Deno.test("Daemon, when it shuts down, stops everything, delivers logs to the end and leaves nothing", async () => {
  await using stage = await Stage.open();
  const { alice, daemon, realm } = stage;
  const id = await exec(alice, "sh", "-c", "trap 'echo bye; exit 7' TERM; echo hi; while :; do sleep 0.05; done");
  const stubborn = await exec(alice, "sh", "-c", "trap '' TERM; echo hi; while :; do sleep 0.05; done");
  for (const process of [id, stubborn]) {
    await until("its trap is set", async () => (await read(alice, process, false)).text === "hi\n");
  }
  const [followed, followedStubborn] = [read(alice, id), read(alice, stubborn)];
  const shutdown = daemon.shutdown();
  assertEquals((await failure(exec(alice, "true"))).code, Code.UNAVAILABLE);
  const { text, status: last } = await followed;
  assertMatch(text, /hi\n(Terminated\n)?bye\n/);
  assertEquals([last?.exitCode, last?.endReason], [7, "END_REASON_DAEMON_SHUTDOWN"]);
  assertEquals((await followedStubborn).status?.signal, 9);
  alice.close();
  await shutdown;
  assertEquals([...Deno.readDirSync(realm.directory)].filter(({ name }) => name === "temporary"), []);
});

Deno.test({
  name: "Daemon, when it shuts down, waits 10 s for who reads nothing, and for who stays",
  sanitizeOps: false, // grpc-js keeps the timer of a reconnection that fails after its client was closed
  sanitizeResources: false,
  async fn() {
    await using stage = await Stage.open();
    const { daemon, realm } = stage;
    const big = await exec(stage.alice, "sh", "-c", "yes | head -c 30000000");
    const stalled = stage.alice.getLogs({ processId: big })[Symbol.asyncIterator]();
    await stalled.next();
    await until("it has finished", async () => (await status(stage.alice, big)).state === "PROCESS_STATE_FINISHED");
    const user = await realm.user({ commonName: "bob" });
    const staying = realm.client(daemon.address.port, user);
    const processId = await exec(staying, "sh", "-c", "echo hi; sleep 60");
    const followed = staying.getLogs({ processId })[Symbol.asyncIterator]();
    await followed.next();
    const polling = setInterval(() => status(staying, processId).catch(() => {}), 50); // traffic, but no reading
    const start = performance.now();
    await daemon.shutdown();
    clearInterval(polling);
    const seconds = (performance.now() - start) / 1000;
    assert(seconds > 9, `${seconds} s`);
    assertEquals((await followed.next()).value.end.status.endReason, "END_REASON_DAEMON_SHUTDOWN");
    const cut = failure((async () => {
      while (!(await stalled.next()).done);
    })());
    assertEquals((await cut).code, Code.UNAVAILABLE);
  },
});

Deno.test("Daemon, when it drains, starts nothing new, serves all else, and is drained when all have finished", async () => {
  await using stage = await Stage.open();
  const { alice, daemon } = stage;
  const start = (requestId: string) =>
    answer<{ processId: string }>((callback) => alice.exec({ args: ["sleep", "600"], requestId }, callback));
  const { processId } = await start("one");
  const reading = read(alice, processId);
  let drained = false;
  daemon.drained.then(() => drained = true);
  daemon.drain();
  const { code, details } = await failure(exec(alice, "true"));
  assertEquals([code, details], [
    Code.UNAVAILABLE,
    "The daemon takes no new processes, because it ends when those that run have finished: try again later",
  ]);
  assertEquals((await start("one")).processId, processId, "it runs already");
  assertEquals([(await status(alice, processId)).state, drained], ["PROCESS_STATE_RUNNING", false]);
  await stop(alice, processId);
  await daemon.drained;
  assertEquals((await reading).status?.stop?.stoppedBySubject, "CN=alice");
  await stage.log.flush(5_000);
  assertMatch(stage.log.of("draining")[0]!, / processes=1$/);
});

Deno.test("Daemon.start() says in one sentence why it cannot, and leaves nothing behind", async () => {
  await using stage = await Stage.open();
  const { daemon, realm: { options, directory } } = stage;
  const log = new TestLog();
  const cases: [Partial<typeof options>, RegExp][] = [
    [{ listen: daemon.address }, /another program uses that port; choose another one with --listen$/],
    [{ listen: { host: "192.0.2.1", port: 0 } }, /no such address/],
    [{ tlsCert: `${directory}/missing` }, /--tls-cert/],
    [{ spoolDir: "/proc/spool" }, /--spool-dir/],
    [{ temporary: `${directory}/missing/home` }, /--spool-dir/],
  ];
  const before = [...Deno.readDirSync(options.temporary)].length;
  for (const [change, words] of cases) {
    const { message } = await assertRejects(() => Daemon.start({ ...options, ...change }, log), StartError);
    assertMatch(message, words);
    assert(!message.includes("\n"));
  }
  assertEquals([...Deno.readDirSync(options.temporary)].length, before);
});

Deno.test("Daemon.check() says no where a start does, in the same words, and leaves nothing behind", async () => {
  await using realm = await Realm.make();
  const { options, directory } = realm;
  const files = () => [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
  const other = `${directory}/other`;
  await Deno.mkdir(other);
  await Deno.writeTextFile(`${other}/format`, "paas-spool 99\n");
  /** A server certificate that is like no good one. */
  const pairOf = async (name: string, change: Partial<CertificateOptions>) => {
    const { cert, key } = await realm.serverCa.issue({ commonName: name, usages: ["serverAuth"], ...change });
    const tlsCert = await realm.write(`${name}.crt`, cert);
    return { tlsCert, tlsKey: await realm.write(`${name}.key`, key, 0o600) };
  };
  let before = files();
  const good: Partial<typeof options>[] = [{}, { dieWithDaemon: true }, { spoolDir: `${directory}/new` }, {
    auditLog: `${directory}/audit`,
  }];
  for (const change of good) {
    await Daemon.check({ ...options, ...change }, new TestLog());
    assertEquals(files(), before);
  }
  const bad: Partial<typeof options>[] = [
    { tlsCert: `${directory}/missing` },
    { spoolDir: "/proc/spool" },
    { spoolDir: other },
    { spoolDir: directory },
    { temporary: `${directory}/missing/home` },
    { auditLog: `${directory}/missing/audit` },
    { auditLog: directory },
    { allowProgram: ["/etc/passwd"] },
    { listen: { host: "192.0.2.1", port: 0 } },
    await pairOf("expired", { notAfter: new Date(Date.now() - 1) }),
    await pairOf("early", { notBefore: new Date(Date.now() + 3_600_000) }),
    await pairOf("client", { usages: ["clientAuth"] }),
    { clientCa: await realm.write("none.crt", "") },
    { crl: await realm.write("wrong.crl", "no list") },
    { denyList: await realm.write("denied", "nobody") },
    { policy: await realm.write("policy.toml", "default = 1") },
  ];
  before = files();
  for (const change of bad) {
    const { message } = await assertRejects(() => Daemon.start({ ...options, ...change }, new TestLog()), StartError);
    await assertRejects(() => Daemon.check({ ...options, ...change }, new TestLog()), StartError, message);
  }
  assertEquals(files(), before);
  const audit = await realm.write("audit", "a line\n");
  await Daemon.check({ ...options, auditLog: audit }, new TestLog());
  assertEquals(await Deno.readTextFile(audit), "a line\n");
});

Deno.test("Daemon.check() warns of a port that another program uses", async () => {
  await using realm = await Realm.make();
  const { options } = realm;
  await using daemon = await Daemon.start(options, new TestLog());
  const log = new TestLog();
  await Daemon.check({ ...options, listen: daemon.address }, log);
  await log.flush(5_000);
  const told = log.of("warning").join("\n");
  assertMatch(told, /what=listen cause="another program uses 127\.0\.0\.1:\d+: another daemon could not start"/);
});

Deno.test("Daemon.check() warns of a certificate that ends soon", async () => {
  await using realm = await Realm.make();
  const log = new TestLog();
  const notAfter = new Date(Date.now() + 1.5 * 86_400_000);
  const { cert, key } = await realm.serverCa.issue({ commonName: "server", usages: ["serverAuth"], notAfter });
  await realm.write("server.crt", cert);
  await realm.write("server.key", key);
  await Daemon.check(realm.options, log);
  await log.flush(5_000);
  assertEquals(log.of("warning").filter((line) => line.includes('cause="it ends in 1 day, on ')).length, 1);
});

Deno.test("Daemon keeps a spool directory that it was given", async () => {
  await using realm = await Realm.make();
  const spoolDir = `${realm.directory}/a spool`;
  {
    await using _daemon = await Daemon.start({ ...realm.options, spoolDir }, new TestLog());
  }
  assert((await Deno.stat(spoolDir)).isDirectory);
});
