/**
 * Client certificates, read from their own bytes. Names are compared as they were signed, never as they are printed, so
 * that no odd encoding makes one name pass for another.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { at, CERTIFICATE_EXTENSIONS, type Element, elements, Tag, valuesOf } from "./der.ts";
import { UnauthenticatedError } from "../errors.ts";

/** The part of a certificate that makes a user: the certificate itself, its public key, or its issuer and name. */
export type IdentityMode = "certificate" | "public-key" | "subject";

/** The parts of a certificate that the daemon looks at. Names and keys are DER. */
export interface ClientCertificate {
  /** SHA-256 of the certificate, in lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Serial number, in lower-case hexadecimal, without leading zeros. */
  readonly serial: string;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  /** URIs of the subject alternative name, each a DER element. */
  readonly uris: readonly Uint8Array[];
  /** Organizational units (OU) of the subject. */
  readonly units: readonly string[];
  readonly der: Uint8Array;
}

/** Contents of object identifiers, in DER. */
const SUBJECT_ALTERNATIVE_NAME = "551d11"; // 2.5.29.17
const ORGANIZATIONAL_UNIT = "55040b"; // 2.5.4.11

/** `[6]`: the tag of a URI among the alternative names (RFC 5280, section 4.2.1.6). */
const URI = 0x86;
/** `[0] EXPLICIT`: the tag of the version. */
const VERSION = 0xa0;

/**
 * Reads a certificate (RFC 5280, section 4.1).
 *
 * @throws {UnauthenticatedError} When the certificate cannot be read.
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
      uris: urisIn(others.find(({ tag }) => tag === CERTIFICATE_EXTENSIONS)),
      units: unitsIn(subject!.content),
      der,
    };
  } catch {
    throw new UnauthenticatedError("its certificate cannot be read");
  }
}

/** Writes a serial number as it is compared and shown: hexadecimal, without leading zeros. */
export function toSerial(content: Uint8Array): string {
  return content.toHex().replace(/^(?:00)+(?=..)/, "");
}

/**
 * Gives the id of the user whom a certificate names: 64 hexadecimal digits in each mode. For names it is a SHA-256 of a
 * label and of whole DER elements, which hold their own lengths. So different names, and different modes, give
 * different ids.
 *
 * @throws {UnauthenticatedError} When the certificate names nobody.
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
  const names = [...valuesOf(at(extensions?.content, 0), SUBJECT_ALTERNATIVE_NAME)]
    .flatMap((value) => [...elements(value)]);
  return names.filter(({ tag, content }) => tag === URI && content.length > 0).map(({ raw }) => raw);
}

/**
 * Gives the OUs of a name, which is a sequence of sets of attributes. Encodings that have been out of use for decades
 * are not read.
 */
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
