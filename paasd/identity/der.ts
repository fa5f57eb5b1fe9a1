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

/** `[3] EXPLICIT`: the tag of the extensions of a TBSCertificate. */
export const CERTIFICATE_EXTENSIONS = 0xa3;

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

/** Tells whether an element is a time. */
export function isTime(element: Element | undefined): element is Element {
  return element?.tag === Tag.UTC_TIME || element?.tag === Tag.GENERALIZED_TIME;
}

/**
 * Reads a time by RFC 5280: to the second, in UTC; a year of two digits is from 1950 to 2049.
 *
 * @returns Milliseconds since the Unix epoch; `NaN` if the element cannot be read.
 */
export function toTime(element: Element): number {
  if (!isTime(element)) return NaN;
  const text = new TextDecoder().decode(element.content);
  const long = element.tag === Tag.GENERALIZED_TIME ? text : `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}`;
  return Date.parse(long.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

/**
 * Gives the contents of the values of all extensions of one type (RFC 5280, section 4.1). A missing value is empty.
 *
 * @param extensions The SEQUENCE of extensions of a certificate, a revocation list or an entry.
 * @param type The content of an object identifier, in hexadecimal.
 */
export function* valuesOf(extensions: Element | undefined, type: string): Generator<Uint8Array, undefined> {
  for (const { content } of elements(extensions?.content ?? new Uint8Array())) {
    const parts = [...elements(content)];
    if (parts[0]?.tag !== Tag.OBJECT_IDENTIFIER || parts[0].content.toHex() !== type) continue;
    const value = parts.findLast(({ tag }) => tag === Tag.OCTET_STRING); // `critical` may stand before it
    yield at(value?.content, 0)?.content ?? new Uint8Array();
  }
}

function byte(der: Uint8Array, position: number): number {
  const value = der[position];
  if (value === undefined) throw new RangeError("Cannot read DER: it ends in the middle of an element");
  return value;
}
