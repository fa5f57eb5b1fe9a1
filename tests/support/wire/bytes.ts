/**
 * The wire format of protobuf by hand, for messages that no library makes, or none so large.
 *
 * @see https://protobuf.dev/programming-guides/encoding/#structure
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Wire types. */
export const [VARINT, FIXED64, BYTES, GROUP, GROUP_END, FIXED32] = [0, 1, 2, 3, 4, 5] as const;

/** Encodes a number as a varint. */
export function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  return [...bytes, Number(value)];
}

/** Encodes the tag of a field. */
export function tag(field: number, wire: number): number[] {
  return varint((BigInt(field) << 3n) | BigInt(wire));
}

/** Encodes a field of bytes, of text, or of a message. */
export function delimited(field: number, content: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return Buffer.concat([Uint8Array.from([...tag(field, BYTES), ...varint(BigInt(bytes.length))]), bytes]);
}

/** Encodes an entry of a map of texts. */
export function entry(field: number, key: Uint8Array | string, value: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return delimited(field, Buffer.concat([delimited(1, key), delimited(2, value)]));
}

/** Repeats bytes. */
export function times(count: number, part: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(part.length * count);
  for (let at = 0; at < whole.length; at += part.length) whole.set(part, at);
  return whole;
}
