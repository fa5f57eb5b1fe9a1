/**
 * The gRPC server behind the front door: its services, and what stands between them and a connection.
 *
 * @module
 */
import { processService } from "@paas/proto";
import { Server, ServerCredentials } from "@paas/proto/grpc";
import type { TLSSocket } from "node:tls";
import type { Guest } from "./identity/identity.ts";
import type { Quotas } from "./quotas/quotas.ts";
import { duplex, serverStreaming, unary } from "./rpc/adapter.ts";
import type { CallServices } from "./rpc/call.ts";
import { callQuota } from "./rpc/call_quota.ts";
import { UnfinishedRequests } from "./rpc/unfinished_requests.ts";
import type { Service } from "./service/service.ts";
import { StandardServices } from "./service/standard_services.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";

const GRPC_OPTIONS = {
  // A silent client is asked for a sign of life. The limit for its answer stands in `door/silence.ts`, not here: an
  // answer comes behind all that is on its way to the client.
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 2 ** 31 - 1,
  "grpc.max_concurrent_streams": 4_096,
  "grpc.max_receive_message_length": 3 * 1024 * 1024, // the largest request within its bounds has some 2.2 MiB
  // The way of input; HTTP/2's own window of 64 KiB would make it wait for the network.
  "grpc-node.flow_control_window": 1024 * 1024,
  "grpc.enable_channelz": 0, // statistics that nobody reads
};

/** Options of a {@linkcode CallServer}. */
export interface CallServerOptions {
  readonly services: CallServices;
  readonly service: Service;
  readonly quotas: Quotas;
  readonly telemetry: Telemetry | undefined;
  /** Called with the guest and the reason when a call is refused for what it takes. */
  readonly callsTooMuch: (guest: Guest, message: string) => void;
}

/** A gRPC server that listens nowhere: it serves the connections that it is given. */
export class CallServer {
  readonly #server: Server;
  readonly #standard: StandardServices;
  readonly #injector: ReturnType<Server["createConnectionInjector"]>;

  constructor({ services, service, quotas, telemetry, callsTooMuch }: CallServerOptions) {
    const quota = callQuota(quotas, (guest, { message }) => callsTooMuch(guest, message));
    const interceptors = telemetry ? [telemetry.interceptor, quota] : [quota]; // the last one is the nearest to us
    this.#server = new Server({ ...GRPC_OPTIONS, interceptors });
    this.#server.addService(processService, {
      Exec: unary(services, service.exec.bind(service)),
      GetLogs: serverStreaming(services, service.getLogs.bind(service)),
      GetStatus: unary(services, service.getStatus.bind(service)),
      Stop: unary(services, service.stop.bind(service)),
      Attach: duplex(services, service.attach.bind(service)),
      Wait: unary(services, service.wait.bind(service)),
      Signal: unary(services, service.signal.bind(service)),
      List: unary(services, service.list.bind(service)),
      Remove: unary(services, service.remove.bind(service)),
      Watch: serverStreaming(services, service.watch.bind(service)),
      Share: unary(services, service.share.bind(service)),
      Unshare: unary(services, service.unshare.bind(service)),
      WhoAmI: unary(services, service.whoAmI.bind(service)),
      Drain: unary(services, service.drain.bind(service)),
    });
    this.#standard = new StandardServices(this.#server, services);
    const unfinished = new UnfinishedRequests(callsTooMuch);
    // Insecure to the library only: each connection has come through the front door.
    this.#injector = unfinished.watch(() => this.#server.createConnectionInjector(ServerCredentials.createInsecure()));
  }

  /** Serves a connection that has come through the front door. */
  serve(socket: TLSSocket): void {
    this.#injector.injectConnection(socket);
  }

  /** Answers health checks from now on that the daemon takes no new processes. */
  drain(): void {
    this.#standard.drain();
  }

  /** Answers health checks from now on that the daemon is about to end. */
  shutDown(): void {
    this.#standard.shutDown();
  }

  /** Ends the streams of health checks and reflection. */
  endStandardStreams(): void {
    this.#standard.end();
  }

  /** Says goodbye to all clients. Resolves when they have left; the library may wait for one that has left already. */
  goodbye(): Promise<void> {
    return new Promise((resolve) => this.#server.tryShutdown(() => resolve()));
  }
}
