/**
 * Whether the daemon takes new processes, for load balancers and probes (`grpc.health.v1`).
 *
 * @module
 */
import type { HealthCheckRequest, HealthCheckResponse, HealthListResponse, ServingStatus } from "@paas/proto/health";
import type { CallContext } from "../rpc/call.ts";
import { ServiceUnknownError } from "../errors.ts";

/** The daemon as a whole, and its service. They are always in the same state. */
const SERVICES = ["", "paas.v1.ProcessService"];

/** SERVING until the daemon begins to shut down, then NOT_SERVING. */
export class Health {
  readonly #watchers = new Set<() => void>();
  #status: ServingStatus = "SERVING";
  #ended = false;

  /**
   * Tells how a service is.
   *
   * @throws {ServiceUnknownError} when there is none of that name.
   */
  check({ service }: HealthCheckRequest): HealthCheckResponse {
    if (!SERVICES.includes(service)) throw new ServiceUnknownError(SERVICES);
    return { status: this.#status };
  }

  /** Tells how all services are. */
  list(): HealthListResponse {
    return { statuses: Object.fromEntries(SERVICES.map((service) => [service, { status: this.#status }])) };
  }

  /** Tells how a service is, and again when that changes, until the signal aborts or {@linkcode Health.end}. */
  async *watch(
    { service }: HealthCheckRequest,
    { signal }: Pick<CallContext, "signal">,
  ): AsyncGenerator<HealthCheckResponse> {
    let proceed = () => {};
    const wake = () => proceed();
    this.#watchers.add(wake);
    signal.addEventListener("abort", wake);
    try {
      for (let told: ServingStatus | undefined; !signal.aborted;) {
        const status = SERVICES.includes(service) ? this.#status : "SERVICE_UNKNOWN";
        if (status !== told) yield { status: told = status };
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => proceed = resolve);
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#watchers.delete(wake);
    }
  }

  /** From now on the daemon is about to end. */
  drain(): void {
    this.#status = "NOT_SERVING";
    for (const wake of this.#watchers) wake();
  }

  /** Ends all watching, once what has changed was told. */
  end(): void {
    this.#ended = true;
    for (const wake of this.#watchers) wake();
  }
}
