/**
 * A gRPC server whose handlers a test chooses, behind a front door, and a client of it.
 *
 * @module
 */
import {
  type GetLogsRequest__Output,
  type GetLogsResponse,
  type GetStatusRequest__Output,
  type GetStatusResponse,
  processService,
} from "@paas/proto";
import { Server, ServerCredentials, type UntypedHandleCall } from "@paas/proto/grpc";
import type { Pair } from "../../../certs/authority.ts";
import { Access } from "../../../paasd/access/access.ts";
import { FrontDoor } from "../../../paasd/door/front_door.ts";
import { serverStreaming, type StreamingHandler, unary, type UnaryHandler } from "../../../paasd/rpc/adapter.ts";
import { answer, type Client, CONNECTION_LIMITS, Realm, TestLog } from "../realm.ts";
import { until } from "../until.ts";

/** A handler of `GetStatus`. */
export type Unary = UnaryHandler<GetStatusRequest__Output, GetStatusResponse>;

/** A handler of `GetLogs`; it may yield messages that are serialized already. */
export type Streaming = StreamingHandler<GetLogsRequest__Output, GetLogsResponse | Uint8Array>;

/** A server that answers `GetStatus` and `GetLogs` by the adapter, and a client of it. */
export class CallStage implements AsyncDisposable {
  readonly log = new TestLog();
  readonly access = new Access();
  // A test can change the handlers at will.
  getStatus: Unary = () => ({});
  getLogs: Streaming = async function* () {};
  readonly client: Client;
  readonly #server: Server;

  private constructor(readonly realm: Realm, readonly user: Pair, readonly door: FrontDoor, server: Server) {
    this.#server = server;
    const services = { log: this.log, access: this.access };
    const unused: UntypedHandleCall = () => {};
    server.addService(processService, {
      Exec: unused,
      Stop: unused,
      GetStatus: unary<GetStatusRequest__Output, GetStatusResponse>(
        services,
        (request, context) => this.getStatus(request, context),
      ),
      GetLogs: serverStreaming<GetLogsRequest__Output, GetLogsResponse | Uint8Array>(
        services,
        (request, context) => this.getLogs(request, context),
      ),
    });
    this.client = realm.client(door.address.port, user);
  }

  static async open(): Promise<CallStage> {
    const realm = await Realm.make();
    const server = new Server();
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    const door = await FrontDoor.open({
      listen: { host: "127.0.0.1", port: 0 },
      credentials: { ...realm.server, ca: realm.clientCa.cert },
      limits: CONNECTION_LIMITS,
      admit: (socket) => injector.injectConnection(socket),
      refused: () => {},
    });
    return new CallStage(realm, await realm.user(), door, server);
  }

  /** Calls `GetStatus`. */
  callUnary(): Promise<unknown> {
    return answer((callback) => this.client.getStatus({ processId: "id" }, callback));
  }

  /** Calls `GetLogs`, and returns the number of messages. */
  async callStream(): Promise<number> {
    let messages = 0;
    for await (const _message of this.client.getLogs({ processId: "id" })) messages++;
    return messages;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    this.door.close();
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    this.door.cutAll();
    await this.realm[Symbol.asyncDispose]();
  }
}

/** Waits until a producer of messages has stopped, because nobody reads them. */
export async function untilStopped(produced: () => number): Promise<void> {
  let last = -1;
  await until("the producer has stopped", async () => {
    const stopped = produced() === last;
    last = produced();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return stopped && produced() === last;
  });
}
