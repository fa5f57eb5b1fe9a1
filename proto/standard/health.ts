/**
 * `grpc.health.v1`: whether a server takes calls, as load balancers and probes ask for it.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 *
 * @module
 */
import type { MethodDefinition } from "../grpc.ts";
import { definition } from "../definition.ts";

/** Which service is meant; the empty name is the server as a whole. */
export interface HealthCheckRequest {
  service: string;
}

/** How a service is; `SERVICE_UNKNOWN` is for Watch only. */
export type ServingStatus = "UNKNOWN" | "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** How one service is. */
export interface HealthCheckResponse {
  status: ServingStatus;
}

/** How all services are that the server knows, by name. */
export interface HealthListResponse {
  statuses: Record<string, HealthCheckResponse>;
}

/** The service definition. */
export const healthService = definition("grpc.health.v1", "Health") as {
  Check: MethodDefinition<HealthCheckRequest, HealthCheckResponse>;
  Watch: MethodDefinition<HealthCheckRequest, HealthCheckResponse>;
  List: MethodDefinition<Record<never, never>, HealthListResponse>;
};
