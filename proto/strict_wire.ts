/**
 * Says what is wrong with the encoding of a message, before protobufjs decodes it: that reads a field of a wrong wire type
 * as if it had the right one, and takes groups that end anywhere, so the daemon would see, and run, what nobody has sent
 * (https://protobuf.dev/programming-guides/encoding/#structure). A parser may also pass over a field of a wrong wire type;
 * here it is refused, because whoever sends it means something else than this contract.
 *
 * @module
 */
import protobuf from "protobufjs";

const [VARINT, FIXED64, BYTES, GROUP, GROUP_END, FIXED32] = [0, 1, 2, 3, 4, 5] as const;

/** So deep messages and groups may lie in each other; those of a contract of ours are far from it. */
const MAX_DEPTH = 32;

/** A varint has at most so many bytes, a tag so many. */
const [MAX_VARINT, MAX_TAG] = [10, 5];

/** What a field must look like. */
interface Shape {
  wires: readonly number[];
  message?: Shapes | undefined;
}

type Shapes = Map<number, Shape>;

const known = new WeakMap<protobuf.Type, Shapes>();

/**
 * Checks the bytes of a message.
 *
 * @throws {RangeError} when they are not the encoding of one of that type.
 */
export function checkWire(type: protobuf.Type, bytes: Uint8Array): void {
  new Wire(bytes).message(shapesOf(type), bytes.length);
}

function shapesOf(type: protobuf.Type): Shapes {
  const found = known.get(type);
  if (found) return found;
  const shapes: Shapes = new Map();
  known.set(type, shapes); // first: a message may have fields of its own type
  for (const field of type.fieldsArray as (protobuf.Field | protobuf.MapField)[]) {
    field.resolve();
    shapes.set(field.id, field instanceof protobuf.MapField ? entryOf(field) : shapeOf(field));
  }
  return shapes;
}

/** A map is repeated messages of a key and a value. */
function entryOf(field: protobuf.MapField): Shape {
  return { wires: [BYTES], message: new Map([[1, { wires: [wireOf(field.keyType)] }], [2, shapeOf(field)]]) };
}

function shapeOf({ resolvedType, repeated, type }: Pick<protobuf.Field, "resolvedType" | "repeated" | "type">): Shape {
  if (resolvedType instanceof protobuf.Type) return { wires: [BYTES], message: shapesOf(resolvedType) };
  const wire = resolvedType ? VARINT : wireOf(type);
  return { wires: repeated && wire !== BYTES ? [wire, BYTES] : [wire] }; // one by one, or packed
}

function wireOf(scalar: string): number {
  return protobuf.types.basic[scalar as keyof typeof protobuf.types.basic];
}

/** A walk through the bytes of a message. */
class Wire {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(shapes: Shapes, end: number, depth = 0): void {
    if (depth > MAX_DEPTH) throw new RangeError("its messages are nested too deep");
    while (this.#at < end) {
      const { field, wire } = this.#tag(end);
      const shape = shapes.get(field);
      if (shape && !shape.wires.includes(wire)) {
        throw new RangeError(`field ${field} has wire type ${wire} instead of ${shape.wires.join(" or ")}`);
      }
      if (shape?.message) {
        const length = this.#length(end);
        this.message(shape.message, this.#at + length, depth + 1);
      } else this.#skip(field, wire, end, 0);
    }
  }

  #skip(field: number, wire: number, end: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError("its groups are nested too deep");
    if (wire === VARINT) this.#varint(end, MAX_VARINT);
    else if (wire === FIXED64) this.#pass(8, end);
    else if (wire === FIXED32) this.#pass(4, end);
    else if (wire === BYTES) this.#pass(this.#length(end), end);
    else if (wire === GROUP) {
      for (let next = this.#tag(end); next.wire !== GROUP_END || next.field !== field; next = this.#tag(end)) {
        this.#skip(next.field, next.wire, end, depth + 1);
      }
    } else throw new RangeError(`field ${field} has wire type ${wire}`);
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
