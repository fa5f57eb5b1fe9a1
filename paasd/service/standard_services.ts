/**
 * The standard services of a gRPC server: health checks and reflection. They need an accepted connection, but no role.
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

/** Options of their calls: each load balancer makes some every few seconds. */
const BACKGROUND = { background: true };

/** The standard services of a daemon. */
export class StandardServices {
  readonly #health = new Health();
  readonly #reflection = new Reflection();

  /** Adds the services to a server. */
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

  /** Makes health checks report that the daemon takes no new processes. */
  drain(): void {
    this.#health.drain();
  }

  /** Makes health checks report that the daemon is about to end. */
  shutDown(): void {
    this.#health.shutDown();
  }

  /** Ends all streams. */
  end(): void {
    this.#health.end();
    this.#reflection.end();
  }
}
