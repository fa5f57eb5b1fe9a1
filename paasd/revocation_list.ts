/**
 * Certificate revocation lists (RFC 5280, section 5), which the runtime ignores.
 *
 * Not by a library: the one at hand refuses lists of more than some thousand entries, takes a quarter of a second to load
 * and 22 MiB, and each process that the daemon starts pays for its size.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { verify, type X509Certificate } from "node:crypto";
import { type ClientCertificate, readCertificate, toSerial } from "./certificate.ts";
import { type Element, elements, Tag } from "./der.ts";
import { StartError } from "./errors.ts";

/** What the lists of a file say. */
export interface Revocations {
  /** Whether they name a certificate. */
  has(certificate: Pick<ClientCertificate, "issuer" | "serial">): boolean;
  /** When the first of them is out of date, in milliseconds since the Unix epoch. */
  readonly nextUpdate: number;
}

/** Hashes by the algorithms that a list can be signed with, by the contents of their object identifiers in DER. */
const HASHES = new Map<string, string | null>([
  ["2a8648ce3d040302", "sha256"], // 1.2.840.10045.4.3.2, ecdsa-with-SHA256
  ["2a8648ce3d040303", "sha384"],
  ["2a8648ce3d040304", "sha512"],
  ["2a864886f70d01010b", "sha256"], // 1.2.840.113549.1.1.11, sha256WithRSAEncryption
  ["2a864886f70d01010c", "sha384"],
  ["2a864886f70d01010d", "sha512"],
  ["2b6570", null], // 1.3.101.112, Ed25519
]);

/** `[0] EXPLICIT`: the extensions of a list. */
const EXTENSIONS = 0xa0;

/**
 * Reads a file of lists: one in DER, or any number in PEM.
 *
 * @param authorities The client CAs: each list must be signed by one of them.
 * @throws {StartError} when one cannot be used, with the reason. None of the others counts then.
 */
export function parseRevocations(
  bytes: Uint8Array,
  path: string,
  authorities: readonly X509Certificate[],
  now = Date.now(),
): Revocations {
  const revoked = new Map<string, Set<string>>(); // serial numbers by issuer
  let nextUpdate = Infinity;
  const lists = toDer(bytes);
  if (lists.length === 0) throw new StartError(`Cannot find a revocation list in ${path}: it must be PEM or DER`);
  for (const [index, der] of lists.entries()) {
    try {
      const list = readList(der);
      if (list.thisUpdate > now) {
        throw new RangeError(`it is not valid before ${iso(list.thisUpdate)}: check the clock`);
      }
      if (list.nextUpdate <= now) {
        throw new RangeError(`it was to be replaced by ${iso(list.nextUpdate)}: get a new one`);
      }
      const signers = authorities.filter((authority) => isSignedBy(list, authority));
      if (signers.length === 0) throw new RangeError("it is not signed by a client CA (--client-ca)");
      // What a CA has signed is about the certificates that it has issued, however the list spells its name.
      for (const issuer of signers.map(({ raw }) => keyOf(readCertificate(raw).subject))) {
        revoked.set(issuer, (revoked.get(issuer) ?? new Set()).union(new Set(list.serials)));
      }
      nextUpdate = Math.min(nextUpdate, list.nextUpdate);
    } catch (error) {
      const which = lists.length > 1 ? `list ${index + 1} of ${path}` : `the list ${path}`;
      throw new StartError(`Cannot use ${which} (--crl): ${(error as Error).message}`);
    }
  }
  return { has: ({ issuer, serial }) => revoked.get(keyOf(issuer))?.has(serial) ?? false, nextUpdate };
}

function keyOf(name: Uint8Array): string {
  return Buffer.from(name).toString("base64");
}

function toDer(bytes: Uint8Array): Uint8Array[] {
  if (bytes[0] === Tag.SEQUENCE) return [bytes];
  const text = new TextDecoder().decode(bytes);
  const begun = text.split("-----BEGIN X509 CRL-----").length - 1;
  const blocks = [...text.matchAll(/-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g)];
  // A file that was cut short must not count as one with fewer lists.
  return begun === blocks.length ? blocks.map(([, base64]) => Buffer.from(base64!, "base64")) : [];
}

/** What is needed of a list. Times are in milliseconds since the Unix epoch. */
interface List {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly serials: readonly string[];
  /** What is signed. */
  readonly signed: Uint8Array;
  readonly hash: string | null;
  readonly signature: Uint8Array;
}

function readList(der: Uint8Array): List {
  const whole = [...elements(der)];
  if (whole.length !== 1 || whole[0]!.tag !== Tag.SEQUENCE) throw new RangeError("it is no revocation list");
  const [body, algorithm, signature] = elements(whole[0]!.content);
  if (!body || !algorithm || signature?.tag !== Tag.BIT_STRING) throw new RangeError("it is no revocation list");
  const parts = [...elements(body.content)];
  if (parts[0]?.tag === Tag.INTEGER) parts.shift(); // the version
  const [inner, , thisUpdate, ...rest] = parts;
  if (!inner || !thisUpdate) throw new RangeError("it is no revocation list");
  const nextUpdate = isTime(rest[0]) ? rest.shift() : undefined;
  if (!nextUpdate) throw new RangeError("it does not say when the next one comes");
  const entries = rest[0]?.tag === Tag.SEQUENCE ? rest.shift() : undefined;
  const extensions = rest.find(({ tag }) => tag === EXTENSIONS);
  // Delta lists, and lists of one part or of other CAs: to read one as if it said everything would be wrong.
  for (const { content } of extensions ? elements(extensions.content) : []) refuseCritical(content);
  const oid = elements(algorithm.content).next().value?.content.toHex() ?? "";
  const hash = HASHES.get(oid);
  if (hash === undefined || !equal(inner.raw, algorithm.raw)) {
    throw new RangeError("it is signed with an algorithm that is not known here: use ECDSA, RSA (PKCS #1) or Ed25519");
  }
  return {
    thisUpdate: toTime(thisUpdate),
    nextUpdate: toTime(nextUpdate),
    serials: entries ? [...serialsIn(entries.content)] : [],
    signed: body.raw,
    hash,
    signature: signature.content.subarray(1), // the number of unused bits stands before it
  };
}

function* serialsIn(entries: Uint8Array): Generator<string> {
  for (const { content } of elements(entries)) {
    const [serial, , extensions] = elements(content);
    if (serial?.tag !== Tag.INTEGER) throw new RangeError("it has an entry that is none");
    if (extensions) refuseCritical(extensions.content);
    yield toSerial(serial.content);
  }
}

function refuseCritical(extensions: Uint8Array): void {
  for (const { content } of elements(extensions)) {
    const critical = [...elements(content)].find(({ tag }) => tag === Tag.BOOLEAN);
    if (critical && critical.content[0] !== 0) {
      throw new RangeError("it has a critical extension: give a complete list of each CA, no delta or partial one");
    }
  }
}

function isSignedBy({ signed, hash, signature }: List, { publicKey }: X509Certificate): boolean {
  try {
    return verify(hash, signed, publicKey, signature);
  } catch {
    return false; // a key of another kind
  }
}

function isTime(element: Element | undefined): boolean {
  return element?.tag === Tag.UTC_TIME || element?.tag === Tag.GENERALIZED_TIME;
}

/** A time as RFC 5280 has them: to the second, in UTC; a year of two digits is from 1950 to 2049. */
function toTime({ tag, content }: Element): number {
  const text = Buffer.from(content).toString();
  const long = tag === Tag.GENERALIZED_TIME ? text : `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}`;
  const time = Date.parse(long.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!isTime({ tag, content, raw: content }) || Number.isNaN(time)) throw new RangeError("it has a time that is none");
  return time;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
