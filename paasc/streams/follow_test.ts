import { type ClientReadableStream, type ServerWritableStream, status } from "@paas/proto/grpc";
import type { GetLogsRequest__Output, GetLogsResponse } from "@paas/proto";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { logs } from "../commands/observe/logs.ts";
import { PaasError } from "../errors.ts";
import { exitReason } from "../exit.ts";
import type { Output } from "../print/output.ts";
import type { Connection } from "../connection/connection.ts";
import { messagesOf } from "./follow.ts";
import { TcpProxy } from "../../tests/support/wire/tcp_proxy.ts";
import { Printed } from "../../tests/support/paasc/printed.ts";
import { contextWith, ID, TestDaemon } from "../../tests/support/stand_in_daemon.ts";

/** Defines a test without sanitizers: a failed attempt to connect leaves a timer of grpc-js that a test cannot end. */
function test(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

type Call = ServerWritableStream<GetLogsRequest__Output, GetLogsResponse>;

const text = { time: { seconds: 1, nanos: 0 }, stream: "LOG_STREAM_STDOUT" } as const;

/** Serves a log from the requested offset, in chunks of up to `size` bytes, at the reader's pace. */
function serve(log: Uint8Array, size: number) {
  return async (call: Call) => {
    let gone = false;
    call.on("cancelled", () => gone = true);
    call.on("close", () => gone = true);
    for (let offset = call.request.fromOffset; offset < log.length && !gone;) {
      const end = Math.min(log.length, offset + size - offset % 7);
      const taken = call.write({ chunks: [{ ...text, offset, data: Buffer.from(log.subarray(offset, end)) }] });
      offset = end;
      if (!taken) await new Promise((resolve) => ["drain", "cancelled", "close"].forEach((e) => call.once(e, resolve)));
    }
    if (gone) return;
    call.write({ end: { bytes: log.length, status: { state: "PROCESS_STATE_FINISHED", exitCode: 0 } } });
    call.end();
  };
}

/** Output that keeps only a digest, and calls back at each write. */
class Digest implements Output {
  readonly #hash = createHash("sha256");
  bytes = 0;
  constructor(private readonly onWrite: (bytes: number) => unknown = () => {}) {}

  async write(bytes: Uint8Array): Promise<number> {
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    await this.onWrite(this.bytes);
    return bytes.length;
  }

  get text(): string {
    return this.#hash.digest("hex");
  }
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("logs continues at the next byte, wherever the connection was cut", async () => {
  const log = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31 + (index >> 9)) % 256);
  const requests: GetLogsRequest__Output[] = [];
  const serving = serve(log, 50_000);
  await using daemon = await TestDaemon.start({
    GetLogs(call) {
      requests.push(call.request);
      serving(call);
    },
  });
  await using proxy = await TcpProxy.to(daemon.port);
  // Cuts in the handshake, within messages, and one right after another.
  proxy.limits = [400_001, 1_000, 20_000, 700_003, 5_000, 333_333];
  const stdout = new Digest();
  const stderr = new Printed();
  const settings = daemon.files.settings(proxy.port);
  const given = { tail: "99", until: "1h", "on-slow": "skip", compress: "" };
  await logs.run([ID], contextWith({ settings, stdout, stderr, given }));
  assertEquals([stdout.bytes, stdout.text, stderr.text], [log.length, sha256(log), ""]);

  assert(requests.length >= 4, `${requests.length} calls`);
  const later = requests.filter(({ fromOffset }) => fromOffset > 0);
  assert(later.length >= 2);
  for (const { tailLines, until } of later) {
    assertEquals([tailLines, until?.nanos], [undefined, requests[0]!.until!.nanos]);
  }
  for (const { onSlow, compress } of requests) assertEquals([onSlow, compress], ["ON_SLOW_SKIP", true]);
  assertEquals(requests[0]!.tailLines, 99);
  const offsets = requests.map(({ fromOffset }) => fromOffset);
  assertEquals(offsets, offsets.toSorted((one, other) => one - other));
});

test("logs continues when the connection is cut between messages, and keeps the state of a line", async () => {
  const log = Buffer.from("one\ntwo, three\nfour\n");
  const second = { ...text, time: { seconds: 61, nanos: 5_000_000 } };
  await using daemon = await TestDaemon.start({
    GetLogs(call) {
      const from = call.request.fromOffset;
      if (from === 0) {
        return void call.write({ chunks: [{ ...text, offset: 0, data: log.subarray(0, 8), partial: true }] });
      }
      call.write({ chunks: [{ ...second, offset: from, data: log.subarray(from) }] });
      call.write({ end: { bytes: log.length } });
      call.end();
    },
  });
  await using proxy = await TcpProxy.to(daemon.port);
  const printed = new Printed();
  const stdout = {
    async write(bytes: Uint8Array) {
      if (printed.text === "") setTimeout(() => proxy.cut());
      return await printed.write(bytes);
    },
  };
  const settings = daemon.files.settings(proxy.port);
  await logs.run([ID], contextWith({ settings, stdout, given: { timestamps: "" } }));
  assertEquals(
    printed.text,
    "1970-01-01T00:00:01.000Z one\n1970-01-01T00:00:01.000Z two, three\n1970-01-01T00:01:01.005Z four\n",
  );
  assertEquals(proxy.connections, 2);
});

/** Follows a log that stops after its first line, and removes the proxy then. */
async function stranded(
  proxy: TcpProxy,
  daemon: TestDaemon,
  given: Record<string, string> = {},
  stderr = new Printed(),
) {
  const line = Promise.withResolvers<void>();
  const stdout = new Digest(() => line.resolve());
  const running = logs.run([ID], contextWith({ settings: daemon.files.settings(proxy.port), stdout, stderr, given }));
  running.catch(() => {}); // the caller awaits it
  await line.promise;
  await proxy.remove();
  return { running, stdout, stderr };
}

/** Starts a daemon that sends one line to the first call and leaves later calls to `more`. */
function quietDaemon(more: (call: Call) => void): Promise<TestDaemon> {
  return TestDaemon.start({
    GetLogs(call) {
      if (call.request.fromOffset === 0) call.write({ chunks: [{ ...text, offset: 0, data: Buffer.from("line\n") }] });
      else more(call);
    },
  });
}

test("logs waits for a listener that has gone, says so after a while, and continues when it is back", async () => {
  await using daemon = await quietDaemon((call) => {
    call.write({ chunks: [{ ...text, offset: 5, data: Buffer.from("last\n") }], end: { bytes: 10 } });
    call.end();
  });
  await using proxy = await TcpProxy.to(daemon.port);
  const told = Promise.withResolvers<void>();
  const stderr = new class extends Printed {
    override write(bytes: Uint8Array) {
      told.resolve();
      return super.write(bytes);
    }
  }();
  const { running, stdout } = await stranded(proxy, daemon, {}, stderr);
  await told.promise;
  await proxy.mend();
  await running;
  assertEquals([stdout.text, stderr.text], [
    sha256(Buffer.from("line\nlast\n")),
    `paasc: the connection to 127.0.0.1:${proxy.port} was lost; trying to get it back\npaasc: the connection is back\n`,
  ]);
});

test("logs gives up after the given time, and says why", async () => {
  await using daemon = await quietDaemon(() => {});
  await using proxy = await TcpProxy.to(daemon.port);
  const { running } = await stranded(proxy, daemon, { reconnect: "300ms" });
  const error = await assertRejects(() => running, Error);
  assertEquals(exitReason(error), "no-connection");
  assertMatch(
    error.message,
    /^the log is cut short after 5 bytes: the connection to \S+ was lost, and is not back yet: cannot connect to \S+: nothing listens there/,
  );
});

test("logs does not repeat a call that the daemon refuses", async (t) => {
  for (
    const [code, reason, message] of [
      [status.NOT_FOUND, "failed", "the daemon was restarted and does not know the process any more"],
      [status.UNAUTHENTICATED, "no-connection", "said"],
      [status.UNAVAILABLE, "failed", "said"],
    ] as const
  ) {
    await t.step(status[code]!, async () => {
      await using daemon = await quietDaemon((call) => call.emit("error", { code, details: "said" }));
      await using proxy = await TcpProxy.to(daemon.port);
      const { running } = await stranded(proxy, daemon);
      await proxy.mend();
      const error = await assertRejects(() => running, Error);
      assertEquals([exitReason(error), error.message], [reason, `the log is cut short after 5 bytes: ${message}`]);
    });
  }
});

test("logs does not repeat a call whose certificate is refused", async () => {
  await using daemon = await quietDaemon(() => {});
  await using other = await TestDaemon.start({});
  await using proxy = await TcpProxy.to(daemon.port);
  await using stranger = await TcpProxy.to(other.port);
  const { running } = await stranded(proxy, daemon);
  await stranger.remove();
  stranger.port = proxy.port;
  await stranger.mend();
  const error = await assertRejects(() => running, Error, "not signed by the server CA");
  assertEquals(exitReason(error), "no-connection");
});

test("logs tries the first connection only once", async () => {
  await using daemon = await TestDaemon.start({});
  await using proxy = await TcpProxy.to(daemon.port);
  await proxy.remove();
  const settings = daemon.files.settings(proxy.port);
  const error = await assertRejects(() => logs.run([ID], contextWith({ settings })), PaasError, "nothing listens");
  assertEquals([exitReason(error), proxy.connections], ["no-connection", 0]);
});

Deno.test("messagesOf() fails with a sentence for a message that cannot be read, and cancels the call", async () => {
  let cancelled = false;
  const call = {
    async *[Symbol.asyncIterator]() {
      yield Uint8Array.of(0x0a, 0); // an empty chunk
      yield Uint8Array.of(0x0a, 5);
    },
    cancel: () => cancelled = true,
  } as unknown as ClientReadableStream<Uint8Array>;
  const messages = messagesOf(call, {} as Connection, false);
  assertEquals((await messages.next()).value?.pieces.length, 1);
  const { code, message } = await assertRejects(() => messages.next(), PaasError);
  assertEquals([code, cancelled], ["incomplete", true]);
  assertEquals(message, "the daemon sent a message that cannot be read: it is cut short");
});
