import type { AttachRequest, AttachResponse__Output } from "@paas/proto";
import { type ClientDuplexStream, type ServiceError, status as Code } from "@paas/proto/grpc";
import { assert, assertEquals } from "@std/assert";
import { RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** An Attach, and what has come of it. */
class Attached {
  readonly call: ClientDuplexStream<AttachRequest, AttachResponse__Output>;
  output = "";
  offset: number;
  taken = -1;
  closed = false;
  ended: AttachResponse__Output["end"] = null;
  error: ServiceError | undefined;
  done = false;

  constructor(client: RawClient, first: AttachRequest) {
    this.offset = Number(first.fromOffset ?? 0);
    this.call = client.service.Attach();
    this.call.on("data", ({ chunks, gap, end, input }: AttachResponse__Output) => {
      if (gap) this.offset = gap.to;
      for (const { offset, data } of chunks) {
        assertEquals(offset, this.offset);
        this.output += new TextDecoder().decode(data);
        this.offset += data.length;
      }
      if (input) ({ taken: this.taken, closed: this.closed } = input);
      this.ended = end;
    });
    this.call.on("error", (error: ServiceError) => this.error = error);
    this.call.on("status", () => this.done = true);
    this.call.write(first);
  }

  async untilDone(): Promise<void> {
    await until("the call is over", () => this.done);
  }
}

async function withClient(test: (client: RawClient, daemon: RunningDaemon) => Promise<void>): Promise<void> {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  await test(client, daemon);
}

const bytes = (text: string) => new TextEncoder().encode(text);
Deno.test("Attach carries input to the process, and its output and end back", async () => {
  await withClient(async (client) => {
    const processId = await client.exec(["tr", "a-z", "A-Z"], { stdin: true });
    const attached = new Attached(client, { processId, input: bytes("hello\n") });
    await until("it is taken", () => attached.taken === 6);
    attached.call.write({ input: bytes("world\n"), closeInput: true });
    await attached.untilDone();
    assertEquals(attached.output, "HELLO\nWORLD\n");
    assertEquals([attached.ended?.bytes, attached.ended?.status?.exitCode], [12, 0]);
    assertEquals([attached.taken, attached.closed], [12, true]);
  });
});

Deno.test("Attach that was cut off goes on at the next byte of input and output", async () => {
  await withClient(async (client) => {
    const processId = await client.exec(["cat"], { stdin: true });
    const writer = "the same one";
    const first = new Attached(client, { processId, writer, input: bytes("one\ntwo\n") });
    await until("it came back", () => first.output === "one\ntwo\n");
    first.call.cancel();
    await first.untilDone();
    assertEquals((await client.status(processId)).state, "PROCESS_STATE_RUNNING", "a cut closes no stdin");

    const second = new Attached(client, { processId, writer, fromOffset: 4 });
    await until("it tells what was taken", () => second.taken === 8);
    second.call.write({ input: bytes("two\nthree\n"), inputOffset: 4, closeInput: true });
    await second.untilDone();
    assertEquals(second.output, "two\nthree\n");

    const missing = new Attached(client, { processId, input: bytes("x"), inputOffset: 99 });
    await missing.untilDone();
    assertEquals(missing.error?.code, Code.INVALID_ARGUMENT);
  });
});

Deno.test("Attach makes a client wait for a process that does not read, and for no other", async () => {
  await withClient(async (client, daemon) => {
    const before = await daemon.residentSize();
    const processId = await client.exec(["sleep", "60"], { stdin: true });
    const attached = new Attached(client, { processId, writer: "flood" });
    const piece = new Uint8Array(256 * 1024);
    let sent = 0;
    const flood = () => {
      while (sent < 400 && attached.call.write({ input: piece })) sent++;
      if (sent < 400) attached.call.once("drain", flood);
    };
    flood();
    await until("the pipe is full", async () => {
      const look = new Attached(client, { processId, writer: "flood" });
      await until("it tells what was taken", () => look.taken >= 0);
      look.call.cancel();
      return look.taken > 0;
    });
    assert(sent < 400, "all of 100 MiB was taken from a process that reads nothing");
    assert(await daemon.residentSize() - before < 60, "the daemon holds what the process does not read");
    assertEquals((await client.stop(processId)).state, "PROCESS_STATE_FINISHED");
    await attached.untilDone();
    assert(attached.ended, "the call ends with the process");
  });
});

Deno.test("Attach keeps nothing of what has gone by", async () => {
  await withClient(async (client, daemon) => {
    const processId = await client.exec(["head", "-c", "500M", "/dev/zero"]);
    const call = client.service.Attach();
    call.write({ processId });
    let end = 0;
    for await (const message of call as AsyncIterable<AttachResponse__Output>) end = message.end?.bytes ?? end;
    assertEquals(end, 500 * 1024 * 1024);
    assert(await daemon.residentSize() < 350, `the daemon has ${await daemon.residentSize()} MiB`);
  });
});

Deno.test("Attach tells that nobody reads the input any more, and goes on", async () => {
  await withClient(async (client) => {
    const processId = await client.exec(["sh", "-c", "head -c 3; exec <&-; sleep 0.3; echo bye"], { stdin: true });
    const attached = new Attached(client, { processId, input: bytes("abcdef") });
    await until("it came back", () => attached.output === "abc");
    await until("the input is said to be closed", () => {
      if (!attached.closed && !attached.done) attached.call.write({ input: bytes("more") });
      return attached.closed;
    });
    await attached.untilDone();
    assertEquals([attached.output, attached.ended?.status?.exitCode], ["abcbye\n", 0]);
  });
});

Deno.test("Attach refuses input for a process without stdin, and what makes no sense", async () => {
  await withClient(async (client, daemon) => {
    const processId = await client.exec(["sleep", "60"]);
    const refusal = async (...messages: AttachRequest[]) => {
      const attached = new Attached(client, messages[0]!);
      for (const message of messages.slice(1)) attached.call.write(message);
      await attached.untilDone();
      return attached.error?.code;
    };
    assertEquals(await refusal({ processId, input: bytes("x") }), Code.INVALID_ARGUMENT);
    assertEquals(await refusal({ processId }, { processId }), Code.INVALID_ARGUMENT);
    assertEquals(await refusal({ processId: "x" }), Code.INVALID_ARGUMENT);
    assertEquals(await refusal({ processId: crypto.randomUUID() }), Code.NOT_FOUND);
    assertEquals(await refusal({ processId, fromOffset: 9 }), Code.INVALID_ARGUMENT);
    const reading = await client.exec(["cat"], { stdin: true });
    assertEquals(await refusal({ processId: reading, input: new Uint8Array(256 * 1024 + 1) }), Code.INVALID_ARGUMENT);
    await using bob = new RawClient(daemon, { as: "bob" });
    assertEquals(await refusal({ processId: reading, writer: "x".repeat(129) }), Code.INVALID_ARGUMENT);
    const foreign = new Attached(bob, { processId: reading, input: bytes("mine?") });
    await foreign.untilDone();
    assertEquals(foreign.error?.code, Code.NOT_FOUND);
    assertEquals((await client.status(reading)).logBytes, 0);
  });
});

Deno.test("stop_after_disconnect stops a process whose client has vanished, and none whose client is there", async () => {
  await withClient(async (client, daemon) => {
    const lease = { stopAfterDisconnect: { seconds: 0, nanos: 100_000_000 } };
    const vanishing = new RawClient(daemon);
    const [left, kept, watched] = [
      await vanishing.exec(["sleep", "60"], lease),
      await vanishing.exec(["sleep", "60"]),
      await vanishing.exec(["sleep", "60"], lease),
    ];
    const staying = await client.exec(["sleep", "60"], lease);
    const follower = client.service.GetLogs({ processId: watched }).on("error", () => {}).resume();
    await client.status(watched); // behind the call before it on the same connection
    await vanishing[Symbol.asyncDispose]();

    const status = await client.untilFinished(left);
    assertEquals([status.endReason, status.stop?.stoppedBy], ["END_REASON_CLIENT_GONE", ""]);
    for (const id of [kept, watched, staying]) {
      assertEquals((await client.status(id)).state, "PROCESS_STATE_RUNNING");
    }
    follower.cancel();
    assertEquals((await client.untilFinished(watched)).endReason, "END_REASON_CLIENT_GONE");
    assertEquals((await client.status(staying)).state, "PROCESS_STATE_RUNNING");
  });
});

Deno.test("Attach with keep ends the lease, so that the process goes on without its client", async () => {
  await withClient(async (client, daemon) => {
    const lease = { stopAfterDisconnect: { seconds: 0, nanos: 100_000_000 } };
    const leaving = new RawClient(daemon);
    const [kept, left] = [await leaving.exec(["sleep", "60"], lease), await leaving.exec(["sleep", "60"], lease)];
    const attached = new Attached(leaving, { processId: kept, keep: true });
    await until("it is attached", () => attached.taken >= 0);
    attached.call.cancel();
    await attached.untilDone();
    await leaving[Symbol.asyncDispose]();
    assertEquals((await client.untilFinished(left)).endReason, "END_REASON_CLIENT_GONE"); // its time was the same
    const again = new Attached(client, { processId: kept });
    await until("it is attached again", () => again.taken >= 0);
    again.call.cancel();
    await again.untilDone();
    const other = await client.exec(["sleep", "60"], { timeout: { seconds: 0, nanos: 300_000_000 } });
    await client.untilFinished(other); // longer than the lease
    assertEquals((await client.status(kept)).state, "PROCESS_STATE_RUNNING");
  });
});

Deno.test("Attach with absence puts off the end of the lease, until the client is back", async () => {
  await withClient(async (client, daemon) => {
    const lease = { stopAfterDisconnect: { seconds: 0, nanos: 100_000_000 } };
    const leaving = new RawClient(daemon);
    const [away, back] = [await leaving.exec(["sleep", "60"], lease), await leaving.exec(["sleep", "60"], lease)];
    const say = async (processId: string, seconds: number) => {
      const attached = new Attached(leaving, { processId, absence: { seconds, nanos: 0 } });
      await until("it is attached", () => attached.taken >= 0 || attached.done);
      attached.call.cancel();
      await attached.untilDone();
      return attached.error?.code;
    };
    await say(away, 3600);
    await say(back, 3600);
    await say(back, 0);
    assertEquals(await say(away, 86_401), Code.INVALID_ARGUMENT);
    await leaving[Symbol.asyncDispose]();
    assertEquals((await client.untilFinished(back)).endReason, "END_REASON_CLIENT_GONE"); // its time was the same
    const other = await client.exec(["sleep", "60"], { timeout: { seconds: 0, nanos: 300_000_000 } });
    await client.untilFinished(other); // longer than the lease
    assertEquals((await client.status(away)).state, "PROCESS_STATE_RUNNING");
  });
});
