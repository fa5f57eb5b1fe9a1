/**
 * A key and a certificate request (PKCS#10, RFC 2986), made on the machine of the user: the key never leaves it. No
 * library is needed: this loads in a millisecond.
 *
 * ```ts
 * import { makeRequest } from "./request.ts";
 *
 * const { key, request } = await makeRequest("alice");
 * // `key` goes to a file with mode 0600, `request` to whoever has the client CA.
 * ```
 *
 * @module
 */
import { element, integer, objectIdentifier, pem, sequence, set, signed, utf8String } from "./der.ts";

/** A new key, and a request for a certificate of it. */
export interface CertificateRequest {
  /** The private key: ECDSA on P-256, PKCS#8, PEM, not encrypted. */
  readonly key: string;
  /** The request, PEM. It has no secret. */
  readonly request: string;
  /**
   * The SHA-256 of the public key, in lower-case hexadecimal. `deno task certs sign` prints it, too: two people can
   * compare it. With `--identity public-key` it is the user's id.
   */
  readonly keyFingerprint: string;
}

/**
 * Makes a key and a request.
 *
 * @param commonName The name that the user asks for.
 */
export async function makeRequest(commonName: string): Promise<CertificateRequest> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.exportKey("pkcs8", keys.privateKey),
    crypto.subtle.exportKey("spki", keys.publicKey),
  ]);
  const info = sequence(
    integer(Uint8Array.of(0)), // the version
    sequence(set(sequence(objectIdentifier("2.5.4.3"), utf8String(commonName)))),
    new Uint8Array(publicKey),
    element(0xa0, []), // no attributes: the CA decides on all but name and key
  );
  return {
    key: pem("PRIVATE KEY", new Uint8Array(privateKey)),
    request: pem("CERTIFICATE REQUEST", await signed(info, keys.privateKey)),
    keyFingerprint: new Uint8Array(await crypto.subtle.digest("SHA-256", publicKey)).toHex(),
  };
}
