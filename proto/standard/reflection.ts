/**
 * `grpc.reflection.v1` and `v1alpha`: a server tells what it serves, so that tools can call it without its `.proto`. The two
 * versions have the same messages.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 *
 * @module
 */
import "../wire/strict_utf8.ts";
import type { MethodDefinition } from "../grpc.ts";
import { definition, load } from "../definition.ts";
import source from "../grpc/reflection/v1/reflection.proto" with { type: "text" };

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

/** The versions: the package of each, and its `.proto`. */
export const REFLECTION_VERSIONS: Readonly<Record<string, string>> = {
  "grpc.reflection.v1": source,
  "grpc.reflection.v1alpha": source.replaceAll("grpc.reflection.v1", "grpc.reflection.v1alpha"),
};

/** The service definitions. */
export const reflectionServices: readonly ReflectionService[] = Object.entries(REFLECTION_VERSIONS).map(
  ([name, source]) => definition(load(source), `${name}.ServerReflection`) as ReflectionService,
);
