/**
 * Service definitions for grpc-js.
 *
 * They are what `proto-loader` makes of the `.proto` files (`definition_test.ts` compares the two), except that requests
 * are checked before they are decoded. `proto-loader` itself is not loaded at run time: it also makes a descriptor of each
 * message, a tenth of the time that `paasc` takes to start.
 *
 * @module
 */
import type { MethodDefinition } from "./grpc.ts";
import type protobuf from "protobufjs/light.js";
import { BoundError } from "./wire/bounds.ts";
import { declarations, decoder, encoder, type PackageName } from "./wire/messages.ts";
import { wireChecker } from "./wire/strict_wire.ts";

/** A call receives this in place of a request that cannot be decoded or exceeds a bound. */
export class MalformedRequest {
  /** @param reason The fault, in a sentence for the client */
  constructor(readonly reason: string) {}
}

/**
 * Returns a function that checks and decodes a request. The function returns a {@linkcode MalformedRequest} and does not
 * throw: grpc-js would answer INTERNAL by itself, and the daemon would not know of the call.
 */
function receiver(type: protobuf.Type) {
  const [check, decode] = [wireChecker(type), decoder(type)];
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
 * The definition of a method.
 *
 * @internal
 */
export type Method<Request, Response> = MethodDefinition<Request, Response>;

/** Returns the definition of a service, by the names of its methods. */
export function definition(packageName: PackageName, service: string): Record<string, Method<object, object>> {
  const name = `${packageName}.${service}`;
  return Object.fromEntries(
    declarations(packageName).lookupService(name).methodsArray.map((method) => {
      const [request, response] = [method.resolvedRequestType!, method.resolvedResponseType!];
      return [method.name, {
        path: `/${name}/${method.name}`,
        originalName: method.name[0]!.toLowerCase() + method.name.slice(1),
        requestStream: method.requestStream ?? false,
        responseStream: method.responseStream ?? false,
        requestSerialize: encoder(request),
        requestDeserialize: receiver(request),
        responseSerialize: encoder(response),
        responseDeserialize: decoder(response),
      }];
    }),
  );
}
