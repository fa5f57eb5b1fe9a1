import { assert, assertEquals, assertThrows } from "@std/assert";
import protobuf from "protobufjs";
import { BoundError, type Bounds } from "./bounds.ts";
import { wireChecker } from "./strict_wire.ts";

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
    string path = 8;
    map<string, string> labels = 9;
  }
`);
root.resolveAll();
const type = root.lookupType("Outer");

const SUM = { what: "Texts and pairs", bytes: 1_000, each: 9 };

const BOUNDS: Bounds = {
  "Outer.texts": {
    what: "texts",
    count: 20,
    first: { what: "head", bytes: 400, path: true },
    element: { what: "text", bytes: 500 },
    sum: SUM,
  },
  "Outer.map": { what: "pairs", count: 30, pair: { what: "pair", bytes: 300, of: " with its key" }, sum: SUM },
  "Outer.kinds": { what: "kinds", count: 3 },
  "Outer.inners": { what: "inners", count: 2 },
  "Outer.labels": {
    what: "labels",
    count: 2,
    key: { what: "key of the label", bytes: 5 },
    value: { what: "value of the label", bytes: 9 },
  },
  "Outer.path": { what: "path", bytes: 600, path: true, remedy: "take another" },
};
const checker = wireChecker(type, BOUNDS);

const check = (...bytes: number[]) => checker(Uint8Array.from(bytes));

const checkMessage = (message: object) => checker(type.encode(type.fromObject(message)).finish());

Deno.test("wireChecker() accepts messages that protobufjs encodes, and unknown fields", () => {
  const message = {
    texts: ["true", "", "x".repeat(300)],
    path: "/a",
    number: 2 ** 53,
    inner: { number: 1, inner: { inner: { number: 4_294_967_295 } } },
    map: { a: "b", "": "" },
    kinds: [0, 0, 0],
    fixed: 7,
    inners: { 1: { number: 2 } },
  };
  checkMessage(message);
  check();
  check(0x28, 0, 0x2a, 2, 0, 0); // one by one, and packed
  check(0x10, ...Array(9).fill(0xff), 0x01); // -1 as 64 bits
  check(0x78, 1, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 1, 0, 0x7d, 1, 2, 3, 4); // field 15, as anything
  check(...nested(20));
  check(0x7b, 0x0b, 0x0c, 0x08, 0x01, 0x7c); // a group in a group
});

/** Encodes messages of type Inner in each other. */
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
  "a field that is no list twice": [0x10, 1, 0x10, 1],
  "a message twice, which protobufjs does not merge": [0x1a, 0, 0x1a, 0],
  "a key twice in one entry": [0x22, 4, 0x0a, 0, 0x0a, 0],
  "packed elements that are cut short": [0x2a, 2, 0, 0x80],
  "more unknown fields than there may be": Array(1_001).fill([0x78, 1]).flat(),
  "more unknown fields in groups": Array(100).fill([0x7b, ...Array(10).fill([0x08, 1]).flat(), 0x7c]).flat(),
  "messages nested too deep": nested(200),
  "groups nested too deep": [...Array(5_000).fill(0x7b), ...Array(5_000).fill(0x7c)],
};

for (const [what, bytes] of Object.entries(WRONG)) {
  Deno.test(`wireChecker() refuses ${what}`, () => {
    const error = assertThrows(() => check(...bytes), RangeError);
    assert(!/call stack/.test(error.message), error.message);
  });
}

Deno.test("wireChecker() is needed: protobufjs reads a field of a wrong wire type as text", () => {
  const message = type.toObject(type.decode(Uint8Array.of(0x08, 4, 0x74, 0x72, 0x75, 0x65))) as { texts: string[] };
  assertEquals(message.texts, ["true"]);
});

/** Messages that exceed a bound, and the sentences that refuse them. */
const TOO_MUCH: Record<string, [message: object | number[], sentence: string]> = {
  "elements": [{ texts: Array(21).fill("") }, "There must be at most 20 texts"],
  "elements that are packed": [{ kinds: [0, 0, 0, 0] }, "There must be at most 3 kinds"],
  "elements that are packed and not": [[0x28, 0, 0x2a, 2, 0, 0, 0x28, 0], "There must be at most 3 kinds"],
  "entries": [
    { map: Object.fromEntries(Array.from({ length: 31 }, (_, key) => [key, ""])) },
    "There must be at most 30 pairs",
  ],
  "entries with one key": [Array(31).fill([0x22, 0]).flat(), "There must be at most 30 pairs"],
  "a text": [{ path: "/".repeat(601) }, "The path must have at most 600 bytes, not 601: take another"],
  "a text of many bytes and few characters": [
    { path: "ü/".repeat(201) },
    "The path must have at most 600 bytes, not 603: take another",
  ],
  "a part of a path": [
    { path: `/a/${"x".repeat(256)}` },
    "Each part of the path must have at most 255 bytes",
  ],
  "a part of a path in its middle": [
    { path: `${"x".repeat(256)}/a` },
    "Each part of the path must have at most 255 bytes",
  ],
  "the first element": [{ texts: ["/".repeat(401)] }, "The head must have at most 400 bytes, not 401"],
  "another element": [{ texts: ["", "", "x".repeat(501)] }, "Text 2 must have at most 500 bytes, not 501"],
  "an entry by its value": [
    { map: { a: "", "b\n": "x".repeat(298) } },
    'The pair "b\\n" must have at most 300 bytes with its key, not 301',
  ],
  "an entry by its key": [
    { map: { ["k".repeat(300)]: "" } },
    `The pair "${"k".repeat(64)}…" must have at most 300 bytes with its key, not 301`,
  ],
  "a key": [{ labels: { abcdef: "" } }, 'The key of the label "abcdef" must have at most 5 bytes, not 6'],
  "a value": [{ labels: { abc: "1234567890" } }, 'The value of the label "abc" must have at most 9 bytes, not 10'],
  "a value without key": [
    [0x4a, 12, 0x12, 10, ...Array(10).fill(0x61)],
    'The value of the label "" must have at most 9 bytes, not 10',
  ],
  "the sum": [
    { texts: ["", "x".repeat(470)], map: { a: "x".repeat(250), b: "x".repeat(250) } },
    "Texts and pairs must have at most 1,000 bytes together",
  ],
};

for (const [what, [message, sentence]] of Object.entries(TOO_MUCH)) {
  Deno.test(`wireChecker() refuses too much: ${what}`, () => {
    const error = assertThrows(() => Array.isArray(message) ? check(...message) : checkMessage(message), BoundError);
    assertEquals(error.message, sentence);
  });
}

Deno.test("wireChecker() accepts messages at their bounds", () => {
  checkMessage({ texts: Array(20).fill(""), kinds: [0, 0, 0], path: `/${"x".repeat(255)}`.repeat(2) });
  checkMessage({ texts: ["/".repeat(400), "x".repeat(500)], map: { "": "x".repeat(1_000 - 900 - 4 * 9 - 3), b: "" } });
  checkMessage({ labels: { abcde: "123456789", "": "" } });
  checkMessage({ texts: [], map: { "": "x".repeat(299) } });
  checkMessage({ texts: [], map: Object.fromEntries(Array.from({ length: 30 }, (_, key) => [key, "x".repeat(20)])) });
  check(...Array(1_000).fill([0x78, 1]).flat());
});

Deno.test("wireChecker() requires a bound for each text, list and map", () => {
  for (const name of Object.keys(BOUNDS)) {
    const { [name]: _missing, ...others } = BOUNDS;
    assertThrows(() => wireChecker(type, others)(new Uint8Array()), Error, `${name} has no bound`);
  }
});

Deno.test("wireChecker() reads no further than the first excess", () => {
  const bytes = new Uint8Array(4_000_000).fill(0xff); // not a message, but the check does not get that far
  bytes.set(Array(4).fill([0x28, 0]).flat());
  assertThrows(() => checker(bytes), BoundError);
});
