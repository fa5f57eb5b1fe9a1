/**
 * The keys that certificates are made for.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Pair } from "../authority.ts";
import { pem } from "../der.ts";
import type { Directory } from "../directory.ts";
import { readRevocations } from "../revocation_list_file.ts";
import { type RecordFile, sha256 } from "../record.ts";
import type { Reason } from "../revocation_list.ts";

/** After these a key is as good as before: only its certificate was to end. */
const HARMLESS: readonly (Reason | undefined)[] = [
  "superseded",
  "cessationOfOperation",
  "affiliationChanged",
  "privilegeWithdrawn",
];

const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/**
 * Reads a certificate and its key.
 *
 * @throws {Error} When one is missing, or they do not belong together.
 */
export async function readOwnPair(directory: Directory, name: string): Promise<Pair> {
  const [cert, key] = [await directory.read(`${name}.crt`), await directory.read(`${name}.key`)];
  const file = directory.file(name);
  if (cert === undefined) throw new Error(`${file}.crt does not exist: there is nothing to go on from.`);
  if (key === undefined) throw new Error(`${file}.key does not exist: leave out --keep-key, or renew ${name}.`);
  if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
  throw new Error(`${file}.key is not the key of ${name}.crt: put the right one there.`);
}

/**
 * Refuses a key that somebody else may have: one of whose certificates was revoked, unless for a reason that leaves the
 * key alone.
 *
 * @param cert A certificate of the key, PEM, or the key itself.
 * @throws {Error} When it was.
 */
export async function refuseCompromisedKey(
  directory: Directory,
  record: RecordFile,
  cert: string | KeyObject,
  name: string,
): Promise<void> {
  const key = keyFingerprint(typeof cert === "string" ? new X509Certificate(cert).publicKey : cert);
  const { revocations } = await readRevocations(directory, record);
  const compromised = record.issued.find(({ key: other, serial }) => {
    const revocation = revocations.find((revocation) => revocation.serial === serial);
    return other === key && revocation && !HARMLESS.includes(revocation.reason);
  });
  if (!compromised) return;
  throw new Error(
    `The key of ${name} had a certificate that was revoked (${compromised.serial}): ${name} needs a new key.`,
  );
}

/** The SHA-256 of a public key, in lower-case hexadecimal. */
export function keyFingerprint(key: KeyObject): string {
  return sha256(key.export({ type: "spki", format: "der" }));
}

/**
 * Reads a public key that daemons accept.
 *
 * @param der A SubjectPublicKeyInfo.
 * @throws {Error} When it is of another kind, or too weak.
 */
export function readPublicKey(der: Uint8Array): KeyObject {
  const key = createPublicKey({ key: der as Uint8Array<ArrayBuffer> & Buffer, format: "der", type: "spki" });
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return key;
    case "ec":
      if (CURVES.includes(namedCurve)) return key;
      break;
    case "rsa":
      if (modulusLength >= 2_048 && modulusLength <= 8_192) return key;
  }
  throw new Error("no daemon accepts its key: make one with ECDSA on P-256, Ed25519, or RSA of 2,048 to 8,192 bits");
}

/** Makes a key on P-256: its public half as a SubjectPublicKeyInfo in DER, and the private key in PEM. */
export async function makeKey(): Promise<{ publicKey: ArrayBuffer; pem: string }> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const [publicKey, privateKey] = await Promise.all([
    crypto.subtle.exportKey("spki", keys.publicKey),
    crypto.subtle.exportKey("pkcs8", keys.privateKey),
  ]);
  return { publicKey, pem: pem("PRIVATE KEY", new Uint8Array(privateKey)) };
}
