/**
 * The extended key usage of certificates (RFC 5280, section 4.2.1.12), which `node:crypto` in Deno does not show.
 *
 * @module
 */
import { at, elements, Tag } from "./der.ts";

/** Contents of object identifiers, in DER. */
const EXTENDED_KEY_USAGE = "551d25"; // 2.5.29.37
const SERVER_AUTH = "2b06010505070301"; // 1.3.6.1.5.5.7.3.1
const CLIENT_AUTH = "2b06010505070302"; // 1.3.6.1.5.5.7.3.2

/** `[3] EXPLICIT`: the tag of the extensions of a TBSCertificate. */
const EXTENSIONS = 0xa3;

/**
 * Tells whether the extended key usage of a certificate names clients. A certificate without that extension does not.
 *
 * @param certificate The certificate, in DER.
 * @throws {RangeError} When it is no DER.
 */
export function isForClients(certificate: Uint8Array): boolean {
  return usagesOf(certificate)?.includes(CLIENT_AUTH) ?? false;
}

/**
 * Tells whether clients accept a certificate of a server: its extended key usage names servers, or it has none.
 *
 * @param certificate The certificate, in DER.
 * @throws {RangeError} When it is no DER.
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
