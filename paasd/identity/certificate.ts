/**
 * What a client certificate says, from its own bytes: names are compared as they were signed, never as they are printed,
 * so that no odd encoding makes one pass for another.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { at, type Element, elements, Tag } from "./der.ts";
import { UnauthenticatedError } from "../errors.ts";

/** What makes a user: one certificate; whoever has one key; or whom a CA calls by one name. */
export type IdentityMode = "certificate" | "public-key" | "subject";

/** What the daemon looks at in a certificate. Names and keys are DER. */
export interface ClientCertificate {
  /** Its SHA-256, in lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Its serial number, in lower-case hexadecimal, without leading zeros. */
  readonly serial: string;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The URIs of its subject alternative name, each a DER element. */
  readonly uris: readonly Uint8Array[];
  /** Its organizational units (OU). */
  readonly units: readonly string[];
  readonly der: Uint8Array;
}

/** Contents of the object identifiers, in DER. */
const SUBJECT_ALTERNATIVE_NAME = "551d11"; // 2.5.29.17
const ORGANIZATIONAL_UNIT = "55040b"; // 2.5.4.11

/** `[6]`: a URI among the alternative names (RFC 5280, section 4.2.1.6). */
const URI = 0x86;
/** `[0] EXPLICIT`: the version. */
const VERSION = 0xa0;
/** `[3] EXPLICIT`: where a TBSCertificate keeps its extensions. */
const EXTENSIONS = 0xa3;

/**
 * Reads a certificate (RFC 5280, section 4.1).
 *
 * @throws {UnauthenticatedError} when it cannot be read.
 */
export function readCertificate(der: Uint8Array): ClientCertificate {
  try {
    const tbsCertificate = [...elements(at(at(der, 0)?.content, 0)?.content ?? new Uint8Array())];
    if (tbsCertificate[0]?.tag === VERSION) tbsCertificate.shift();
    const [serial, , issuer, , subject, publicKey, ...others] = tbsCertificate;
    if (!publicKey) throw new RangeError("Cannot read the certificate: something is missing");
    return {
      fingerprint: sha256(der),
      serial: toSerial(serial!.content),
      issuer: issuer!.raw,
      subject: subject!.raw,
      publicKey: publicKey.raw,
      uris: urisIn(others.find(({ tag }) => tag === EXTENSIONS)),
      units: unitsIn(subject!.content),
      der,
    };
  } catch {
    throw new UnauthenticatedError("its certificate cannot be read");
  }
}

/** A serial number as it is compared and shown: hexadecimal, without leading zeros. */
export function toSerial(content: Uint8Array): string {
  return content.toHex().replace(/^(?:00)+(?=..)/, "");
}

/**
 * The id of the user whom a certificate names: 64 hexadecimal digits, whatever the mode. In a SHA-256 of names each part
 * is a whole DER element, which tells its own length, and a label stands before; so no two different parts, and no two
 * modes, come to the same.
 *
 * @throws {UnauthenticatedError} when it names nobody.
 */
export function userId(certificate: ClientCertificate, mode: IdentityMode): string {
  const { fingerprint, publicKey, issuer, subject, uris } = certificate;
  switch (mode) {
    case "certificate":
      return fingerprint;
    case "public-key":
      return sha256(publicKey);
    case "subject": {
      const [uri, ...more] = uris;
      if (uri && more.length === 0) return sha256(label("uri"), issuer, uri);
      if (at(subject, 0)?.content.length) return sha256(label("name"), issuer, subject);
      throw new UnauthenticatedError("its certificate has neither a subject nor one URI as its alternative name");
    }
  }
}

function label(kind: string): Uint8Array {
  return Buffer.from(`paas identity by subject, ${kind}\0`);
}

function sha256(...parts: Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function urisIn(extensions: Element | undefined): Uint8Array[] {
  const uris: Uint8Array[] = [];
  for (const extension of elements(at(extensions?.content, 0)?.content ?? new Uint8Array())) {
    const parts = [...elements(extension.content)];
    if (parts[0]?.content.toHex() !== SUBJECT_ALTERNATIVE_NAME) continue;
    const value = parts.findLast(({ tag }) => tag === Tag.OCTET_STRING); // an optional `critical` stands between
    for (const name of elements(at(value?.content, 0)?.content ?? new Uint8Array())) {
      if (name.tag === URI && name.content.length > 0) uris.push(name.raw);
    }
  }
  return uris;
}

/** The OUs of a name: a sequence of sets of attributes. Encodings that nobody has used for decades are not read. */
function unitsIn(name: Uint8Array): string[] {
  const units: string[] = [];
  for (const set of elements(name)) {
    for (const attribute of elements(set.content)) {
      const [type, value] = elements(attribute.content);
      if (type?.content.toHex() !== ORGANIZATIONAL_UNIT || !value) continue;
      if (value.tag === Tag.UTF8_STRING || value.tag === Tag.PRINTABLE_STRING) {
        units.push(Buffer.from(value.content).toString());
      }
    }
  }
  return units;
}
