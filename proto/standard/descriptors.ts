/**
 * The compiled `.proto` files, which server reflection serves.
 *
 * @module
 */
import files from "../gen/descriptors.json" with { type: "json" };

/** A compiled file, and the names by which it is found. */
export interface DescribedFile {
  /** The path of the file in imports. */
  readonly name: string;
  /** The names of the files that it imports. */
  readonly dependencies: readonly string[];
  /** The full names of its services. */
  readonly services: readonly string[];
  /** The full names of all its declarations: messages, fields, enums, values, services and methods. */
  readonly symbols: ReadonlySet<string>;
  /** A `google.protobuf.FileDescriptorProto`. */
  readonly bytes: Uint8Array;
}

/** Returns all files that the daemon serves, and those that they import. */
export function describeFiles(): DescribedFile[] {
  return files.map((file) => ({ ...file, symbols: new Set(file.symbols), bytes: Uint8Array.fromBase64(file.bytes) }));
}
