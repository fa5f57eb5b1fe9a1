import { assert, assertEquals } from "@std/assert";
import protobuf from "protobufjs";
import { BOUNDS } from "./bounds.ts";
import { load, sources } from "../generate.ts";

const SOURCES = sources();
const contract = SOURCES["paas/v1/paas.proto"]!;

/** Returns the types of all requests, and of all messages in them. */
function requestTypes(source: string): Set<protobuf.Type> {
  const types = new Set<protobuf.Type>();
  const look = (space: protobuf.NamespaceBase) => {
    for (const item of space.nestedArray) {
      if (item instanceof protobuf.Service) {
        for (const method of item.methodsArray) types.add(method.resolvedRequestType!);
      } else if (item instanceof protobuf.Namespace) look(item);
    }
  };
  look(load(source, { keepCase: true }));
  for (const type of types) {
    for (const { resolvedType } of type.fieldsArray) if (resolvedType instanceof protobuf.Type) types.add(resolvedType);
  }
  return types;
}

const fields = Object.values(SOURCES).flatMap((source) => [...requestTypes(source)])
  .flatMap((type) => type.fieldsArray.map((field) => [`${type.fullName.slice(1)}.${field.name}`, field] as const));

const sized = ({ type }: protobuf.Field) => type === "string" || type === "bytes";

Deno.test("BOUNDS has a bound for each text, list and map that a request can have, and for nothing else", () => {
  const bounded = fields.filter(([, field]) => field.repeated || field.map || sized(field)).map(([name]) => name);
  assertEquals(Object.keys(BOUNDS).toSorted(), [...new Set(bounded)].toSorted());
  assert(bounded.length > 30, "the descriptors were walked");
});

Deno.test("BOUNDS bounds every part of a field that can be large", () => {
  for (const [name, field] of fields) {
    const bound = BOUNDS[name];
    if (!bound) continue;
    if (field.map) {
      assert("count" in bound, name);
      assert(!field.resolvedType, `${name}: a map of messages needs a look of its own`);
      assert("pair" in bound || ("key" in bound && "value" in bound), name);
    } else if (field.repeated) {
      assert("count" in bound, name);
      if (sized(field)) assert("element" in bound && bound.element, name);
    } else assert("bytes" in bound, name);
  }
});

Deno.test("BOUNDS lets List ask for each state once", () => {
  const states = load(contract).lookupEnum("paas.v1.ProcessState").values;
  const bound = BOUNDS["paas.v1.ListRequest.states"];
  assertEquals(bound && "count" in bound && bound.count, Object.keys(states).length - 1); // without UNSPECIFIED
});

/** Returns the comment of a field, without line breaks. */
function commentOf(message: string, field: string): string {
  const { comment } = load(contract, { keepCase: true, alternateCommentMode: true }).lookupType(message).get(field)!;
  return comment!.replaceAll("\n", " ");
}

Deno.test("BOUNDS are the bounds in the comments of the contract", () => {
  const numbers = (name: string) => {
    const all: number[] = [];
    const collect = (value: unknown) => {
      for (const [key, inner] of Object.entries(value as object)) {
        if ((key === "bytes" || key === "count") && typeof inner === "number") all.push(inner);
        else if (typeof inner === "object") collect(inner);
      }
    };
    collect(BOUNDS[name]);
    return all;
  };
  const written = (number: number) =>
    number % (1024 * 1024) === 0
      ? `${number / 1024 / 1024} MiB`
      : number === 256 * 1024
      ? "256 KiB"
      : number.toLocaleString("en");
  for (const name of Object.keys(BOUNDS)) {
    const [, message, field] = /^paas\.v1\.(\w+)\.(\w+)$/.exec(name) ?? [];
    if (!message || field === "process_id" || field === "states") continue; // a UUID; an enum
    const comment = commentOf(`paas.v1.${message}`, field!);
    for (const number of numbers(name)) {
      assert(comment.includes(written(number)), `${name}: "${comment}" does not say ${written(number)}`);
    }
  }
});
