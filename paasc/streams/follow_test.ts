import { type ServerWritableStream, status } from "@paas/proto/grpc";
import type { GetLogsRequest__Output, GetLogsResponse } from "@paas/proto";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { logs } from "../commands/observe/logs.ts";
import { PaascError } from "../errors.ts";
import type { Output } from "../print/output.ts";
import { TcpProxy } from "../../tests/support/tcp_proxy.ts";
import { contextWith, ID, Printed, TestDaemon } from "../../tests/support/stand_in_daemon.ts";

/** A test. An attempt to connect that failed leaves a timer of grpc-js behind, which cannot be ended from outside. */
function test(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

type Call = ServerWritableStream<GetLogsRequest__Output, GetLogsResponse>;

const text = { time: { seconds: 1, nanos: 0 }, stream: "LOG_STREAM_STDOUT" } as const;

/** Serves a log from where a call asks for it, in chunks of up to `size` bytes, as fast as it is read. */
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

/** Remembers what was printed by its digest, and calls back at each write. */
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

test("logs goes on at the next byte, wherever the connection was cut", async () => {
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
  // In the handshake, in the midst of messages, right behind one another.
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

test("logs goes on when the connection is cut between messages, and keeps the state of a line", async () => {
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

/** A follower of a log that stands still after its first line, and whose proxy is removed then. */
async function stranded(
  proxy: TcpProxy,
  daemon: TestDaemon,
  given: Record<string, string> = {},
  stderr = new Printed(),
) {
  const line = Promise.withResolvers<void>();
  const stdout = new Digest(() => line.resolve());
  const running = logs.run([ID], contextWith({ settings: daemon.files.settings(proxy.port), stdout, stderr, given }));
  running.catch(() => {}); // it is told to whoever asks
  await line.promise;
  await proxy.remove();
  return { running, stdout, stderr };
}

/** A daemon that sends one line to whom begins, and what `more` does to whom comes back. */
function quietDaemon(more: (call: Call) => void): Promise<TestDaemon> {
  return TestDaemon.start({
    GetLogs(call) {
      if (call.request.fromOffset === 0) call.write({ chunks: [{ ...text, offset: 0, data: Buffer.from("line\n") }] });
      else more(call);
    },
  });
}

test("logs waits for a listener that goes away, tells so after a while, and goes on when it is back", async () => {
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

test("logs gives up in the time that it is given, and says why", async () => {
  await using daemon = await quietDaemon(() => {});
  await using proxy = await TcpProxy.to(daemon.port);
  const { running } = await stranded(proxy, daemon, { reconnect: "300ms" });
  const { reason, message } = await assertRejects(() => running, PaascError);
  assertEquals(reason, "no-connection");
  assertMatch(
    message,
    /^the log is cut short after 5 bytes: the connection to \S+ was lost, and is not back yet: cannot connect to \S+: nothing listens there/,
  );
});

test("logs does not try again what the daemon itself refuses", async (t) => {
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
      const error = await assertRejects(() => running, PaascError);
      assertEquals([error.reason, error.message], [reason, `the log is cut short after 5 bytes: ${message}`]);
    });
  }
});

test("logs does not try again with a certificate that is refused", async () => {
  await using daemon = await quietDaemon(() => {});
  await using other = await TestDaemon.start({});
  await using proxy = await TcpProxy.to(daemon.port);
  await using stranger = await TcpProxy.to(other.port);
  const { running } = await stranded(proxy, daemon);
  await stranger.remove();
  stranger.port = proxy.port;
  await stranger.mend();
  const error = await assertRejects(() => running, PaascError, "not signed by the server CA");
  assertEquals(error.reason, "no-connection");
});

test("logs does not try the first connection again", async () => {
  await using daemon = await TestDaemon.start({});
  await using proxy = await TcpProxy.to(daemon.port);
  await proxy.remove();
  const settings = daemon.files.settings(proxy.port);
  const error = await assertRejects(() => logs.run([ID], contextWith({ settings })), PaascError, "nothing listens");
  assertEquals([error.reason, proxy.connections], ["no-connection", 0]);
});
