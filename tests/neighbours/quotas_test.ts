import { assertEquals, assertMatch } from "@std/assert";
import { status } from "@paas/proto/grpc";
import { join } from "node:path";
import { failure } from "../support/realm.ts";
import { RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

Deno.test("--max-processes-per-user refuses one more until another has finished, and says what to do", async () => {
  await using daemon = await RunningDaemon.start(["--max-processes-per-user", "2"]);
  await using alice = new RawClient(daemon);
  await using bob = new RawClient(daemon, { as: "bob" });
  await assertMissing(alice); // a failed start is no process
  const ids = [await alice.exec(["sleep", "60"]), await alice.exec(["sleep", "60"])];
  const { code, details } = await failure(alice.exec(["true"]));
  assertEquals(code, status.RESOURCE_EXHAUSTED);
  assertMatch(details, /^You have 2 processes .* --max-processes-per-user allows: stop one first/);
  const refused = await daemon.paasc(["exec", "true"]);
  assertEquals([refused.code, text(refused.stdout)], [1, ""]);
  assertMatch(
    refused.stderr,
    /^paasc: You have 2 processes .*--max-processes-per-user allows: stop one first[^\n]*\n$/,
  );
  await bob.exec(["true"]);
  await alice.stop(ids[0]!);
  await alice.exec(["sleep", "60"]);
  assertEquals((await failure(alice.exec(["true"]))).code, status.RESOURCE_EXHAUSTED);
});

async function assertMissing(client: RawClient): Promise<void> {
  for (let number = 0; number < 3; number++) {
    assertEquals((await failure(client.exec(["/no/such/program"]))).code, status.NOT_FOUND);
  }
}

Deno.test("--max-starts-per-minute refuses one more, not the repetition of one, and says when to try again", async () => {
  await using daemon = await RunningDaemon.start(["--max-starts-per-minute", "3"]);
  await using client = new RawClient(daemon);
  const request = { requestId: "the same" };
  const id = await client.exec(["true"], request);
  await client.exec(["true"]);
  await client.exec(["true"]);
  const { code, details } = await failure(client.exec(["true"]));
  assertEquals(code, status.RESOURCE_EXHAUSTED);
  assertMatch(details, /--max-starts-per-minute allows: try again in (1\d|20) s$/);
  assertEquals(await client.exec(["true"], request), id);
});

Deno.test("--max-spool-bytes-per-user takes from the largest log of the user, and leaves others' whole", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const flags = ["--spool-dir", join(directory, "spool"), "--max-spool-bytes-per-user", "2M"];
    await using daemon = await RunningDaemon.start(flags);
    await using alice = new RawClient(daemon);
    await using bob = new RawClient(daemon, { as: "bob" });
    const whole = "x".repeat(99) + "\n";
    const print = (kilobytes: number) => ["sh", "-c", `yes ${whole.trimEnd()} | head -c ${kilobytes}000`];
    const small = await alice.exec(print(100));
    const theirs = await bob.exec(print(1_500));
    for (const id of [small]) await alice.untilFinished(id);
    await bob.untilFinished(theirs);
    const large = await alice.exec(print(10_000));
    await until("the large log has ended", async () => (await alice.untilFinished(large)).endReason !== undefined);
    for (const [client, id, bytes] of [[alice, small, 100_000], [bob, theirs, 1_500_000]] as const) {
      const log = client.logs(id);
      assertEquals((await log.end).bytes, bytes);
    }
    const { code, stderr, stdout } = await daemon.paasc(["logs", large]);
    assertEquals(code, 0);
    assertMatch(stderr, /are missing: the daemon keeps only the newest part of a log/);
    assertEquals(stdout.length > 1_000_000 && stdout.length < 2 * 1024 * 1024, true, `${stdout.length} bytes are kept`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("paasd lets one user have a thousand calls, on one connection and on many, by default", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["cat"], { stdin: true });
  const logs = Array.from({ length: 1_000 }, () => client.logs(id));
  const clients = new AsyncDisposableStack();
  try {
    for (let number = 0; number < 100; number++) {
      const other = clients.use(new RawClient(daemon));
      for (let log = 0; log < 10; log++) logs.push(other.logs(id));
      await other.status(id);
    }
    await client.stop(id);
    for (const log of logs) assertEquals((await log.end).bytes, 0);
  } finally {
    await clients.disposeAsync();
  }
});
