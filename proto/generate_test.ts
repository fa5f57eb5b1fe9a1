import { loadFileDescriptorSetFromBuffer, loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import protobuf from "protobufjs/light.js";
import { staleFiles } from "./generate.ts";
import { describeFiles } from "./standard/descriptors.ts";

Deno.test("staleFiles() finds none: the types and the contract in gen/ fit the .proto (else run `deno task gen`)", async () => {
  assertEquals(await staleFiles(), []);
});

/**
 * The declarations of a package, as proto-loader gives them: messages and enums as descriptors, methods by their types.
 * Options are left out, and so is the suffix of the entries of maps: proto-loader does not have them from a `.proto`.
 */
function declarations(definition: PackageDefinition): [name: string, declared: unknown][] {
  const all = Object.entries(definition).map(([name, declared]): [string, unknown] => {
    if ("format" in declared) return [name, declared.type];
    const methods = Object.values(declared).map((
      { path, requestStream, responseStream, requestType, responseType },
    ) => [
      ...[path, requestStream, responseStream],
      ...[requestType, responseType].map(({ type }) => (type as { name: string }).name),
    ]);
    return [name, methods];
  }).toSorted(([a], [b]) => a < b ? -1 : 1);
  const text = JSON.stringify(all, (key, value) => key === "options" ? undefined : value);
  return JSON.parse(text.replaceAll('Entry"', '"'));
}

/** A `google.protobuf.FileDescriptorSet` of some files. */
function descriptorSet(files: readonly Uint8Array[]): Buffer {
  const writer = protobuf.Writer.create();
  for (const bytes of files) writer.uint32(0x0a).bytes(bytes); // the tag of the field `file`
  return Buffer.from(writer.finish());
}

Deno.test("describeFiles() gives what the .proto files declare (else run `deno task gen`)", () => {
  const paths = ["paas/v1/paas.proto", "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto"];
  const source = declarations(loadSync(paths, { keepCase: true, includeDirs: [import.meta.dirname!] }));
  const described = describeFiles();
  const files = described.filter(({ name }) => !name.includes("v1alpha")).map(({ bytes }) => bytes);
  const compiled = declarations(loadFileDescriptorSetFromBuffer(descriptorSet(files)));
  assertEquals(compiled, source);
  assert(source.length > 50, "the declarations were compared");
  const versions = ["v1", "v1alpha"].map((version) => {
    const { services, symbols } = described.find(({ name }) => name.includes(`reflection/${version}/`))!;
    return [...services, ...symbols].map((name) => name.replace(`.${version}.`, "."));
  });
  assertEquals(versions[0], versions[1]);
});
