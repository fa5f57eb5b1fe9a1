/**
 * What a certificate may be used for (RFC 5280, section 4.2.1.12), which `node:crypto` in Deno does not tell.
 *
 * @module
 */

/** Contents of the object identifiers, in DER. */
const EXTENDED_KEY_USAGE = "551d25"; // 2.5.29.37
const CLIENT_AUTH = "2b06010505070302"; // 1.3.6.1.5.5.7.3.2

const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
/** `[3] EXPLICIT`: where a TBSCertificate keeps its extensions. */
const EXTENSIONS = 0xa3;

/**
 * Whether a certificate says by its extended key usage that it is for clients. One without that extension does not.
 *
 * @param certificate In DER.
 * @throws {RangeError} when it is no DER.
 */
export function isForClients(certificate: Uint8Array): boolean {
  const tbsCertificate = at(at(certificate, 0)?.content, 0)?.content ?? new Uint8Array();
  for (const part of elements(tbsCertificate)) {
    if (part.tag !== EXTENSIONS) continue;
    for (const extension of elements(at(part.content, 0)?.content ?? new Uint8Array())) {
      const parts = [...elements(extension.content)];
      if (parts[0]?.tag !== OBJECT_IDENTIFIER || parts[0].content.toHex() !== EXTENDED_KEY_USAGE) continue;
      const value = parts.findLast(({ tag }) => tag === OCTET_STRING); // an optional `critical` stands between
      const usages = at(value?.content, 0)?.content ?? new Uint8Array();
      return elements(usages).some(({ content }) => content.toHex() === CLIENT_AUTH);
    }
  }
  return false;
}

interface Element {
  tag: number;
  content: Uint8Array;
}

/** The elements that stand one after the other in DER. */
function* elements(der: Uint8Array): Generator<Element, undefined> {
  for (let position = 0; position < der.length;) {
    const tag = byte(der, position++);
    let length = byte(der, position++);
    if (length >= 0x80) { // the long form: the number of bytes that hold the length
      let bytes = length & 0x7f;
      for (length = 0; bytes > 0; bytes--) length = length * 256 + byte(der, position++);
    }
    if (position + length > der.length) throw new RangeError("Cannot read the certificate: an element is cut short");
    yield { tag, content: der.subarray(position, position += length) };
  }
}

function at(der: Uint8Array | undefined, index: number): Element | undefined {
  return der && elements(der).drop(index).next().value;
}

function byte(der: Uint8Array, position: number): number {
  const value = der[position];
  if (value === undefined) throw new RangeError("Cannot read the certificate: it ends in the middle of an element");
  return value;
}
