import { type GetLogsResponse, ProcessService } from "@paas/proto";
import { status as Code } from "@paas/proto/grpc";
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { connect } from "node:http2";
import { gunzipSync } from "node:zlib";
import { failure } from "../../tests/support/realm.ts";
import { CallStage, type Streaming, untilStopped } from "../../tests/support/rpc/call_stage.ts";
import { until } from "../../tests/support/until.ts";
import { InvalidArgumentError } from "../errors.ts";

const { path, requestSerialize, responseSerialize, responseDeserialize } = ProcessService.service.GetLogs;

/** A server that streams by the adapter, and a client of it. */
const open = async (getLogs: Streaming) => Object.assign(await CallStage.open(), { getLogs });

/** What a call brings over the wire: the encoding, and each frame's flag and bytes. */
async function wire(
  { realm, user, door }: CallStage,
): Promise<{ encoding: unknown; frames: [flag: number, bytes: Buffer][] }> {
  const session = connect(`https://localhost:${door.address.port}`, {
    ...user,
    ca: realm.serverCa.cert,
  });
  const request = requestSerialize({ processId: "id" });
  const frame = Buffer.alloc(5 + request.length);
  frame.writeUInt32BE(request.length, 1);
  frame.set(request, 5);
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  const headers = new Promise<Record<string, unknown>>((resolve) => stream.once("response", resolve));
  stream.end(frame);
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  const encoding = (await headers)["grpc-encoding"];
  session.close();

  const frames: [number, Buffer][] = [];
  const all = Buffer.concat(parts);
  for (let at = 0; at < all.length;) {
    const end = at + 5 + all.readUInt32BE(at + 1);
    frames.push([all[at]!, all.subarray(at + 5, end)]);
    at = end;
  }
  return { encoding, frames };
}

/** The wire form of a message with this data. */
function bytesOf(data: string | Uint8Array): Uint8Array {
  return Uint8Array.from(responseSerialize({ chunks: [{ data: Buffer.from(data) }] }));
}

const long = bytesOf("a line like all the others\n".repeat(8_000));
const short = bytesOf("a line\n".repeat(100));
const noise = bytesOf(crypto.getRandomValues(new Uint8Array(50_000)));
const end: GetLogsResponse = { end: { bytes: 7 } };

Deno.test("compressed() is told to the client and marked in the frame of each message that it makes smaller", async () => {
  await using stage = await open(async function* (_request, { compress }) {
    compress();
    yield* [short, long, noise, long, end];
  });
  const { encoding, frames } = await wire(stage);
  assertEquals(encoding, "gzip");
  assertEquals(frames.map(([flag]) => flag), [0, 1, 0, 1, 0]);
  assertEquals(frames.map(([flag, bytes]) => Uint8Array.from(flag ? gunzipSync(bytes) : bytes)), [
    short,
    long,
    noise,
    long,
    Uint8Array.from(responseSerialize(end)),
  ]);
  const size = frames[1]![1].length;
  assert(size < long.length / 20, `${long.length} bytes became ${size}`);
});

Deno.test("compressed() is understood by the client of grpc-js, also by one that does not decode", async () => {
  await using stage = await open(async function* (_request, { compress }) {
    compress();
    yield* [long, short, noise, end];
  });
  const messages: Uint8Array[] = [];
  const call = stage.client.makeServerStreamRequest(path, requestSerialize, (bytes) => bytes, { processId: "id" });
  for await (const bytes of call) messages.push(Uint8Array.from(bytes));
  assertEquals(messages.slice(0, 3), [long, short, noise]);
  assertEquals(responseDeserialize(Buffer.from(messages[3]!)).end?.bytes, 7);
});

Deno.test("compressed() is not asked where nobody asked for it", async () => {
  await using stage = await open(async function* () {
    yield* [long, end];
  });
  const { encoding, frames } = await wire(stage);
  assertEquals([encoding, frames.map(([flag]) => flag)], ["identity", [0, 0]]);
  assertEquals(Uint8Array.from(frames[0]![1]), long);
});

Deno.test("a compressed stream ends with the handler's error, whenever it comes", async () => {
  for (const messages of [[], [long], [long, long, long]]) {
    await using stage = await open(async function* (_request, { compress }) {
      compress();
      yield* messages;
      throw new InvalidArgumentError("a sentence");
    });
    const read = async () => {
      for await (const _message of stage.client.getLogs({ processId: "id" })) { /* until it fails */ }
    };
    const { code, details } = await failure(read());
    assertEquals([code, details], [Code.INVALID_ARGUMENT, "a sentence"]);
  }
});

Deno.test("a compressed stream makes its producer wait for a client that does not read", async () => {
  let produced = 0;
  await using stage = await open(async function* (_request, { compress }) {
    compress();
    for (; produced < 400; produced++) yield bytesOf(crypto.getRandomValues(new Uint8Array(60_000)));
  });
  const messages = stage.client.getLogs({ processId: "id" })[Symbol.asyncIterator]();
  await messages.next();
  await untilStopped(() => produced);
  assert(produced < 200, `${produced} messages of 60 kB for nobody`);
  let read = 1;
  while (!(await messages.next()).done) read++;
  assertEquals([produced, read], [400, 400]);
});

Deno.test("a compressed stream ends its producer when the client goes away", async () => {
  let ended = false;
  await using stage = await open(async function* (_request, { compress, signal }) {
    compress();
    try {
      while (!signal.aborted) yield long;
    } finally {
      ended = true;
    }
  });
  const stream = stage.client.getLogs({ processId: "id" });
  stream.on("error", () => {});
  stream.once("data", () => stream.cancel());
  await until("the producer has ended", () => ended);
  await stage.log.flush(5_000);
  assert(stage.log.of("call")[0]!.includes("code=CANCELLED"));
});
