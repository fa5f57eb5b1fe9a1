import { assert, assertEquals, assertRejects } from "@std/assert";
import { until } from "../support/until.ts";
import { type Change, Client, type PaasError } from "../../paasc/client/client.ts";
import { assertCode, files, start, textOf } from "./test_client.ts";

Deno.test("Client starts a process, reads its output, and tells how it ended", async () => {
  await using setting = await start();
  const { client } = setting;
  const before = new Date();
  const process = await client.exec(["sh", "-c", 'echo "$GREETING from $PWD"; echo oh >&2; exit 7'], {
    env: { GREETING: "hello" },
    cwd: "/tmp",
    name: "greeter",
    labels: { team: "red" },
  });
  const chunks = await Array.fromAsync(process.logs());
  assertEquals(await textOf(ReadableStream.from(chunks)), { stdout: "hello from /tmp\n", stderr: "oh\n" });
  for (const { time, partial } of chunks) assert(!partial && time >= before && time <= new Date());

  const status = await process.wait();
  const { state, id, name, labels, args, exitCode, signal, endReason, stop, logBytes, logLines } = status;
  assertEquals([state, id, name, labels, args[0]], ["finished", process.id, "greeter", { team: "red" }, "sh"]);
  assertEquals([exitCode, signal, endReason, stop, logBytes, logLines], [7, undefined, "exited", undefined, 19, 2]);
  assert(status.startTime >= before && status.finishTime >= status.startTime);
  assertEquals(await process.status(), status);
});

Deno.test("Client takes a part of a log", async () => {
  await using setting = await start();
  const { client } = setting;
  const process = await client.exec(["sh", "-c", "echo one; echo two >&2; echo three; sleep 100"]);
  await until("it has printed all", async () => (await process.status()).logLines === 3);
  const now = { follow: false };
  assertEquals((await textOf(process.logs({ ...now, stream: "stderr" }))).stderr, "two\n");
  assertEquals((await Array.fromAsync(process.logs({ ...now, fromOffset: 4 })))[0]!.offset, 4);
  assertEquals(await textOf(process.logs({ ...now, since: new Date(Date.now() + 60_000) })), {
    stdout: "",
    stderr: "",
  });
  const last = await textOf(process.logs({ ...now, tail: 1 }));
  assertEquals(`${last.stdout}${last.stderr}`.trim().split("\n").length, 1);
  for await (const { stream } of process.logs({ compress: true, stream: "stdout" })) {
    assertEquals(stream, "stdout");
    break; // to leave the loop is all that it takes
  }
  const { signalName, endReason, stop } = await process.stop({ grace: 5_000 });
  assertEquals([signalName, endReason, stop!.by, stop!.killed], ["SIGTERM", "stopped", client.user, false]);
});

Deno.test("Client searches a log, and reads up to a line", async () => {
  await using setting = await start();
  const { client } = setting;
  const process = await client.exec(["sh", "-c", "seq 20; exec sleep 100"]);
  let matches = 0;
  const untilMatch = { pattern: "^17$" };
  const onMatch = () => matches++;
  const { stdout } = await textOf(process.logs({ grep: { pattern: "^1?5$", after: 1 }, untilMatch, onMatch }));
  assertEquals([stdout, matches], ["5\n6\n15\n16\n", 1]);
  await assertCode(Array.fromAsync(process.logs({ grep: { pattern: "(" } })), "invalid-argument", /syntax of RE2/);
  await process.stop();
  await Array.fromAsync(process.logs({ untilMatch: { pattern: "nothing" }, onMatch }));
  assertEquals(matches, 1);
});

Deno.test("Client sends signals, finds processes by a word, lists and removes them", async () => {
  await using setting = await start();
  const { client } = setting;
  const web = await client.exec(["sleep", "100"], { name: "web" });
  const other = await client.exec(["true"]);
  await other.wait();
  assertEquals((await client.process("web")).id, web.id);
  assertEquals((await client.process(web.id.slice(0, 13))).id, web.id);
  await assertCode(client.process("nobody"), "not-found", /^no process has 'nobody'/);

  const ids = async (options?: Parameters<Client["list"]>[0]) =>
    (await Array.fromAsync(client.list(options))).map(({ id }) => id);
  assertEquals(await ids(), [other.id, web.id]);
  assertEquals(await ids({ limit: 1 }), [other.id]);
  assertEquals(await ids({ state: "running", name: "web" }), [web.id]);
  assertEquals(await ids({ state: ["stopping", "finished"], until: new Date() }), [other.id]);
  assertEquals(await ids({ labels: { team: "blue" } }), []);

  await assertCode(web.remove(), "failed-precondition", /finished/);
  await web.signal("hup");
  assertEquals((await web.wait()).signalName, "SIGHUP");
  await assertCode(web.signal(15, { leader: true }), "failed-precondition", /has finished/);
  await web.remove();
  await assertCode(web.status(), "not-found", /./);
});

Deno.test("Process.share() lets another user see it, until it is taken back", async () => {
  await using setting = await start();
  const { client } = setting;
  const bob = { ca: files.ca, cert: files.cert.replace("alice", "bob"), key: files.key.replace("alice", "bob") };
  await using other = await Client.connect({ server: setting.daemon.address, ...bob });
  const process = await client.exec(["sleep", "100"]);
  const theirs = await other.process(process.id);
  await assertCode(theirs.status(), "not-found", /./);
  const until = new Date(Date.now() + 60_000);
  await process.share(other.user, { until });
  assertEquals((await process.status()).grants, [{ user: other.user, permission: "view", until }]);
  assertEquals([(await theirs.status()).owner, (await theirs.status()).grants], [client.user, []]);
  await assertCode(theirs.stop(), "permission-denied", /./);
  await process.share(other.user, { stop: true });
  assertEquals((await process.status()).grants, [{ user: other.user, permission: "stop", until: undefined }]);
  await process.unshare(other.user);
  await assertCode(theirs.status(), "not-found", /./);
  await assertCode(process.share("bob"), "invalid-argument", /./);
});

Deno.test("Client.watch() tells what happens", async () => {
  await using setting = await start();
  const { client } = setting;
  const watching = client.watch();
  const sleeper = await client.exec(["sleep", "100"], { name: "sleeper" });
  const told: string[] = [];
  const note = ({ id, name, status }: Change) => told.push(`${id === sleeper.id} ${name} ${status?.state}`);
  for await (const change of watching) {
    note(change);
    if (change.status?.state === "running") await sleeper.signal("KILL");
    if (change.status?.state === "finished") await sleeper.remove();
    if (!change.status) break;
  }
  assertEquals(told, ["true sleeper running", "true sleeper finished", "true sleeper undefined"]);
});

Deno.test("Process.attach() carries input and output", async () => {
  await using setting = await start();
  const { client } = setting;
  const process = await client.exec(["sort"], { stdin: true });
  await using attached = process.attach();
  attached.write("pear\n");
  const reused = new TextEncoder().encode("apple\n");
  const writing = attached.write(reused);
  reused.fill(0);
  await writing;
  await attached.closeInput();
  assertEquals((await textOf(attached.output)).stdout, "apple\npear\n");
  await assertCode(attached.write("late"), "failed-precondition", /takes no/);
});

Deno.test("Process.attach() waits for a process that does not read, and needs no reader of the output", async () => {
  await using setting = await start();
  const { client } = setting;
  const process = await client.exec(["sh", "-c", "sleep 0.3; wc -c"], { stdin: true });
  await using attached = process.attach();
  const piece = new Uint8Array(1024 * 1024);
  for (let count = 0; count < 20; count++) await attached.write(piece);
  await attached.closeInput();
  assertEquals((await process.wait()).exitCode, 0);
  assertEquals((await textOf(attached.output)).stdout.trim(), `${20 * piece.length}`);
});

Deno.test("Process.attach() says that a process takes no input, and detaches", async () => {
  await using setting = await start();
  const { client } = setting;
  const process = await client.exec(["sh", "-c", "echo hello; sleep 100"]);
  {
    await using attached = process.attach({ tail: 1 });
    await assertCode(attached.write("hello"), "failed-precondition", /takes no/);
    for await (const { data } of attached.output) {
      assertEquals(new TextDecoder().decode(data), "hello\n");
      break;
    }
  }
  assertEquals((await process.status()).state, "running");
  const leaving = new AbortController();
  const attached = process.attach({ signal: leaving.signal });
  const reading = textOf(attached.output);
  await attached.write("").catch(() => {});
  leaving.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
});

Deno.test("Process.keep() lets it go on without its client, also while input waits", async () => {
  await using setting = await start();
  const client = await Client.connect({ server: setting.daemon.address, ...files });
  const options = { stdin: true, stopAfterDisconnect: 200 };
  const kept = await client.exec(["sleep", "1"], options);
  const leased = await client.exec(["sleep", "100"], options);
  kept.attach().write(new Uint8Array(1024 * 1024)).catch(() => {});
  await kept.keep();
  await client[Symbol.asyncDispose]();
  const other = (id: string) => setting.client.process(id).then((process) => process.status());
  await until("both have finished", async () => {
    return (await Promise.all([kept, leased].map(({ id }) => other(id)))).every(({ state }) => state === "finished");
  });
  const reasons = await Promise.all(
    [kept, leased].map(async ({ id }) => (await (await setting.client.process(id)).wait())),
  );
  assertEquals(reasons.map(({ endReason }) => endReason), ["exited", "client-gone"]);
});

Deno.test("Process.attach() gives the process the size of its terminal", async () => {
  await using setting = await start();
  const { client } = setting;
  const terminal = { columns: 80, rows: 24 };
  const process = await client.exec(["sh", "-c", "trap 'stty size' WINCH; stty size; read _; read _"], { terminal });
  await using attached = process.attach();
  let text = "";
  for await (const { data } of attached.output) {
    text += new TextDecoder().decode(data);
    if (text === "24 80\r\n") {
      attached.resize({ columns: 100, rows: 30 });
      attached.write("\n");
    }
    if (text.includes("30 100\r\n")) break;
  }
});

Deno.test("Client's calls end when their signal says so, with its reason", async () => {
  await using setting = await start();
  const { client } = setting;
  const process = await client.exec(["sleep", "100"]);
  const over = new AbortController();
  const calls = [
    process.wait({ signal: over.signal }),
    Array.fromAsync(process.logs({ signal: over.signal })),
    Array.fromAsync(client.watch({ signal: over.signal })),
  ];
  const outcomes = Promise.allSettled(calls);
  await until("they wait", async () => (await process.status()).state === "running");
  over.abort(new Error("enough"));
  for (const outcome of await outcomes) assertEquals(outcome.status === "rejected" && outcome.reason.message, "enough");
  await assertRejects(() => process.status({ signal: over.signal }), Error, "enough");
  await assertRejects(
    () => Client.connect({ server: setting.daemon.address, ...files, signal: over.signal }),
    Error,
    "enough",
  );
  await process.status(); // the connection is as good as ever
});

Deno.test("Client that is closed ends what goes on, and does nothing more", async () => {
  await using setting = await start();
  const client = await Client.connect({ server: setting.daemon.address, ...files });
  const process = await client.exec(["sleep", "100"], { stdin: true });
  const attached = process.attach();
  const calls = [process.wait(), textOf(process.logs()), Array.fromAsync(client.watch()), textOf(attached.output)];
  const outcomes = Promise.allSettled(calls);
  await process.status();
  await client[Symbol.asyncDispose]();
  for (const outcome of await outcomes) {
    assertEquals(outcome.status === "rejected" && (outcome.reason as PaasError).code, "closed");
  }
  await assertCode(client.exec(["true"]), "closed", /the client is closed/);
  await assertCode(attached.write("late"), "closed", /the client is closed/);
});

Deno.test("Client's errors have a code for programs", async () => {
  await using setting = await start();
  const { client } = setting;
  const exec = (...[args, options]: Parameters<Client["exec"]>) => client.exec(args, options);
  await assertCode(exec(["no-such-program"]), "not-found", /./);
  await assertCode(exec(["/etc/passwd"]), "permission-denied", /./);
  await assertCode(exec(["true"], { cwd: "/nowhere" }), "failed-precondition", /./);
  await assertCode(exec([]), "invalid-argument", /./);
  await assertCode(exec(["echo", "\ud800"]), "invalid-argument", /half a surrogate pair/);
  await assertCode(exec(["true"], { timeout: NaN }), "invalid-argument", /timeout must be a number of milliseconds/);
  const process = await exec(["sleep", "100"], { name: "only", requestId: "once" });
  assertEquals((await exec(["sleep", "100"], { name: "only", requestId: "once" })).id, process.id);
  await assertCode(exec(["true"], { name: "only" }), "already-exists", /./);
  await assertCode(process.signal("NOPE"), "invalid-argument", /there is no signal 'NOPE'/);
  const skipping = Promise.try(() => Array.fromAsync(process.logs({ onSlow: "skip" })));
  await assertCode(skipping, "invalid-argument", /needs onGap/);
});

Deno.test("Process.logs() is never silent about missing bytes", async () => {
  await using setting = await start(["--max-log-bytes", "1M"]);
  const { client } = setting;
  const process = await client.exec(["head", "-c", "3000000", "/dev/zero"]);
  await process.wait();
  await assertCode(Array.fromAsync(process.logs()), "incomplete", /are missing: the daemon keeps only the newest part/);
  let accounted = 0;
  const onGap = ({ from, to, reason }: { from: number; to: number; reason: string }) => {
    assertEquals([from, reason], [accounted, "dropped"]);
    accounted = to;
  };
  for await (const { data, offset } of process.logs({ onGap })) {
    assertEquals(offset, accounted);
    accounted += data.length;
  }
  assertEquals(accounted, 3_000_000);
});

Deno.test("Process.again() starts the same once more, and restarts are linked", async () => {
  await using setting = await start();
  const { client } = setting;
  const process = await client.exec(["sh", "-c", "echo $GREETING; exit 3"], {
    env: { GREETING: "hello" },
    name: "twice",
    restartOnFailure: 1,
  });
  const next = await until("it was restarted", async () => (await process.status()).restart?.nextId);
  const last = await (await client.process(next)).wait();
  assertEquals([last.againOf, last.exitCode, last.restart?.attempt, last.restart?.attempts], [process.id, 3, 2, 2]);
  const again = await process.again({ name: "thrice", labels: { a: "b" } });
  assertEquals((await textOf(again.logs())).stdout, "hello\n");
  const { name, labels, againOf, restart } = await again.status();
  assertEquals([name, labels, againOf, restart?.attempt], ["thrice", { a: "b" }, process.id, 1]);
  await again.stop();
  await assertCode(process.again({ name: "-" }), "invalid-argument", /name/);
  await assertCode(client.exec(["true"], { restartOnFailure: -1 }), "invalid-argument", /restartOnFailure/);
  await assertCode(client.exec(["true"], { restartOnFailure: 101 }), "invalid-argument", /from 1 to 100/);
});
