/**
 * What a certificate may be used for (RFC 5280, section 4.2.1.12), which `node:crypto` in Deno does not tell.
 *
 * @module
 */
import { at, elements, Tag } from "./der.ts";

/** Contents of the object identifiers, in DER. */
const EXTENDED_KEY_USAGE = "551d25"; // 2.5.29.37
const SERVER_AUTH = "2b06010505070301"; // 1.3.6.1.5.5.7.3.1
const CLIENT_AUTH = "2b06010505070302"; // 1.3.6.1.5.5.7.3.2

/** `[3] EXPLICIT`: where a TBSCertificate keeps its extensions. */
const EXTENSIONS = 0xa3;

/**
 * Whether a certificate says by its extended key usage that it is for clients. One without that extension does not.
 *
 * @param certificate In DER.
 * @throws {RangeError} when it is no DER.
 */
export function isForClients(certificate: Uint8Array): boolean {
  return usagesOf(certificate)?.includes(CLIENT_AUTH) ?? false;
}

/**
 * Whether clients take a certificate for that of a server: its extended key usage says so, or it has none.
 *
 * @param certificate In DER.
 * @throws {RangeError} when it is no DER.
 */
export function isForServers(certificate: Uint8Array): boolean {
  return usagesOf(certificate)?.includes(SERVER_AUTH) ?? true;
}

function usagesOf(certificate: Uint8Array): string[] | undefined {
  const tbsCertificate = at(at(certificate, 0)?.content, 0)?.content ?? new Uint8Array();
  for (const part of elements(tbsCertificate)) {
    if (part.tag !== EXTENSIONS) continue;
    for (const extension of elements(at(part.content, 0)?.content ?? new Uint8Array())) {
      const parts = [...elements(extension.content)];
      if (parts[0]?.tag !== Tag.OBJECT_IDENTIFIER || parts[0].content.toHex() !== EXTENDED_KEY_USAGE) continue;
      const value = parts.findLast(({ tag }) => tag === Tag.OCTET_STRING); // an optional `critical` stands between
      const usages = at(value?.content, 0)?.content ?? new Uint8Array();
      return [...elements(usages)].map(({ content }) => content.toHex());
    }
  }
  return undefined;
}
