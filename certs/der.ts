/**
 * A writer of DER (ITU-T X.690), as far as revocation lists need it. The reader of the daemon is `paasd/identity/der.ts`.
 *
 * @module
 */

/** An element: its tag, its length and its parts. */
export function element(tag: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const header = [tag, ...lengthOf(size)];
  const bytes = new Uint8Array(header.length + size);
  bytes.set(header);
  let at = header.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A SEQUENCE of parts. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x30, parts);
}

/** An INTEGER from a number without a sign, most significant byte first. */
export function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return element(0x02, digits[0]! >= 0x80 ? [Uint8Array.of(0), digits] : [digits]);
}

/** An OBJECT IDENTIFIER, as in `objectIdentifier("2.5.4.3")`. */
export function objectIdentifier(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((arc) => {
    const groups = [arc & 0x7f];
    while ((arc = Math.floor(arc / 128)) > 0) groups.unshift(arc & 0x7f | 0x80);
    return groups;
  });
  return element(0x06, [Uint8Array.from(bytes)]);
}

/** A BIT STRING of whole bytes. */
export function bitString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x03, [Uint8Array.of(0), bytes]);
}

/** A time as RFC 5280 requires it: to the second, and with two digits for a year up to 2049. */
export function time(date: Date): Uint8Array<ArrayBuffer> {
  const digits = date.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(/[-:T]/g, "");
  const short = date.getUTCFullYear() < 2050;
  return element(short ? 0x17 : 0x18, [new TextEncoder().encode(short ? digits.slice(2) : digits)]);
}

/** Something signed with ECDSA on P-256 and SHA-256: the body, the algorithm, and the signature. */
export async function signed(body: Uint8Array<ArrayBuffer>, key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  // WebCrypto gives the two numbers of a signature side by side.
  const numbers = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, body));
  const half = numbers.length / 2;
  const signature = sequence(integer(numbers.subarray(0, half)), integer(numbers.subarray(half)));
  return sequence(body, ECDSA_WITH_SHA256, bitString(signature));
}

/** DER as PEM. */
export function pem(label: string, der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** The AlgorithmIdentifier of ecdsa-with-SHA256. */
export const ECDSA_WITH_SHA256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));

function lengthOf(size: number): number[] {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
