/**
 * Service definitions for grpc-js, made from the text of a `.proto`.
 *
 * @module
 */
import type { MethodDefinition } from "./grpc.ts";
import type { Buffer } from "node:buffer";
import protobuf from "protobufjs";
import { BoundError } from "./wire/bounds.ts";
import { wireChecker } from "./wire/strict_wire.ts";

/** How messages look in TypeScript; `deno task gen` makes the types of `gen/` with the same choices. */
const STYLE: protobuf.IConversionOptions = { longs: Number, enums: String, defaults: true, oneofs: true };

/** The files that a `.proto` may import. */
export const IMPORTS = ["google/protobuf/duration.proto", "google/protobuf/timestamp.proto"] as const;

/** What a `.proto` declares, with all that it may import. */
export function load(source: string, options?: protobuf.IParseOptions): protobuf.Root {
  const root = new protobuf.Root();
  for (const imported of IMPORTS) root.addJSON(protobuf.common.get(imported)?.nested ?? {});
  protobuf.parse(source, root, options);
  root.resolveAll();
  return root;
}

/** How a message becomes bytes. */
function serializer(type: protobuf.Type) {
  return (message: object): Buffer => type.encode(type.fromObject(message)).finish() as Buffer;
}

/** How bytes become a message. */
function deserializer(type: protobuf.Type) {
  return (bytes: Uint8Array): object => type.toObject(type.decode(bytes), STYLE);
}

/** What a call gets for a request that cannot be decoded, or has more of something than it may. */
export class MalformedRequest {
  /** @param reason What is wrong with it: a sentence for who sent it */
  constructor(readonly reason: string) {}
}

/**
 * How the bytes of a request become a message, or a {@linkcode MalformedRequest}. It does not throw: grpc-js would answer
 * INTERNAL by itself, and the daemon would not know of the call.
 */
function receiver(type: protobuf.Type) {
  const [check, decode] = [wireChecker(type), deserializer(type)];
  return (bytes: Uint8Array): object => {
    try {
      check(bytes);
      return decode(bytes);
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof BoundError) return new MalformedRequest(message);
      return new MalformedRequest(`Cannot decode the request: ${message}; send what the contract says`);
    }
  };
}

/**
 * The definition of a service, as `proto-loader` would make it. Not by `proto-loader` itself: every `paasc` would load and
 * run what only server reflection needs, a tenth of the time that it takes to start.
 *
 * @param service Its full name.
 */
export function definition(root: protobuf.Root, service: string): Record<string, MethodDefinition<object, object>> {
  return Object.fromEntries(
    root.lookupService(service).methodsArray.map((method) => {
      const [request, response] = [method.resolvedRequestType!, method.resolvedResponseType!];
      return [method.name, {
        path: `/${service}/${method.name}`,
        originalName: method.name[0]!.toLowerCase() + method.name.slice(1),
        requestStream: method.requestStream ?? false,
        responseStream: method.responseStream ?? false,
        requestSerialize: serializer(request),
        requestDeserialize: receiver(request),
        responseSerialize: serializer(response),
        responseDeserialize: deserializer(response),
      }];
    }),
  );
}
