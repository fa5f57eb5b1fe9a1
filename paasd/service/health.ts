/**
 * Health checks (`grpc.health.v1`): tell load balancers and probes whether the daemon takes new processes.
 *
 * @module
 */
import type { HealthCheckRequest, HealthCheckResponse, HealthListResponse, ServingStatus } from "@paas/proto/health";
import { Bell } from "../bell.ts";
import { ServiceUnknownError } from "../errors.ts";
import type { CallContext } from "../rpc/call.ts";

/** The daemon as a whole, and its service. Both always have the same status. */
const SERVICES = ["", "paas.v1.ProcessService"];

/** The status SERVING until the daemon begins to shut down, then NOT_SERVING. */
export class Health {
  readonly #bells = new Set<Bell>();
  #status: ServingStatus = "SERVING";
  #ended = false;

  /**
   * Returns the status of a service.
   *
   * @throws {ServiceUnknownError} When no service has that name.
   */
  check({ service }: HealthCheckRequest): HealthCheckResponse {
    if (!SERVICES.includes(service)) throw new ServiceUnknownError(SERVICES);
    return { status: this.#status };
  }

  /** Returns the status of all services. */
  list(): HealthListResponse {
    return { statuses: Object.fromEntries(SERVICES.map((service) => [service, { status: this.#status }])) };
  }

  /** Yields the status of a service now and after each change, until the signal aborts or {@linkcode Health.end}. */
  async *watch(
    { service }: HealthCheckRequest,
    { signal }: Pick<CallContext, "signal">,
  ): AsyncGenerator<HealthCheckResponse> {
    using bell = new Bell(signal);
    this.#bells.add(bell);
    try {
      for (let sent: ServingStatus | undefined; !signal.aborted;) {
        const status = SERVICES.includes(service) ? this.#status : "SERVICE_UNKNOWN";
        if (status !== sent) yield { status: sent = status };
        else if (this.#ended) return;
        else await bell.rung();
      }
    } finally {
      this.#bells.delete(bell);
    }
  }

  /** Changes the status to NOT_SERVING. */
  drain(): void {
    this.#status = "NOT_SERVING";
    for (const bell of this.#bells) bell.ring();
  }

  /** Ends all watching, after the last change. */
  end(): void {
    this.#ended = true;
    for (const bell of this.#bells) bell.ring();
  }
}
