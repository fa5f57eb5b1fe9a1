/**
 * Messages of the contract, from and to bytes.
 *
 * `deno task gen` writes what the `.proto` files declare into `gen/contract.json`, a part of the module graph: loading it
 * needs no parser, no read permission, and survives `deno compile`.
 *
 * Text must be valid UTF-8 (https://protobuf.dev/programming-guides/proto3/#scalar). By itself protobufjs puts U+FFFD for
 * bytes that are no UTF-8, and cuts text off at the end of the message, so that the daemon would run another command than
 * the client sent. This module therefore replaces the method that reads text.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import protobuf from "protobufjs/light.js";
import contract from "../gen/contract.json" with { type: "json" };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

for (const { prototype } of [protobuf.Reader, protobuf.BufferReader]) {
  prototype.string = function (this: protobuf.Reader): string {
    return utf8.decode(this.bytes());
  };
}

/** The form of messages in TypeScript; the types in `gen/` are generated with the same choices. */
const STYLE: protobuf.IConversionOptions = { longs: Number, enums: String, defaults: true, oneofs: true };

/** The name of a package of the contract, such as `paas.v1`. */
export type PackageName = keyof typeof contract;

const roots = new Map<PackageName, protobuf.Root>();

/** Returns the declarations of a package and of the files that it imports. */
export function declarations(name: PackageName): protobuf.Root {
  let root = roots.get(name);
  if (!root) {
    root = protobuf.Root.fromJSON(contract[name] as protobuf.INamespace);
    root.resolveAll();
    roots.set(name, root);
  }
  return root;
}

/** Returns a function that encodes messages of a type. */
export function encoder(type: protobuf.Type): (message: object) => Buffer {
  return (message) => type.encode(type.fromObject(message)).finish() as Buffer;
}

/** Returns a function that decodes messages of a type. It throws an `Error` for bytes that are no such message. */
export function decoder(type: protobuf.Type): (bytes: Uint8Array) => object {
  return (bytes) => type.toObject(type.decode(bytes), STYLE);
}
