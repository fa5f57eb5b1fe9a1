/**
 * The contract, and that of health checks, as descriptors: what server reflection tells.
 *
 * @module
 */
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
import { IMPORTS, load } from "../definition.ts";
import health from "../grpc/health/v1/health.proto" with { type: "text" };
import { REFLECTION_VERSIONS } from "./reflection.ts";
import contract from "../paas/v1/paas.proto" with { type: "text" };

/** A file as a descriptor, in its wire form, and what it is found by. */
export interface DescribedFile {
  /** As an import names it. */
  readonly name: string;
  /** The files that it imports. */
  readonly dependencies: readonly string[];
  /** The full names of its services. */
  readonly services: readonly string[];
  /** The full names of all that it declares: messages, fields, enums, values, services, methods. */
  readonly symbols: ReadonlySet<string>;
  /** A `google.protobuf.FileDescriptorProto`. */
  readonly bytes: Uint8Array;
}

/** `google.protobuf.FileDescriptorProto` and its parts, as far as they need completion. */
interface FileDescriptor {
  package: string;
  messageType: MessageDescriptor[];
  service: { name: string; method: { name: string; inputType: string; outputType: string }[] }[];
}

interface MessageDescriptor {
  name: string;
  field: { name: string; typeName?: string; proto3Optional?: boolean }[];
  nestedType: MessageDescriptor[];
}

/** All files that the daemon serves, with what they import. */
export function describeFiles(): DescribedFile[] {
  const sources = { "paas.v1": contract, "grpc.health.v1": health, ...REFLECTION_VERSIONS };
  const served = Object.entries(sources).map(([name, source]) => {
    const file = `${name.replaceAll(".", "/")}/${name.split(".").at(-2)}.proto`;
    return describe(file, name, load(source, { keepCase: true }), importsOf(source));
  });
  const imported = IMPORTS.map((name) => {
    const root = protobuf.Root.fromJSON(protobuf.common.get(name)!);
    root.resolveAll();
    return describe(name, "google.protobuf", root, []);
  });
  return [...served, ...imported];
}

function importsOf(source: string): string[] {
  return protobuf.parse(source, new protobuf.Root()).imports ?? [];
}

function describe(name: string, packageName: string, root: protobuf.Root, dependencies: string[]): DescribedFile {
  const { file: files } = (root as unknown as { toDescriptor(edition: string): { file: FileDescriptor[] } })
    .toDescriptor("proto3");
  const file = files.find((file) => file.package === packageName)!;
  const scope = root.lookup(packageName) as protobuf.Namespace;
  Object.assign(file, { name, dependency: dependencies });
  for (const message of file.messageType) complete(message, scope.lookupType(message.name));
  for (const { name, method: methods } of file.service) {
    for (const method of methods) {
      const { resolvedRequestType, resolvedResponseType } = scope.lookupService(name).methods[method.name]!;
      method.inputType = resolvedRequestType!.fullName;
      method.outputType = resolvedResponseType!.fullName;
    }
  }
  return {
    name,
    dependencies,
    services: file.service.map((service) => `${packageName}.${service.name}`),
    symbols: new Set(symbolsIn(scope)),
    bytes: descriptor.FileDescriptorProto.encode(file).finish(),
  };
}

/**
 * protobufjs leaves names relative, forgets which fields are optional, and calls the entries of maps otherwise than protoc,
 * on which others insist.
 */
function complete(message: MessageDescriptor, type: protobuf.Type): void {
  for (const field of message.field) {
    const { resolvedType, map, options } = type.fields[field.name]!;
    if (options?.proto3_optional) field.proto3Optional = true;
    if (map) {
      const entry = message.nestedType.find(({ name }) => name === field.typeName)!;
      const value = entry.field.find(({ name }) => name === "value")!;
      if (resolvedType) value.typeName = resolvedType.fullName;
      entry.name = `${protobuf.util.ucFirst(protobuf.util.camelCase(field.name))}Entry`;
      field.typeName = `${type.fullName}.${entry.name}`;
    } else if (resolvedType) {
      field.typeName = resolvedType.fullName;
    }
  }
  for (const nested of message.nestedType) {
    const nestedType = type.get(nested.name);
    if (nestedType instanceof protobuf.Type) complete(nested, nestedType);
  }
}

/** The full names of all that is declared in a scope. */
function* symbolsIn(scope: protobuf.NamespaceBase): Generator<string> {
  for (const object of scope.nestedArray) {
    const name = object.fullName.slice(1);
    yield name;
    if (object instanceof protobuf.Enum) {
      for (const value of Object.keys(object.values)) yield `${scope.fullName.slice(1)}.${value}`;
    }
    if (object instanceof protobuf.Type) { for (const field of object.fieldsArray) yield `${name}.${field.name}`; }
    if (object instanceof protobuf.Service) {
      for (const method of object.methodsArray) yield `${name}.${method.name}`;
    }
    if (object instanceof protobuf.Namespace) yield* symbolsIn(object);
  }
}
