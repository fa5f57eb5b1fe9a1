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
import { WIRE, WireReader } from "./wire_reader.ts";

/** So deep messages and groups may lie in each other; those of a contract of ours are far from it. */
const MAX_DEPTH = 32;

/** A request may have so many fields that the contract does not: those of a newer one. */
const MAX_UNKNOWN = 1_000;

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
    new Walk(bytes).message(shapes, bytes.length);
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
    shapes.set(field.id, { name, wire: WIRE.bytes, repeated: true, isMap, message, bound });
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
