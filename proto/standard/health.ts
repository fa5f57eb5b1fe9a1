/**
 * The service `grpc.health.v1.Health`, by which load balancers and probes ask whether a server takes calls.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 *
 * @module
 */
import { definition, type Method } from "../definition.ts";

/** A question about one service. */
export interface HealthCheckRequest {
  /** The name of the service. Empty means the server as a whole. */
  service: string;
}

/** The state of a service. Only Watch uses `SERVICE_UNKNOWN`. */
export type ServingStatus = "UNKNOWN" | "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** The answer about one service. */
export interface HealthCheckResponse {
  /** The state of the service. */
  status: ServingStatus;
}

/** The answer about all services of a server. */
export interface HealthListResponse {
  /** The services by name. */
  statuses: Record<string, HealthCheckResponse>;
}

/** The service definition. */
export const healthService = definition("grpc.health.v1", "Health") as {
  Check: Method<HealthCheckRequest, HealthCheckResponse>;
  Watch: Method<HealthCheckRequest, HealthCheckResponse>;
  List: Method<Record<never, never>, HealthListResponse>;
};
