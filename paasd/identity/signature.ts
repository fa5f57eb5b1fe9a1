/**
 * Signatures of CAs on certificates and revocation lists. Both have one form: the signed body, the algorithm, and the
 * signature (RFC 5280, sections 4.1.1 and 5.1.1).
 *
 * `X509Certificate.verify()` would not do: in Deno it knows neither P-521 nor RSASSA-PSS, with which the runtime's TLS
 * lets clients in.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { constants, type KeyObject, verify } from "node:crypto";
import { at, type Element, elements, Tag } from "./der.ts";

/** The hash of each known algorithm, by the content of its object identifier in DER. */
const HASHES = new Map<string, string | null>([
  ["2a8648ce3d040302", "sha256"], // 1.2.840.10045.4.3.2, ecdsa-with-SHA256
  ["2a8648ce3d040303", "sha384"],
  ["2a8648ce3d040304", "sha512"],
  ["2a864886f70d01010b", "sha256"], // 1.2.840.113549.1.1.11, sha256WithRSAEncryption
  ["2a864886f70d01010c", "sha384"],
  ["2a864886f70d01010d", "sha512"],
  ["2b6570", null], // 1.3.101.112, Ed25519
]);

/** RSASSA-PSS, 1.2.840.113549.1.1.10: its parameters name the hash (RFC 4055, section 3.1). */
const PSS = "2a864886f70d01010a";
const PSS_HASHES = new Map([
  ["608648016503040201", "sha256"], // 2.16.840.1.101.3.4.2.1
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
]);

/** A way to sign. */
interface Scheme {
  readonly hash: string | null;
  readonly pss: boolean;
}

/** A certificate or revocation list with its signature. */
export interface Signed {
  /** The part that is signed. */
  readonly body: Element;
  /** The AlgorithmIdentifier; the body has a copy of it. */
  readonly algorithm: Element;
  /** The way it is signed; `undefined` for an unknown algorithm. */
  readonly scheme: Scheme | undefined;
  readonly signature: Uint8Array;
}

/**
 * Reads the outer structure of a certificate or a revocation list.
 *
 * @throws {RangeError} When the bytes are neither.
 */
export function readSigned(der: Uint8Array): Signed {
  const whole = [...elements(der)];
  if (whole.length !== 1 || whole[0]!.tag !== Tag.SEQUENCE) {
    throw new RangeError("it is no certificate and no revocation list");
  }
  const [body, algorithm, signature] = elements(whole[0]!.content);
  if (!body || !algorithm || signature?.tag !== Tag.BIT_STRING) {
    throw new RangeError("it is no certificate and no revocation list");
  }
  // The number of unused bits stands before the signature.
  return { body, algorithm, scheme: schemeOf(algorithm), signature: signature.content.subarray(1) };
}

/** Tells whether a key has made the signature. */
export function isSignedBy({ body, scheme, signature }: Signed, key: KeyObject): boolean {
  if (!scheme) return false;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  try {
    return verify(scheme.hash, body.raw, scheme.pss ? { key, ...pss } : key, signature);
  } catch {
    return false; // a key of another kind
  }
}

/**
 * Tells whether the signature is ECDSA on P-521 with SHA-256, which the runtime cannot verify, and RFC 8446 (4.2.3)
 * lacks.
 */
export function isUnverifiable({ scheme }: Signed, { asymmetricKeyDetails }: KeyObject): boolean {
  return scheme?.hash === "sha256" && asymmetricKeyDetails?.namedCurve === "secp521r1";
}

/** Tells whether two pieces of DER are the same. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function schemeOf({ content }: Element): Scheme | undefined {
  const oid = at(content, 0)?.content.toHex() ?? "";
  const pss = oid === PSS;
  const hash = pss ? PSS_HASHES.get(pssHash(at(content, 1)?.content)) : HASHES.get(oid);
  return hash === undefined ? undefined : { hash, pss };
}

/** Gives the object identifier of the hash: the first parameter, `[0] EXPLICIT`, is its AlgorithmIdentifier. */
function pssHash(parameters: Uint8Array | undefined): string {
  return at(at(at(parameters, 0)?.content, 0)?.content, 0)?.content.toHex() ?? "";
}
