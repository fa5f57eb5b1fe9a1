/**
 * Certificate revocation lists (RFC 5280, section 5): written, and read to go on from them.
 *
 * Not by `@peculiar/x509`: its time grows with the square of the entries (3,000 take 11 s), and it cannot read that many.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { at, type Element, elements, isTime, Tag, toTime, valuesOf } from "../paasd/identity/der.ts";
import { isSignedBy, readSigned } from "../paasd/identity/signature.ts";
import * as der from "./der.ts";

/** Why a certificate was revoked, by the names of RFC 5280, with their numbers. */
export const REASONS = {
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
} as const;

/** The name of a reason. */
export type Reason = keyof typeof REASONS;

/** One revoked certificate. */
export interface Revocation {
  /** Its serial number, in lower-case hexadecimal without leading zeros. */
  readonly serial: string;
  readonly date: Date;
  readonly reason?: Reason | undefined;
}

/** An entry of a list that exists, which is kept as it is. */
export interface Entry extends Revocation {
  readonly raw: Uint8Array;
}

/** The content of a list that exists. */
export interface RevocationList {
  readonly entries: readonly Entry[];
  /** The number of the list; 0 when it has none. */
  readonly number: bigint;
  readonly nextUpdate: Date;
}

/** The content of a new list. */
export interface ListContent {
  readonly revocations: readonly (Revocation | Entry)[];
  readonly number: bigint;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/** The CA that signs a list. */
export interface Signer {
  /** Its name, in DER. */
  readonly name: Uint8Array;
  /** Its subject key identifier, in hexadecimal. */
  readonly keyIdentifier: string | undefined;
  /** Its private key, on P-256. */
  readonly key: CryptoKey;
}

/** `[0] EXPLICIT`: the tag of the extensions of a list. */
const EXTENSIONS = 0xa0;

const CRL_NUMBER = "2.5.29.20";
const REASON_CODE = "2.5.29.21";
const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
const ENUMERATED = 0x0a;

/** Writes a complete list, PEM. */
export async function writeList(content: ListContent, { name, keyIdentifier, key }: Signer): Promise<string> {
  const entries = content.revocations.map((revocation) => "raw" in revocation ? revocation.raw : entryOf(revocation));
  const extensions = [extension(CRL_NUMBER, der.integer(hexToBytes(content.number.toString(16))))];
  if (keyIdentifier !== undefined) {
    const identifier = der.element(0x80, [hexToBytes(keyIdentifier)]);
    extensions.push(extension(AUTHORITY_KEY_IDENTIFIER, der.sequence(identifier)));
  }
  const body = der.sequence(
    der.integer(Uint8Array.of(1)), // version 2
    der.ECDSA_WITH_SHA256,
    name,
    der.time(content.thisUpdate),
    der.time(content.nextUpdate),
    ...entries.length > 0 ? [der.element(Tag.SEQUENCE, entries)] : [], // an empty list is left out, says section 5.1.2.6
    der.element(EXTENSIONS, [der.sequence(...extensions)]),
  );
  return der.pem("X509 CRL", await der.signed(body, key));
}

/**
 * Reads a list of a CA.
 *
 * @param ca The certificate of the CA, PEM.
 * @throws {RangeError} When it is not one list in PEM that this CA has signed.
 */
export function readList(pem: string, ca: string): RevocationList {
  const blocks = [...pem.matchAll(/-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g)];
  const [block] = blocks;
  if (!block || blocks.length > 1) throw new RangeError("it is not one revocation list in PEM");
  const signed = readSigned(Uint8Array.fromBase64(block[1]!.replaceAll(/\s/g, "")));
  const parts = [...elements(signed.body.content)];
  if (parts[0]?.tag === Tag.INTEGER) parts.shift(); // the version
  const [, , , nextUpdate, entries, ...rest] = parts;
  if (!isSignedBy(signed, new X509Certificate(ca).publicKey)) {
    throw new RangeError("it is not signed by the client CA");
  }
  if (!isTime(nextUpdate)) throw new RangeError("it does not say when the next one comes");
  const hasEntries = entries?.tag === Tag.SEQUENCE;
  const extensions = [entries, ...rest].find((part) => part?.tag === EXTENSIONS);
  const number = extensionIn(at(extensions?.content, 0), CRL_NUMBER);
  return {
    entries: hasEntries ? [...elements(entries.content)].map(readEntry) : [],
    number: BigInt(`0x${number?.toHex() || "0"}`),
    nextUpdate: toDate(nextUpdate),
  };
}

function entryOf({ serial, date, reason }: Revocation): Uint8Array {
  const parts = [der.integer(hexToBytes(serial)), der.time(date)];
  if (reason !== undefined) {
    parts.push(der.sequence(extension(REASON_CODE, der.element(ENUMERATED, [Uint8Array.of(REASONS[reason])]))));
  }
  return der.sequence(...parts);
}

function readEntry({ content, raw }: Element): Entry {
  const [serial, date, extensions] = elements(content);
  if (!serial || !isTime(date)) throw new RangeError("it has an entry that is none");
  const code = extensionIn(extensions, REASON_CODE)?.[0];
  const reason = (Object.keys(REASONS) as Reason[]).find((name) => REASONS[name] === code);
  return { serial: normalSerial(serial.content.toHex()), date: toDate(date), reason, raw };
}

/** A serial number without leading zeros, in lower case. */
export function normalSerial(hex: string): string {
  return hex.toLowerCase().replace(/^(?:00)+(?=..)/, "");
}

function extension(identifier: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.objectIdentifier(identifier), der.element(Tag.OCTET_STRING, [value]));
}

/** Gives the content of the value of the first extension of a type. */
function extensionIn(extensions: Element | undefined, identifier: string): Uint8Array | undefined {
  return valuesOf(extensions, at(der.objectIdentifier(identifier), 0)!.content.toHex()).next().value;
}

function toDate(element: Element): Date {
  const time = toTime(element);
  if (Number.isNaN(time)) throw new RangeError("it has a time that is none");
  return new Date(time);
}

function hexToBytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hex.length % 2 ? `0${hex}` : hex);
}
