import { assert, assertEquals, assertThrows } from "@std/assert";
import protobuf from "protobufjs";
import { checkWire } from "./strict_wire.ts";

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Inner { uint32 number = 1; Inner inner = 2; }
  enum Kind { NONE = 0; }
  message Outer {
    repeated string texts = 1;
    uint64 number = 2;
    Inner inner = 3;
    map<string, string> map = 4;
    repeated Kind kinds = 5;
    fixed32 fixed = 6;
    map<int32, Inner> inners = 7;
  }
`);
root.resolveAll();
const type = root.lookupType("Outer");

const check = (...bytes: number[]) => checkWire(type, Uint8Array.from(bytes));

Deno.test("checkWire() takes what protobufjs encodes, and what it does not know", () => {
  const message = {
    texts: ["true", "", "x".repeat(300)],
    number: 2 ** 53,
    inner: { number: 1, inner: { inner: { number: 4_294_967_295 } } },
    map: { a: "b", "": "" },
    kinds: [0, 0, 0],
    fixed: 7,
    inners: { 1: { number: 2 } },
  };
  checkWire(type, type.encode(type.fromObject(message)).finish());
  check();
  check(0x28, 0, 0x2a, 2, 0, 0); // one by one, and packed
  check(0x10, ...Array(9).fill(0xff), 0x01); // -1 as 64 bits
  check(0x78, 1, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 1, 0, 0x7d, 1, 2, 3, 4); // field 15, as anything
  check(...nested(20));
  check(0x7b, 0x0b, 0x0c, 0x08, 0x01, 0x7c); // a group in a group
});

/** So many messages of type Inner in each other. */
function nested(depth: number): number[] {
  let bytes: number[] = [];
  for (const tag of [...Array(depth - 1).fill(0x12), 0x1a]) {
    const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
    bytes = [tag, ...length, ...bytes];
  }
  return bytes;
}

const WRONG: Record<string, number[]> = {
  "a text that is called a number": [0x08, 4, 0x74, 0x72, 0x75, 0x65],
  "a number that is called a text": [0x12, 1, 1],
  "a number that is called fixed": [0x15, 1, 2, 3, 4],
  "a fixed number that is called a varint": [0x30, 1],
  "a message that is called a number": [0x18, 2, 8, 1],
  "a message that is called a group": [0x1b, 0x1c],
  "a wrong field in a message": [0x1a, 2, 0x0a, 0],
  "a wrong key in a map": [0x22, 2, 0x08, 1],
  "a wrong value in a map of messages": [0x3a, 2, 0x10, 1],
  "a wrong field in a message of a map": [0x3a, 4, 0x12, 2, 0x0a, 0],
  "wire type 6": [0x7e, 1],
  "wire type 7": [0x0f, 1],
  "field 0": [0x00, 1],
  "a tag of more than 32 bits": [0x80, 0x80, 0x80, 0x80, 0x10, 1],
  "a tag of too many bytes": [0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 1],
  "a varint of eleven bytes": [0x10, ...Array(10).fill(0x80), 0x00],
  "a text that is cut short": [0x0a, 5, 0x61],
  "a text with a huge length": [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  "a message that is longer than the one around it": [0x1a, 2, 0x10, 0x80, 0x01],
  "a tag alone": [0x0a],
  "a group without end": [0x7b, 0x08, 0x01],
  "a group that ends as another one": [0x7b, 0x74],
  "an end without group": [0x7c],
  "messages nested too deep": nested(200),
  "groups nested too deep": [...Array(5_000).fill(0x7b), ...Array(5_000).fill(0x7c)],
};

for (const [what, bytes] of Object.entries(WRONG)) {
  Deno.test(`checkWire() refuses ${what}`, () => {
    const error = assertThrows(() => check(...bytes), RangeError);
    assert(!/call stack/.test(error.message), error.message);
  });
}

Deno.test("checkWire() is needed: protobufjs takes a text for what is called a number", () => {
  const message = type.toObject(type.decode(Uint8Array.of(0x08, 4, 0x74, 0x72, 0x75, 0x65))) as { texts: string[] };
  assertEquals(message.texts, ["true"]);
});
