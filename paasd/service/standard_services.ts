/**
 * The services that any gRPC server has: health checks and reflection. They need no role, only a connection that was let
 * in.
 *
 * @module
 */
import { healthService } from "@paas/proto/health";
import { reflectionServices } from "@paas/proto/reflection";
import type { Server } from "@paas/proto/grpc";
import { duplex, serverStreaming, unary } from "../rpc/adapter.ts";
import type { CallServices } from "../rpc/call.ts";
import { Health } from "./health.ts";
import { Reflection } from "./reflection.ts";

/** They come every few seconds from each load balancer. */
const BACKGROUND = { background: true };

/** The standard services of a daemon. */
export class StandardServices {
  readonly #health = new Health();
  readonly #reflection = new Reflection();

  /** Has a server serve them. */
  constructor(server: Server, services: CallServices) {
    const [health, reflection] = [this.#health, this.#reflection];
    server.addService(healthService, {
      Check: unary(services, health.check.bind(health), BACKGROUND),
      List: unary(services, health.list.bind(health), BACKGROUND),
      Watch: serverStreaming(services, health.watch.bind(health), BACKGROUND),
    });
    for (const service of reflectionServices) {
      server.addService(service, {
        ServerReflectionInfo: duplex(services, reflection.answer.bind(reflection), BACKGROUND),
      });
    }
  }

  /** From now on health checks are told that the daemon is about to end. */
  drain(): void {
    this.#health.drain();
  }

  /** Ends all streams. */
  end(): void {
    this.#health.end();
    this.#reflection.end();
  }
}
