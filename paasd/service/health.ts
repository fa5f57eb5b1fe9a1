/**
 * Health checks (`grpc.health.v1`): tell load balancers and probes whether the daemon takes new processes.
 *
 * @module
 */
import type { HealthCheckRequest, HealthCheckResponse, HealthListResponse, ServingStatus } from "@paas/proto/health";
import { Bell } from "../bell.ts";
import { ServiceUnknownError } from "../errors.ts";
import type { CallContext } from "../rpc/call.ts";

/** The service that takes new processes. */
const PROCESS_SERVICE = "paas.v1.ProcessService";

/** The daemon as a whole, and its service. */
const SERVICES = ["", PROCESS_SERVICE];

/**
 * The status SERVING until the daemon begins to shut down, then NOT_SERVING. A drain ends it for the service alone: the
 * daemon takes no new processes, and a probe that would restart it must leave it alone.
 */
export class Health {
  readonly #bells = new Set<Bell>();
  readonly #statuses = new Map<string, ServingStatus>(SERVICES.map((service) => [service, "SERVING"]));
  #ended = false;

  /**
   * Returns the status of a service.
   *
   * @throws {ServiceUnknownError} When no service has that name.
   */
  check({ service }: HealthCheckRequest): HealthCheckResponse {
    const status = this.#statuses.get(service);
    if (!status) throw new ServiceUnknownError(SERVICES);
    return { status };
  }

  /** Returns the status of all services. */
  list(): HealthListResponse {
    return { statuses: Object.fromEntries(this.#statuses.entries().map(([service, status]) => [service, { status }])) };
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
        const status = this.#statuses.get(service) ?? "SERVICE_UNKNOWN";
        if (status !== sent) yield { status: sent = status };
        else if (this.#ended) return;
        else await bell.rung();
      }
    } finally {
      this.#bells.delete(bell);
    }
  }

  /** Changes the status of the service to NOT_SERVING, because it takes no new processes. */
  drain(): void {
    this.#refuse(PROCESS_SERVICE);
  }

  /** Changes all statuses to NOT_SERVING. */
  shutDown(): void {
    this.#refuse(...SERVICES);
  }

  #refuse(...services: string[]): void {
    for (const service of services) this.#statuses.set(service, "NOT_SERVING");
    for (const bell of this.#bells) bell.ring();
  }

  /** Ends all watching, after the last change. */
  end(): void {
    this.#ended = true;
    for (const bell of this.#bells) bell.ring();
  }
}
