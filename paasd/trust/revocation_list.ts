/**
 * Certificate revocation lists (RFC 5280, section 5), which the runtime ignores.
 *
 * No library reads them here: the one at hand refuses lists of more than some thousand entries, takes a quarter of a
 * second to load and 22 MiB, and each process that the daemon starts pays for its size.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type ClientCertificate, toSerial } from "../identity/certificate.ts";
import type { ClientCa } from "./client_ca.ts";
import { at, type Element, elements, isTime, Tag, toTime } from "../identity/der.ts";
import { StartError } from "../errors.ts";
import { textOf } from "../files/regular_file.ts";
import { isSame, isSignedBy, readSigned, type Signed } from "../identity/signature.ts";

/** The content of the lists of a file. */
export interface Revocations {
  /** Tells whether the lists name a certificate. */
  has(certificate: Pick<ClientCertificate, "issuer" | "serial">): boolean;
  /** Tells whether there is a list of a CA. */
  isOf(ca: ClientCa): boolean;
  /** Time when the first list is out of date, in milliseconds since the Unix epoch. */
  readonly nextUpdate: number;
  /** Time when that list was issued, in milliseconds since the Unix epoch. */
  readonly thisUpdate: number;
  /** Numbers and issuers of the lists that do not count, for no client CA has their name or has signed them. */
  readonly passedOver: readonly { readonly list: number; readonly issuer: string }[];
}

/** `[0] EXPLICIT`: the tag of the extensions of a list. */
const EXTENSIONS = 0xa0;

/**
 * Reads a file of lists: one in DER, or any number in PEM. A list of another CA than the client CAs is passed over, so
 * that a CA and its list can come and go in any order.
 *
 * @param authorities The client CAs.
 * @throws {StartError} When a list of a client CA cannot be used, with the reason, or there is none. Then no list
 * counts.
 */
export function parseRevocations(
  bytes: Uint8Array,
  path: string,
  authorities: Iterable<ClientCa>,
  now = Date.now(),
): Revocations {
  const cas = [...authorities];
  const revoked = new Map<string, Set<string>>(); // serial numbers by issuer
  const passedOver: { list: number; issuer: string }[] = [];
  let [thisUpdate, nextUpdate] = [-Infinity, Infinity];
  const lists = toDer(bytes, path);
  if (lists.length === 0) throw new StartError(`Cannot find a revocation list in ${path}: it must be PEM or DER`);
  for (const [index, der] of lists.entries()) {
    try {
      const list = readList(der);
      const signers = cas.filter(({ x509 }) => isSignedBy(list, x509.publicKey));
      const foreign = signers.length === 0 && !cas.some(({ own }) => isSame(own.subject, list.issuer.raw));
      if (foreign) {
        passedOver.push({ list: index + 1, issuer: valuesIn(list.issuer) });
        continue;
      }
      refuseUnknown(list);
      if (signers.length === 0) throw new RangeError("it is not signed by a client CA (--client-ca)");
      if (list.thisUpdate > now) {
        throw new RangeError(`it is not valid before ${iso(list.thisUpdate)}: check the clock`);
      }
      if (list.nextUpdate <= now) {
        throw new RangeError(`it was to be replaced by ${iso(list.nextUpdate)}: get a new one`);
      }
      // A list is about the certificates of the CA that has signed it, however the list spells its name.
      for (const issuer of signers.map(({ own }) => keyOf(own.subject))) {
        revoked.set(issuer, (revoked.get(issuer) ?? new Set()).union(new Set(list.serials())));
      }
      if (list.nextUpdate < nextUpdate) ({ thisUpdate, nextUpdate } = list);
    } catch (error) {
      const which = lists.length > 1 ? `list ${index + 1} of ${path}` : `the list ${path}`;
      throw new StartError(`Cannot use ${which} (--crl): ${(error as Error).message}`);
    }
  }
  if (revoked.size === 0) {
    throw new StartError(`Cannot use ${path} (--crl): none of its lists is signed by a client CA (--client-ca)`);
  }
  return {
    has: ({ issuer, serial }) => revoked.get(keyOf(issuer))?.has(serial) ?? false,
    isOf: ({ own }) => revoked.has(keyOf(own.subject)),
    nextUpdate,
    thisUpdate,
    passedOver,
  };
}

function keyOf(name: Uint8Array): string {
  return Buffer.from(name).toString("base64");
}

function toDer(bytes: Uint8Array, path: string): Uint8Array[] {
  if (bytes[0] === Tag.SEQUENCE) return [bytes];
  let text: string;
  try {
    text = textOf(bytes);
  } catch (error) {
    throw new StartError(`Cannot use ${path} (--crl): ${(error as Error).message}`);
  }
  const begun = text.split("-----BEGIN X509 CRL-----").length - 1;
  const blocks = [...text.matchAll(/-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g)];
  // A file that was cut short must not count as one with fewer lists.
  return begun === blocks.length ? blocks.map(([, base64]) => Buffer.from(base64!, "base64")) : [];
}

/** The parts of a list. Times are in milliseconds since the Unix epoch. */
interface List extends Signed {
  readonly issuer: Element;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Gives the serial numbers of the certificates that the list names. */
  serials(): Iterable<string>;
  readonly extensions: Element | undefined;
  /** The algorithm, as the signed body has it. */
  readonly inner: Element;
}

function readList(der: Uint8Array): List {
  const signed = readSigned(der);
  const parts = [...elements(signed.body.content)];
  if (parts[0]?.tag === Tag.INTEGER) parts.shift(); // the version
  const [inner, issuer, thisUpdate, ...rest] = parts;
  if (!inner || !issuer || !thisUpdate) throw new RangeError("it is no revocation list");
  const nextUpdate = isTime(rest[0]) ? rest.shift() : undefined;
  if (!nextUpdate) throw new RangeError("it has no time of its next update");
  const entries = rest[0]?.tag === Tag.SEQUENCE ? rest.shift() : undefined;
  return {
    ...signed,
    inner,
    issuer,
    thisUpdate: readTime(thisUpdate),
    nextUpdate: readTime(nextUpdate),
    serials: () => entries ? serialsIn(entries.content) : [],
    extensions: rest.find(({ tag }) => tag === EXTENSIONS),
  };
}

/** Refuses lists that this reader would misunderstand. */
function refuseUnknown({ extensions, scheme, inner, algorithm }: List): void {
  // A critical extension marks delta lists, and lists of one part or of other CAs: to read these as complete would be
  // wrong.
  for (const { content } of extensions ? elements(extensions.content) : []) refuseCritical(content);
  if (!scheme || !isSame(inner.raw, algorithm.raw)) {
    throw new RangeError("it is signed with an unknown algorithm: use ECDSA, RSA or Ed25519 with SHA-2");
  }
}

function* serialsIn(entries: Uint8Array): Generator<string> {
  for (const { content } of elements(entries)) {
    const [serial, , extensions] = elements(content);
    if (serial?.tag !== Tag.INTEGER) throw new RangeError("it has an entry that cannot be read");
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

/** Gives the values in a name, for people. */
function valuesIn({ content }: Element): string {
  const attributes = [...elements(content)].flatMap((set) => [...elements(set.content)]);
  return attributes.map((attribute) => Buffer.from(at(attribute.content, 1)?.content ?? []).toString()).join(", ");
}

function readTime(element: Element): number {
  const time = toTime(element);
  if (Number.isNaN(time)) throw new RangeError("it has a time that cannot be read");
  return time;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
