/**
 * A check of the bytes of a request, before protobufjs decodes them and anything is built from them. One walk checks two
 * things:
 *
 * - The encoding (https://protobuf.dev/programming-guides/encoding/#structure). protobufjs reads a field of a wrong wire
 *   type as if the type were right, accepts groups that end anywhere, and keeps the last of two messages that it should
 *   merge: the daemon would run a command that no client sent. A parser may also skip a field of a wrong wire type; this
 *   check refuses it, because its sender follows another contract.
 * - The bounds (`bounds.ts`). A request that is too large costs the walk up to the first excess, and nothing more.
 *
 * @module
 */
import protobuf from "protobufjs/light.js";
import {
  type Bound,
  BoundError,
  BOUNDS,
  type Bounds,
  type Entries,
  type List,
  MAX_NAME_BYTES,
  type Size,
  type Sum,
} from "./bounds.ts";
import { WIRE, WireReader } from "./wire_reader.ts";

/** Maximum depth of messages in messages and of groups in groups. Our contracts are far below. */
const MAX_DEPTH = 32;

/** Maximum number of unknown fields in a request. A newer contract may have some. */
const MAX_UNKNOWN = 1_000;

const SLASH = "/".charCodeAt(0);

/** Maximum length of a name in an error, in bytes. */
const MAX_QUOTED_BYTES = 64;

/** The expected form of a field. */
interface Shape {
  /** The name of the field in the contract. */
  readonly name: string;
  /** The wire type of one element. */
  readonly wire: number;
  readonly repeated: boolean;
  /** Whether the field is a map: its messages have a key and a value. */
  readonly isMap?: boolean;
  readonly message?: Shapes | undefined;
  readonly bound?: Bound | undefined;
}

type Shapes = Map<number, Shape>;

/** The number of elements of a field so far, and the place of the last one. */
interface Found {
  count: number;
  from: number;
  to: number;
}

const NOTHING: Found = { count: 0, from: 0, to: 0 };

/**
 * Returns a function that checks the bytes of messages of a type. The function throws a `RangeError` if the bytes are not
 * the encoding of such a message, and a {@linkcode BoundError} if a field exceeds its bound.
 *
 * @param bounds The bounds of the fields: one for each text, list and map
 *
 * @example
 * ```ts
 * import { wireChecker } from "./strict_wire.ts";
 * import protobuf from "protobufjs";
 * import { assertThrows } from "@std/assert";
 *
 * const { root } = protobuf.parse(`syntax = "proto3"; message Question { string name = 1; }`);
 * const check = wireChecker(root.lookupType("Question"), { "Question.name": { what: "name", bytes: 2 } });
 * check(Uint8Array.of(0x0a, 2, 0x61, 0x61));
 * assertThrows(() => check(Uint8Array.of(0x0a, 3, 0x61, 0x61, 0x61)), RangeError, "The name must have at most 2 bytes");
 * ```
 */
export function wireChecker(type: protobuf.Type, bounds: Bounds = BOUNDS): (bytes: Uint8Array) => void {
  let shapes: Shapes | undefined; // built with the first message: clients check none
  return (bytes) => {
    shapes ??= shapesOf(type, bounds, new Map());
    new Walk(bytes).message(shapes, bytes.length);
  };
}

function shapesOf(type: protobuf.Type, bounds: Bounds, known: Map<protobuf.Type, Shapes>): Shapes {
  const found = known.get(type);
  if (found) return found;
  const shapes: Shapes = new Map();
  known.set(type, shapes); // before the fields: one of them may have this type
  for (const field of type.fieldsArray as (protobuf.Field | protobuf.MapField)[]) {
    field.resolve();
    const name = contractName(field.name);
    const fullName = `${type.fullName.slice(1)}.${name}`;
    const { repeated, resolvedType } = field;
    const isMap = field instanceof protobuf.MapField;
    const bound = bounds[fullName];
    if (!bound && (repeated || isMap || isSized(field))) throw new Error(`${fullName} has no bound`);
    const nested = resolvedType instanceof protobuf.Type ? shapesOf(resolvedType, bounds, known) : undefined;
    const wire = wireOf(field);
    if (!isMap) {
      shapes.set(field.id, { name, wire, repeated, message: nested, bound });
      continue;
    }
    const message = new Map([ // a map is encoded as repeated messages with a key and a value
      [1, { name: `key of ${name}`, wire: wireOf({ type: field.keyType, resolvedType: null }), repeated: false }],
      [2, { name: `value of ${name}`, wire, repeated: false, message: nested }],
    ]);
    shapes.set(field.id, { name, wire: WIRE.bytes, repeated: true, isMap, message, bound });
  }
  return shapes;
}

/** Tells whether a field is a text or bytes. */
function isSized({ type }: protobuf.Field): boolean {
  return type === "string" || type === "bytes";
}

/** Returns the name of a field in the `.proto`, which protobufjs has changed to camel case. */
function contractName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function wireOf({ type, resolvedType }: Pick<protobuf.Field, "type" | "resolvedType">): number {
  if (resolvedType) return resolvedType instanceof protobuf.Type ? WIRE.bytes : WIRE.varint;
  return protobuf.types.basic[type as keyof typeof protobuf.types.basic];
}

/** A walk through the bytes of a message, which ends at the first fault. */
class Walk {
  readonly #bytes: Uint8Array;
  readonly #reader: WireReader;
  readonly #sums = new Map<Sum, number>();
  /** The number of unknown fields so far. */
  #unknowns = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#reader = new WireReader(bytes);
  }

  /** Checks a message, and returns the contents of its fields. */
  message(shapes: Shapes, end: number, depth = 0): Map<Shape, Found> {
    if (depth > MAX_DEPTH) throw new RangeError("its messages are nested too deep");
    const all = new Map<Shape, Found>();
    while (this.#reader.at < end) {
      const tag = this.#reader.tag(end);
      const field = tag >>> 3;
      const wire = tag & 7;
      const shape = shapes.get(field);
      if (!shape) {
        this.#unknown(tag, end, 0);
        continue;
      }
      let found = all.get(shape);
      if (!found) all.set(shape, found = { count: 0, from: 0, to: 0 });
      if (wire === shape.wire) this.#element(shape, tag, end, depth, found);
      else if (wire === WIRE.bytes && shape.repeated) this.#packed(shape, end, found);
      else {
        const right = shape.repeated && shape.wire !== WIRE.bytes ? `${shape.wire} or ${WIRE.bytes}` : shape.wire;
        throw new RangeError(`field ${field} has wire type ${wire} instead of ${right}`);
      }
    }
    return all;
  }

  /** Checks the content of a field. */
  #element(shape: Shape, tag: number, end: number, depth: number, found: Found): void {
    const { bound, isMap, message, wire } = shape;
    this.#count(shape, found);
    if (wire !== WIRE.bytes) return this.#reader.skip(tag, end);
    found.to = this.#reader.block(end);
    found.from = this.#reader.at;
    if (message) {
      const parts = this.message(message, found.to, depth + 1);
      if (isMap) this.#entry(bound as Entries, parts.get(message.get(1)!), parts.get(message.get(2)!));
    } else {
      if (bound) this.#text(bound as Size | List, found);
      this.#reader.at = found.to;
    }
  }

  /** Checks elements that are packed into one field. */
  #packed(shape: Shape, end: number, found: Found): void {
    for (const to = this.#reader.block(end); this.#reader.at < to;) {
      this.#count(shape, found);
      this.#reader.skip(shape.wire, to);
    }
  }

  #count({ name, repeated, bound }: Shape, found: Found): void {
    found.count++;
    if (!repeated && found.count > 1) throw new RangeError(`the field ${name} is given more than once`);
    if (bound && "count" in bound && found.count > bound.count) {
      throw new BoundError(`There must be at most ${written(bound.count)} ${bound.what}`);
    }
  }

  #text(bound: Size | List, { count, from, to }: Found): void {
    if (!("count" in bound)) return this.#check(bound, from, to);
    const { first, element, sum } = bound;
    if (count === 1 && first) this.#check(first, from, to);
    else if (element) this.#check(element, from, to, () => `${capital(element.what)} ${written(count - 1)}`);
    if (sum) this.#add(sum, to - from);
  }

  /** Checks the key and the value of an entry against their bounds. Either may be missing. */
  #entry({ key, value, pair, sum }: Entries, name = NOTHING, content = NOTHING): void {
    const subject = ({ what }: Size) => () => `The ${what} ${this.#quote(name)}`;
    const all = name.to - name.from + 1 + content.to - content.from;
    if (key) this.#check(key, name.from, name.to, subject(key));
    if (value) this.#check(value, content.from, content.to, subject(value));
    if (pair) atMost(pair, all, subject(pair));
    if (sum) this.#add(sum, all);
  }

  /** Checks a text against its bound. */
  #check(size: Size, from: number, to: number, subject?: () => string): void {
    atMost(size, to - from, subject);
    if (!size.path) return;
    for (let at = from, start = from; at <= to; at++) {
      if (at < to && this.#bytes[at] !== SLASH) continue;
      if (at - start > MAX_NAME_BYTES) {
        throw new BoundError(`Each part of the ${size.what} must have at most ${written(MAX_NAME_BYTES)} bytes`);
      }
      start = at + 1;
    }
  }

  #add(sum: Sum, bytes: number): void {
    const all = (this.#sums.get(sum) ?? 0) + bytes + sum.each;
    this.#sums.set(sum, all);
    if (all > sum.bytes) throw new BoundError(`${sum.what} must have at most ${written(sum.bytes)} bytes together`);
  }

  /** Returns the beginning of a text, in quotes. */
  #quote({ from, to }: Found): string {
    const text = new TextDecoder().decode(this.#bytes.subarray(from, Math.min(to, from + MAX_QUOTED_BYTES)));
    return JSON.stringify(to - from > MAX_QUOTED_BYTES ? `${text}…` : text);
  }

  /** Passes over an unknown field; a group has fields of its own. */
  #unknown(tag: number, end: number, depth: number): void {
    if (++this.#unknowns > MAX_UNKNOWN) throw new RangeError("it has too many fields that the daemon does not know");
    if (depth > MAX_DEPTH) throw new RangeError("its groups are nested too deep");
    if ((tag & 7) !== WIRE.group) return this.#reader.skip(tag, end);
    const last = tag - WIRE.group + WIRE.groupEnd;
    for (let next = this.#reader.tag(end); next !== last; next = this.#reader.tag(end)) {
      this.#unknown(next, end, depth + 1);
    }
  }
}

/** @param subject Returns the beginning of the sentence, for a value that is one of several */
function atMost({ what, bytes, of = "", remedy }: Size, has: number, subject = () => `The ${what}`): void {
  if (has <= bytes) return;
  const todo = remedy ? `: ${remedy}` : "";
  throw new BoundError(`${subject()} must have at most ${written(bytes)} bytes${of}, not ${written(has)}${todo}`);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Formats a number for people. */
function written(value: number): string {
  return value.toLocaleString("en");
}
