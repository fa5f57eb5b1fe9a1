import { type GetLogsRequest__Output, type GetLogsResponse, ProcessService, processService } from "@paas/proto";
import { assert, assertEquals } from "@std/assert";
import { Server, ServerCredentials, status as Code, type UntypedHandleCall } from "@paas/proto/grpc";
import { Buffer } from "node:buffer";
import { connect } from "node:http2";
import { gunzipSync } from "node:zlib";
import type { Pair } from "../../certs/authority.ts";
import { until } from "../../tests/support/until.ts";
import { Access } from "../access/access.ts";
import { serverStreaming, type StreamingHandler } from "./adapter.ts";
import { InvalidArgumentError } from "../errors.ts";
import { FrontDoor } from "../door/front_door.ts";
import { type Client, CONNECTION_LIMITS, failure, Realm, TestLog } from "../../tests/support/realm.ts";

type Message = GetLogsResponse | Uint8Array;

const { path, requestSerialize, responseSerialize, responseDeserialize } = ProcessService.service.GetLogs;

/** A server that streams by the adapter, and a client of it. */
class Stage implements AsyncDisposable {
  readonly log = new TestLog();
  client!: Client;
  readonly #server = new Server();
  #realm!: Realm;
  #user!: Pair;
  #door!: FrontDoor;

  static async open(getLogs: StreamingHandler<GetLogsRequest__Output, Message>): Promise<Stage> {
    const stage = new Stage();
    const realm = stage.#realm = await Realm.make();
    const unused: UntypedHandleCall = () => {};
    stage.#server.addService(processService, {
      Exec: unused,
      Stop: unused,
      GetStatus: unused,
      GetLogs: serverStreaming({ log: stage.log, access: new Access() }, getLogs),
    });
    const injector = stage.#server.createConnectionInjector(ServerCredentials.createInsecure());
    stage.#door = await FrontDoor.open({
      listen: { host: "127.0.0.1", port: 0 },
      credentials: { ...realm.server, ca: realm.clientCa.cert },
      limits: CONNECTION_LIMITS,
      admit: (socket) => injector.injectConnection(socket),
      refused: () => {},
    });
    stage.#user = await realm.user();
    stage.client = realm.client(stage.#door.address.port, stage.#user);
    return stage;
  }

  /** What a call brings over the wire: the encoding, and each frame's flag and bytes. */
  async wire(): Promise<{ encoding: unknown; frames: [flag: number, bytes: Buffer][] }> {
    const session = connect(`https://localhost:${this.#door.address.port}`, {
      ...this.#user,
      ca: this.#realm.serverCa.cert,
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    this.#door.close();
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    this.#door.cutAll();
    await this.#realm[Symbol.asyncDispose]();
  }
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
  await using stage = await Stage.open(async function* (_request, { compress }) {
    compress();
    yield* [short, long, noise, long, end];
  });
  const { encoding, frames } = await stage.wire();
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
  await using stage = await Stage.open(async function* (_request, { compress }) {
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
  await using stage = await Stage.open(async function* () {
    yield* [long, end];
  });
  const { encoding, frames } = await stage.wire();
  assertEquals([encoding, frames.map(([flag]) => flag)], ["identity", [0, 0]]);
  assertEquals(Uint8Array.from(frames[0]![1]), long);
});

Deno.test("a compressed stream ends with the handler's error, whenever it comes", async () => {
  for (const messages of [[], [long], [long, long, long]]) {
    await using stage = await Stage.open(async function* (_request, { compress }) {
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
  await using stage = await Stage.open(async function* (_request, { compress }) {
    compress();
    for (; produced < 400; produced++) yield bytesOf(crypto.getRandomValues(new Uint8Array(60_000)));
  });
  const messages = stage.client.getLogs({ processId: "id" })[Symbol.asyncIterator]();
  await messages.next();
  let last = -1;
  await until("the producer has stopped", async () => {
    const stopped = produced === last;
    last = produced;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return stopped && produced === last;
  });
  assert(produced < 200, `${produced} messages of 60 kB for nobody`);
  let read = 1;
  while (!(await messages.next()).done) read++;
  assertEquals([produced, read], [400, 400]);
});

Deno.test("a compressed stream ends its producer when the client goes away", async () => {
  let ended = false;
  await using stage = await Stage.open(async function* (_request, { compress, signal }) {
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
