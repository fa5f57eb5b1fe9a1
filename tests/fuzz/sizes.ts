/**
 * Messages for a fuzz that are valid on the wire, and in which texts, lists and maps have just as much as they may, one more,
 * or as much as a message can carry.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import protobuf from "protobufjs";
import { BOUNDS, type Entries, type List, type Size } from "../../proto/wire/bounds.ts";
import type { Choice, Texts } from "./message.ts";
import { delimited, entry, tag, times, VARINT, varint } from "../support/wire/bytes.ts";

/** A message, and what it has too much of. */
export interface SizedMessage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The fields that have more than they may. */
  readonly excess: readonly string[];
  /** What it is made of, for a person: field by field, with the sizes. */
  readonly outline: string;
}

/** So large may a message get: below, about and above what the daemon takes. */
const ROOMS = [1_000_000, 2_900_000, 3_500_000];

/** What a text consists of: a letter, and what somebody may split it at. */
const FILLERS = ["a", ":", "/"];

/** Keys of maps, and what their values consist of: one that somebody splits, one that is a trap, and any. */
const KEYS = { PATH: ":", ["__proto__"]: "a", a: "a" } as const;

/** So long are the keys of a map with many entries. */
const KEY_LENGTH = 8;

/** So many of 1 fields are set, and have a size where there is a usual text. */
const [SET, SIZED] = [0.6, 0.2];

/** A number that most fields may have. */
const SMALL = 1n;

/** Makes messages of any type of the contract. */
export class SizeFuzz {
  readonly #choice: Choice;
  readonly #texts: Texts;
  #room = 0;
  #excess: string[] = [];
  #outline: string[] = [];
  #sum = 0;

  /** @param texts What fields of these names mostly get, or nothing, so that a call comes further than its first check */
  constructor(choice: Choice, texts: Texts) {
    this.#choice = choice;
    this.#texts = texts;
  }

  /** A message of that type. */
  make(type: protobuf.Type): SizedMessage {
    this.#room = this.#choice.of(ROOMS);
    [this.#excess, this.#outline, this.#sum] = [[], [], 0];
    const bytes = this.#message(type);
    return { bytes, excess: this.#excess, outline: this.#outline.join(", ") };
  }

  /** @param nested Whether it is a part of another one: it mostly makes no sense if anything is missing */
  #message(type: protobuf.Type, nested = false): Uint8Array<ArrayBuffer> {
    const parts: Uint8Array[] = [];
    for (const field of type.fieldsArray) {
      if (!nested && !this.#texts[field.name] && !this.#choice.chance(SET)) continue;
      const part = this.#field(type, field.resolve());
      this.#room -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  #field(type: protobuf.Type, field: protobuf.Field): Uint8Array {
    const name = `${type.fullName.slice(1)}.${field.name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    const bound = BOUNDS[name];
    if (bound && "bytes" in bound) {
      const usual = this.#texts[field.name];
      if (!usual || this.#choice.chance(SIZED)) return delimited(field.id, this.#text(name, bound));
      return Buffer.concat(usual().map((text) => delimited(field.id, text)));
    }
    if (field instanceof protobuf.MapField) return this.#map(name, field.id, bound as Entries);
    if (field.resolvedType instanceof protobuf.Type) {
      return delimited(field.id, this.#message(field.resolvedType, true));
    }
    const values = field.resolvedType ? Object.values(field.resolvedType.values).map(BigInt) : [SMALL];
    const value = varint(this.#choice.of(values));
    if (!field.repeated) return Uint8Array.from([...tag(field.id, VARINT), ...value]);
    if (field.type === "string") return this.#list(name, field.id, bound as List, this.#texts[field.name]);
    const count = this.#count(name, bound as List, 1); // of an enum: the same one all the time
    const packed = times(count, Uint8Array.from(value));
    return this.#choice.chance(0.5)
      ? delimited(field.id, packed)
      : times(Math.min(count, this.#room / 2), Uint8Array.from([...tag(field.id, VARINT), ...value]));
  }

  /** A list of texts: few with a size, or many. */
  #list(name: string, id: number, bound: List, usual: Texts[string] | undefined): Uint8Array {
    const first = usual && this.#choice.chance(0.5) ? utf8(usual()[0]!) : this.#text(`${name}[0]`, bound.first!);
    const parts = [delimited(id, first)];
    this.#add(name, bound, first.length);
    if (this.#choice.chance(0.3)) {
      const text = new Uint8Array(this.#choice.of([0, 1, 30])).fill(97);
      const element = delimited(id, text);
      const count = this.#count(name, bound, element.length);
      parts.push(times(count - 1, element));
      this.#add(name, bound, text.length, count - 1);
    } else if (this.#choice.chance(0.5)) {
      const text = this.#text(`${name}[1]`, bound.element!);
      const count = Math.max(1, Math.min(this.#choice.of([1, 15, 30]), Math.floor(this.#room / (text.length + 9))));
      parts.push(times(count, delimited(id, text)));
      this.#add(name, bound, text.length, count);
    }
    return Buffer.concat(parts);
  }

  /** A map: one entry with a size, or many. */
  #map(name: string, id: number, bound: Entries): Uint8Array {
    if (this.#choice.chance(0.3)) {
      const count = this.#count(name, bound, 16);
      const same = this.#choice.chance(0.5);
      this.#add(name, bound, KEY_LENGTH + 1, count);
      const key = (number: number) => `${number}`.padStart(KEY_LENGTH, "k");
      return same
        ? times(count, entry(id, key(0), ""))
        : Buffer.concat(Array.from({ length: count }, (_, number) => entry(id, key(number), "")));
    }
    const [key, filler] = this.#choice.of(Object.entries(KEYS));
    if (bound.pair) {
      const value = this.#text(name, { ...bound.pair, bytes: bound.pair.bytes - key.length - 1 }, filler);
      this.#add(name, bound, key.length + 1 + value.length);
      return entry(id, key, value);
    }
    if (!this.#choice.chance(SIZED)) return entry(id, "a", "b");
    if (this.#choice.chance(0.5)) return entry(id, "a", this.#text(`value of ${name}`, bound.value!));
    return entry(id, this.#text(`key of ${name}`, bound.key!), "");
  }

  /** A text with a size. */
  #text(name: string, { bytes: most, path }: Size, filler = this.#choice.of(FILLERS)): Uint8Array {
    const choice = this.#choice;
    const large = choice.of([2 * most, 60_000, 1_000_000, Infinity]);
    const size = Math.max(0, Math.min(choice.of([1, most - 1, most, most + 1, large, large]), this.#room - 100));
    const longest = filler.includes("/") ? 1 : size;
    if (size > most || (path && longest > 255)) this.#excess.push(name);
    this.#outline.push(`${name} ${size} × ${JSON.stringify(filler)}`);
    return times(Math.ceil(size / filler.length), utf8(filler)).subarray(0, size);
  }

  /** How many elements of so many bytes. */
  #count(name: string, { count: most }: List | Entries, bytes: number): number {
    const fit = Math.floor((this.#room - 100) / bytes);
    const count = Math.max(1, Math.min(this.#choice.of([1, most - 1, most, most + 1, 60_000, fit, fit]), fit));
    if (count > most) this.#excess.push(name);
    this.#outline.push(`${name} × ${count}`);
    return count;
  }

  /** Counts what several fields have together. */
  #add(name: string, { sum }: List | Entries, bytes: number, count = 1): void {
    if (!sum) return;
    this.#sum += (bytes + sum.each) * count;
    if (this.#sum > sum.bytes) this.#excess.push(`${name} with others`);
  }
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
