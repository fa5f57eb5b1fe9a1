/**
 * Says what is wrong with the bytes of a request, before protobufjs decodes it and anything is built from it.
 *
 * - Its encoding: protobufjs reads a field of a wrong wire type as if it had the right one, takes groups that end anywhere,
 *   and of a message that is given twice the last one alone, where the two were to be merged. So the daemon would see, and
 *   run, what nobody has sent (https://protobuf.dev/programming-guides/encoding/#structure). A parser may also pass over a
 *   field of a wrong wire type; here it is refused, because whoever sends it means something else than this contract.
 * - How much it has (`bounds.ts`): what is too large or too many costs its reading up to there, and nothing else.
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

const [VARINT, FIXED64, BYTES, GROUP, GROUP_END, FIXED32] = [0, 1, 2, 3, 4, 5] as const;

/** So deep messages and groups may lie in each other; those of a contract of ours are far from it. */
const MAX_DEPTH = 32;

/** A request may have so many fields that the contract does not: those of a newer one. */
const MAX_UNKNOWN = 1_000;

/** A varint has at most so many bytes, a tag so many. */
const [MAX_VARINT, MAX_TAG] = [10, 5];

const SLASH = "/".charCodeAt(0);

/** So much of a variable's name, or a label's, is told. */
const MAX_TOLD_BYTES = 64;

/** What a field must look like. */
interface Shape {
  /** As the contract calls it. */
  readonly name: string;
  /** How one element is encoded. */
  readonly wire: number;
  readonly repeated: boolean;
  /** Whether its messages are those of a key and a value. */
  readonly isMap?: boolean;
  readonly message?: Shapes | undefined;
  readonly bound?: Bound | undefined;
}

type Shapes = Map<number, Shape>;

/** Where the content of a field lies, of several the last one, and how many there are. */
interface Found {
  count: number;
  from: number;
  to: number;
}

const NOTHING: Found = { count: 0, from: 0, to: 0 };

/**
 * What checks the bytes of messages of a type.
 *
 * @param bounds What their fields may have: there must be one for each text, list and map
 * @returns A function that throws a `RangeError` when they are not the encoding of such a message, and a
 * {@linkcode BoundError} when it has too much of something.
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
  let shapes: Shapes | undefined; // made at the first message: most clients check none
  return (bytes) => {
    shapes ??= shapesOf(type, bounds, new Map());
    new Wire(bytes).message(shapes, bytes.length);
  };
}

function shapesOf(type: protobuf.Type, bounds: Bounds, known: Map<protobuf.Type, Shapes>): Shapes {
  const found = known.get(type);
  if (found) return found;
  const shapes: Shapes = new Map();
  known.set(type, shapes); // first: a message may have fields of its own type
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
    const message = new Map([ // a map is repeated messages of a key and a value
      [1, { name: `key of ${name}`, wire: wireOf({ type: field.keyType, resolvedType: null }), repeated: false }],
      [2, { name: `value of ${name}`, wire, repeated: false, message: nested }],
    ]);
    shapes.set(field.id, { name, wire: BYTES, repeated: true, isMap, message, bound });
  }
  return shapes;
}

/** Whether a field is a text or bytes. */
function isSized({ type }: protobuf.Field): boolean {
  return type === "string" || type === "bytes";
}

/** A field's name in the `.proto`; protobufjs makes it one of JavaScript's. */
function contractName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function wireOf({ type, resolvedType }: Pick<protobuf.Field, "type" | "resolvedType">): number {
  if (resolvedType) return resolvedType instanceof protobuf.Type ? BYTES : VARINT;
  return protobuf.types.basic[type as keyof typeof protobuf.types.basic];
}

/** A walk through the bytes of a message, which ends at the first thing that is wrong. */
class Wire {
  readonly #bytes: Uint8Array;
  readonly #sums = new Map<Sum, number>();
  #at = 0;
  /** How many fields it has that nobody knows. */
  #strange = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Passes over a message, and says what it has of each field. */
  message(shapes: Shapes, end: number, depth = 0): Map<Shape, Found> {
    if (depth > MAX_DEPTH) throw new RangeError("its messages are nested too deep");
    const all = new Map<Shape, Found>();
    while (this.#at < end) {
      const { field, wire } = this.#tag(end);
      const shape = shapes.get(field);
      if (!shape) {
        this.#unknown(field, wire, end, 0);
        continue;
      }
      let found = all.get(shape);
      if (!found) all.set(shape, found = { count: 0, from: 0, to: 0 });
      if (wire === shape.wire) this.#element(shape, field, end, depth, found);
      else if (wire === BYTES && shape.repeated) this.#packed(shape, field, end, found);
      else {
        const right = shape.repeated && shape.wire !== BYTES ? `${shape.wire} or ${BYTES}` : shape.wire;
        throw new RangeError(`field ${field} has wire type ${wire} instead of ${right}`);
      }
    }
    return all;
  }

  /** Passes over the content of a field. */
  #element(shape: Shape, field: number, end: number, depth: number, found: Found): void {
    const { bound, isMap, message, wire } = shape;
    this.#count(shape, found);
    if (wire !== BYTES) return this.#skip(field, wire, end, 0);
    const length = this.#length(end);
    found.from = this.#at;
    found.to = this.#at + length;
    if (message) {
      const parts = this.message(message, found.to, depth + 1);
      if (isMap) this.#entry(bound as Entries, parts.get(message.get(1)!), parts.get(message.get(2)!));
    } else {
      if (bound) this.#text(bound as Size | List, found);
      this.#at = found.to;
    }
  }

  /** Passes over elements that are packed into one field. */
  #packed(shape: Shape, field: number, end: number, found: Found): void {
    const length = this.#length(end);
    for (const to = this.#at + length; this.#at < to;) {
      this.#count(shape, found);
      this.#skip(field, shape.wire, to, 0);
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
    if (!("count" in bound)) return this.#hold(bound, from, to);
    const { first, element, sum } = bound;
    if (count === 1 && first) this.#hold(first, from, to);
    else if (element) this.#hold(element, from, to, () => `${capital(element.what)} ${written(count - 1)}`);
    if (sum) this.#add(sum, to - from);
  }

  /** Holds a key and a value to what they may have; either may be missing. */
  #entry({ key, value, pair, sum }: Entries, name = NOTHING, content = NOTHING): void {
    const subject = ({ what }: Size) => () => `The ${what} ${this.#told(name)}`;
    const all = name.to - name.from + 1 + content.to - content.from;
    if (key) this.#hold(key, name.from, name.to, subject(key));
    if (value) this.#hold(value, content.from, content.to, subject(value));
    if (pair) atMost(pair, all, subject(pair));
    if (sum) this.#add(sum, all);
  }

  /** Holds a text to what it may have. */
  #hold(size: Size, from: number, to: number, subject?: () => string): void {
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

  /** The beginning of a text, in quotes. */
  #told({ from, to }: Found): string {
    const text = new TextDecoder().decode(this.#bytes.subarray(from, Math.min(to, from + MAX_TOLD_BYTES)));
    return JSON.stringify(to - from > MAX_TOLD_BYTES ? `${text}…` : text);
  }

  /** Passes over what nobody wants to know. */
  #skip(field: number, wire: number, end: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError("its groups are nested too deep");
    if (wire === VARINT) this.#varint(end, MAX_VARINT);
    else if (wire === FIXED64) this.#pass(8, end);
    else if (wire === FIXED32) this.#pass(4, end);
    else if (wire === BYTES) this.#pass(this.#length(end), end);
    else if (wire === GROUP) {
      for (let next = this.#tag(end); next.wire !== GROUP_END || next.field !== field; next = this.#tag(end)) {
        this.#unknown(next.field, next.wire, end, depth + 1);
      }
    } else throw new RangeError(`field ${field} has wire type ${wire}`);
  }

  #unknown(field: number, wire: number, end: number, depth: number): void {
    if (++this.#strange > MAX_UNKNOWN) throw new RangeError("it has too many fields that the daemon does not know");
    this.#skip(field, wire, end, depth);
  }

  #tag(end: number): { field: number; wire: number } {
    const tag = this.#varint(end, MAX_TAG);
    if (tag < 8 || tag > 0xffff_ffff) throw new RangeError("a field has a number that there cannot be");
    return { field: Math.floor(tag / 8), wire: tag % 8 };
  }

  #length(end: number): number {
    const length = this.#varint(end, MAX_VARINT);
    if (length > end - this.#at) throw new RangeError("it is cut short");
    return length;
  }

  #pass(length: number, end: number): void {
    if (length > end - this.#at) throw new RangeError("it is cut short");
    this.#at += length;
  }

  /** A number, exact as far as a tag or a length can be right. */
  #varint(end: number, most: number): number {
    let value = 0;
    for (let index = 0; index < most; index++) {
      if (this.#at >= end) throw new RangeError("it is cut short");
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 127) * 2 ** (7 * index);
      if (byte < 128) return value;
    }
    throw new RangeError("a number has too many bytes");
  }
}

/** @param subject How its sentence begins, if it is one of several */
function atMost({ what, bytes, of = "", remedy }: Size, has: number, subject = () => `The ${what}`): void {
  if (has <= bytes) return;
  const todo = remedy ? `: ${remedy}` : "";
  throw new BoundError(`${subject()} must have at most ${written(bytes)} bytes${of}, not ${written(has)}${todo}`);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** A number for a person. */
function written(value: number): string {
  return value.toLocaleString("en");
}
