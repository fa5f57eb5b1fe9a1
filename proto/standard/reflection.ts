/**
 * The services `grpc.reflection.v1` and `v1alpha`, by which tools learn the contract of a server. The two versions have the
 * same messages.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 *
 * @module
 */
import { definition, type Method } from "../definition.ts";

/** A question. `messageRequest` names the field that is set. */
export interface ReflectionRequest {
  /** The host of the question. */
  host: string;
  /** The name of the field that is set. */
  messageRequest?:
    | "fileByFilename"
    | "fileContainingSymbol"
    | "fileContainingExtension"
    | "allExtensionNumbersOfType"
    | "listServices";
  /** Asks for a file by its path in imports. */
  fileByFilename?: string;
  /** Asks for the file that declares a full name. */
  fileContainingSymbol?: string;
  /** Asks for the file that declares an extension. */
  fileContainingExtension?: { containingType: string; extensionNumber: number } | null;
  /** Asks for the numbers of the extensions of a message. */
  allExtensionNumbersOfType?: string;
  /** Asks for the names of all services. The text means nothing. */
  listServices?: string;
}

/** An answer. One of the three last fields is set. */
export type ReflectionResponse =
  & { validHost: string; originalRequest: ReflectionRequest }
  & (
    | { fileDescriptorResponse: { fileDescriptorProto: Uint8Array[] } }
    | { listServicesResponse: { service: { name: string }[] } }
    | { errorResponse: { errorCode: number; errorMessage: string } }
  );

/** The definition of one version. */
export type ReflectionService = {
  /** Answers the questions of a stream. */
  ServerReflectionInfo: Method<ReflectionRequest, ReflectionResponse>;
};

/** The service definitions, one for each version. */
export const reflectionServices: readonly ReflectionService[] =
  (["grpc.reflection.v1", "grpc.reflection.v1alpha"] as const)
    .map((version) => definition(version, "ServerReflection") as ReflectionService);
