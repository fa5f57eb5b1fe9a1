/**
 * A reader of DER (ITU-T X.690), for the parts of certificates and revocation lists that `node:crypto` in Deno does not
 * show.
 *
 * @module
 */

/** The tags that the daemon looks for. */
export const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
} as const;

/** One element: a tag, a length and a content. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The whole element, with its tag and length. */
  readonly raw: Uint8Array;
}

/**
 * Gives the elements that follow one another in DER.
 *
 * @throws {RangeError} When an element is cut short.
 */
export function* elements(der: Uint8Array): Generator<Element, undefined> {
  for (let position = 0; position < der.length;) {
    const start = position;
    const tag = byte(der, position++);
    let length = byte(der, position++);
    if (length >= 0x80) { // the long form: the number of bytes that hold the length
      let bytes = length & 0x7f;
      for (length = 0; bytes > 0; bytes--) length = length * 256 + byte(der, position++);
    }
    if (position + length > der.length) throw new RangeError("Cannot read DER: an element is cut short");
    const content = der.subarray(position, position += length);
    yield { tag, content, raw: der.subarray(start, position) };
  }
}

/** Gives the element at an index. */
export function at(der: Uint8Array | undefined, index: number): Element | undefined {
  return der && elements(der).drop(index).next().value;
}

function byte(der: Uint8Array, position: number): number {
  const value = der[position];
  if (value === undefined) throw new RangeError("Cannot read DER: it ends in the middle of an element");
  return value;
}
