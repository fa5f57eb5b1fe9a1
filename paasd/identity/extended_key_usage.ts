/**
 * The extended key usage of certificates (RFC 5280, section 4.2.1.12), which `node:crypto` in Deno does not show.
 *
 * @module
 */
import { at, CERTIFICATE_EXTENSIONS, elements, valuesOf } from "./der.ts";

/** Contents of object identifiers, in DER. */
const EXTENDED_KEY_USAGE = "551d25"; // 2.5.29.37
const SERVER_AUTH = "2b06010505070301"; // 1.3.6.1.5.5.7.3.1
const CLIENT_AUTH = "2b06010505070302"; // 1.3.6.1.5.5.7.3.2

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
  const extensions = elements(tbsCertificate).find(({ tag }) => tag === CERTIFICATE_EXTENSIONS);
  const usages = valuesOf(at(extensions?.content, 0), EXTENDED_KEY_USAGE).next().value;
  return usages && [...elements(usages)].map(({ content }) => content.toHex());
}
