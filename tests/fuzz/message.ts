/**
 * Messages for a fuzz: valid ones, and ones that are wrong in the ways that a protobuf message can be wrong.
 *
 * @module
 */
import protobuf from "protobufjs";
import { type Random, seeded } from "../support/random.ts";
import { BYTES, FIXED32, FIXED64, GROUP, GROUP_END, tag, VARINT, varint } from "../support/wire/bytes.ts";

/** Choices that are the same for the same seed. */
export class Choice {
  readonly #random: Random;

  constructor(readonly seed: number) {
    this.#random = seeded(seed);
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  /** Yes, in so many of 1 cases. */
  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** One of these. */
  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Bytes of any kind. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

const INTEGERS = [0n, 1n, 2n, 9n, 15n, 80n, 1_000n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n];
/** What a negative number and what is too large look like as a varint. */
const EXTREMES = [2n ** 64n - 1n, 2n ** 63n, 2n ** 64n - 2n ** 31n, 2n ** 64n - 1_000_000_000n];
const TEXTS = [
  "",
  "1",
  "a-1",
  "\0",
  "1\0",
  "/",
  "/tmp",
  "..",
  "=",
  "A=B",
  "__proto__",
  "constructor",
  "\u2028",
  "🙂",
  "\n",
];
const BAD_UTF8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80], [0x80]];

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

function delimited(field: number, bytes: readonly number[]): number[] {
  return [...tag(field, BYTES), ...varint(BigInt(bytes.length)), ...bytes];
}

/** What a field is given: texts for a `string`, all of them where it is repeated. */
export type Texts = Record<string, () => string[]>;

/** Makes messages of any type of a contract. */
export class MessageFuzz {
  readonly #choice: Choice;
  readonly #texts: Texts;

  /** @param texts What fields of these names mostly get, so that a call comes further than its first check */
  constructor(choice: Choice, texts: Texts) {
    this.#choice = choice;
    this.#texts = texts;
  }

  /** The bytes of a message: of three one is valid on the wire, one has wrong fields, and one is broken anywhere. */
  make(type: protobuf.Type): Uint8Array<ArrayBuffer> {
    const kind = this.#choice.below(3);
    const bytes = this.#message(type, kind === 0 ? 0 : 0.2);
    return Uint8Array.from(kind === 2 ? this.#broken(bytes) : bytes);
  }

  #message(type: protobuf.Type, wildness: number): number[] {
    const choice = this.#choice;
    const parts: number[][] = [];
    for (const field of type.fieldsArray) {
      const texts = this.#texts[field.name];
      // Of many fields, that each may be refused, few are set.
      if (!choice.chance(texts ? 0.95 : 1 / Math.max(1.5, type.fieldsArray.length / 2))) continue;
      const times = field.repeated || field.map ? choice.below(4) : 1;
      if (texts) parts.push(...texts().map((text) => this.#wild(field.id, BYTES, utf8(text), wildness)));
      else parts.push(...Array.from({ length: times }, () => this.#field(field.resolve(), wildness)));
    }
    if (choice.chance(wildness)) parts.push(this.#unknown());
    return parts.flat();
  }

  #field(field: protobuf.Field, wildness: number): number[] {
    const choice = this.#choice;
    if (field instanceof protobuf.MapField) {
      const entry = [...delimited(1, this.#text(wildness)), ...delimited(2, this.#text(wildness))];
      return this.#wild(field.id, BYTES, entry, wildness);
    }
    if (field.resolvedType instanceof protobuf.Type) {
      return this.#wild(field.id, BYTES, this.#message(field.resolvedType, wildness), wildness);
    }
    if (field.type === "string") return this.#wild(field.id, BYTES, this.#text(wildness), wildness);
    if (field.type === "bytes") return this.#wild(field.id, BYTES, [...choice.bytes(choice.below(2_000))], wildness);
    if (field.resolvedType) {
      const known = Object.values(field.resolvedType.values).map(BigInt);
      return this.#wild(field.id, VARINT, varint(choice.of(choice.chance(wildness) ? EXTREMES : known)), wildness);
    }
    return this.#wild(field.id, VARINT, varint(choice.of(choice.chance(0.3) ? EXTREMES : INTEGERS)), wildness);
  }

  #text(wildness: number): number[] {
    const text = utf8(this.#choice.of(TEXTS));
    if (this.#choice.chance(0.05)) return Array(this.#choice.of([64, 129, 256, 5_000])).fill(0x37);
    return this.#choice.chance(wildness) ? [...text, ...this.#choice.of(BAD_UTF8)] : text;
  }

  /** A field, as it should be or in another wire type, with a wrong length, or many times. */
  #wild(field: number, wire: number, content: readonly number[], wildness: number): number[] {
    const choice = this.#choice;
    const right = wire === BYTES ? delimited(field, content) : [...tag(field, wire), ...content];
    if (!choice.chance(wildness)) return right;
    switch (choice.below(6)) {
      case 0: // the content of one wire type under the name of another one
        return [...tag(field, choice.below(8)), ...right.slice(tag(field, wire).length)];
      case 1: // another wire type, in itself as it should be
        return this.#any(field, choice.of([VARINT, FIXED64, BYTES, GROUP, FIXED32]));
      case 2: // a length that is not so
        return [
          ...tag(field, BYTES),
          ...varint(BigInt(content.length) + choice.of([1n, 100n, 2n ** 31n, 2n ** 32n, 2n ** 63n])),
          ...content,
        ];
      case 3: // a varint that is too long
        return [...tag(field, wire), ...Array(choice.of([5, 10, 11, 20])).fill(0xff), 0x01];
      case 4:
        return Array.from({ length: choice.of([2, 10, 200]) }, () => right).flat();
      default: // a group that nobody ends, or that ends as another one
        return [...tag(field, GROUP), ...(choice.chance(0.5) ? tag(field + 1, GROUP_END) : [])];
    }
  }

  /** A well-formed field that nobody knows, or one that nobody may send. */
  #unknown(): number[] {
    const choice = this.#choice;
    const field = choice.of([0, 99, 18_999, 19_000, 536_870_911]);
    switch (choice.below(4)) {
      case 0: {
        const depth = choice.of([1, 50, 101, 5_000]);
        const end = choice.chance(0.8) ? depth : depth - 1;
        return [...Array(depth).fill(tag(field, GROUP)).flat(), ...Array(end).fill(tag(field, GROUP_END)).flat()];
      }
      case 1:
        return Array.from({ length: choice.of([1, 1_000]) }, () => this.#any(field, VARINT)).flat();
      default:
        return this.#any(field, choice.of([VARINT, FIXED64, BYTES, GROUP, FIXED32]));
    }
  }

  #any(field: number, wire: number): number[] {
    const choice = this.#choice;
    const content = {
      [VARINT]: () => varint(choice.of([...INTEGERS, ...EXTREMES])),
      [FIXED64]: () => [...choice.bytes(8)],
      [GROUP]: () => tag(field, GROUP_END),
      [FIXED32]: () => [...choice.bytes(4)],
    }[wire];
    return content ? [...tag(field, wire), ...content()] : delimited(field, [...choice.bytes(choice.below(40))]);
  }

  /** Cut, flipped, grown or doubled anywhere; or nothing but noise. */
  #broken(bytes: readonly number[]): number[] {
    const choice = this.#choice;
    const at = choice.below(bytes.length + 1);
    switch (choice.below(5)) {
      case 0:
        return bytes.slice(0, at);
      case 1:
        return bytes.map((byte) => choice.chance(0.05) ? byte ^ (1 << choice.below(8)) : byte);
      case 2:
        return [...bytes.slice(0, at), ...choice.bytes(choice.below(20)), ...bytes.slice(at)];
      case 3:
        return [...bytes, ...bytes.slice(at)];
      default:
        return [...choice.bytes(choice.below(300))];
    }
  }
}

/**
 * The texts of a `repeated string` field, read as the encoding of protobuf says and not by the library that the daemon
 * uses; `undefined` for bytes that are no message.
 */
export function readTexts(message: Uint8Array, wanted: number): string[] | undefined {
  const texts: string[] = [];
  const open: number[] = [];
  let at = 0;
  const readVarint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("cut short");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new RangeError("too long");
  };
  try {
    while (at < message.length) {
      const head = readVarint();
      const [field, wire] = [Number(head >> 3n), Number(head & 7n)];
      if (field === 0 || head >= 2n ** 32n) return undefined;
      if (wire === VARINT) readVarint();
      else if (wire === FIXED64) at += 8;
      else if (wire === FIXED32) at += 4;
      else if (wire === GROUP) open.push(field);
      else if (wire === GROUP_END) {
        if (open.pop() !== field) return undefined;
      } else if (wire === BYTES) {
        const length = readVarint();
        if (length > BigInt(message.length - at)) return undefined;
        const content = message.subarray(at, at += Number(length));
        if (field === wanted && open.length === 0) {
          texts.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content));
        }
      } else return undefined;
    }
  } catch {
    return undefined;
  }
  return at === message.length && open.length === 0 ? texts : undefined;
}
