/**
 * `grpc.reflection.v1` and `v1alpha`: a server tells what it serves, so that tools can call it without its `.proto`. The two
 * versions have the same messages.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 *
 * @module
 */
import type { MethodDefinition } from "../grpc.ts";
import { definition } from "../definition.ts";

/** What a client wants to know: one of the fields, which `messageRequest` names. */
export interface ReflectionRequest {
  host: string;
  messageRequest?:
    | "fileByFilename"
    | "fileContainingSymbol"
    | "fileContainingExtension"
    | "allExtensionNumbersOfType"
    | "listServices";
  fileByFilename?: string;
  fileContainingSymbol?: string;
  fileContainingExtension?: { containingType: string; extensionNumber: number } | null;
  allExtensionNumbersOfType?: string;
  listServices?: string;
}

/** The answer: one of the fields. */
export type ReflectionResponse =
  & { validHost: string; originalRequest: ReflectionRequest }
  & (
    | { fileDescriptorResponse: { fileDescriptorProto: Uint8Array[] } }
    | { listServicesResponse: { service: { name: string }[] } }
    | { errorResponse: { errorCode: number; errorMessage: string } }
  );

/** The definition of one version. */
type ReflectionService = { ServerReflectionInfo: MethodDefinition<ReflectionRequest, ReflectionResponse> };

/** The service definitions, one for each version. */
export const reflectionServices: readonly ReflectionService[] =
  (["grpc.reflection.v1", "grpc.reflection.v1alpha"] as const)
    .map((version) => definition(version, "ServerReflection") as ReflectionService);
