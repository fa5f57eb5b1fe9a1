/**
 * A new key, and the request for its certificate (PKCS#10, RFC 2986).
 *
 * The request is written here: it is a handful of DER elements, and a library for it would take longer to load than
 * everything else that `paasc` does. Tests read it with that library and with OpenSSL.
 *
 * @module
 */
import process from "node:process";

/** The type and value of elements that are always the same. */
const COMMON_NAME = Uint8Array.fromHex("0603550403");
const ECDSA_WITH_SHA256 = Uint8Array.fromHex("300a06082a8648ce3d040302");
const VERSION_1 = Uint8Array.fromHex("020100");
const NO_ATTRIBUTES = Uint8Array.fromHex("a000");

const TAGS = { sequence: 0x30, set: 0x31, utf8String: 0x0c, bitString: 0x03 } as const;

/** A key, and the request for its certificate. */
export interface KeyAndRequest {
  /** The private key, ECDSA on P-256, in PEM (PKCS#8, not encrypted). */
  readonly key: string;
  /** The request in PEM. */
  readonly request: string;
  /** The SHA-256 of the public key (SubjectPublicKeyInfo), in lower-case hexadecimal. */
  readonly keySha256: string;
}

/**
 * Makes a key and a request.
 *
 * @param name The name (CN) that the request asks for
 *
 * @example
 * ```ts
 * import { makeRequest } from "./certificate_request.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(makeRequest("carol").request, "-----BEGIN CERTIFICATE REQUEST-----\n");
 * ```
 */
export function makeRequest(name: string): KeyAndRequest {
  const { createHash, generateKeyPairSync, sign } = process.getBuiltinModule("node:crypto");
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const cn = element("sequence", COMMON_NAME, element("utf8String", new TextEncoder().encode(name)));
  const subject = element("sequence", element("set", cn));
  const info = element("sequence", VERSION_1, subject, spki, NO_ATTRIBUTES);
  const signature = element("bitString", Uint8Array.of(0), sign("sha256", info, privateKey));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    request: pem("CERTIFICATE REQUEST", element("sequence", info, ECDSA_WITH_SHA256, signature)),
    keySha256: createHash("sha256").update(spki).digest("hex"),
  };
}

/** An element of DER, of less than 64 KiB. */
function element(type: keyof typeof TAGS, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap((part) => [...part]);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Uint8Array.from([TAGS[type], ...length, ...content]);
}

function pem(label: string, der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g)!;
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
