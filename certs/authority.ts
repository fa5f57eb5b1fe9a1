/**
 * A small certificate authority for mutual TLS. It makes a CA and issues server and client certificates. Keys are ECDSA on
 * P-256; signatures use SHA-256.
 *
 * ```ts
 * import { createAuthority } from "./authority.ts";
 *
 * const authority = await createAuthority({ commonName: "Example CA" });
 * const server = await authority.issue({ commonName: "server", usages: ["serverAuth"], hosts: ["localhost", "::1"] });
 * const alice = await authority.issue({ commonName: "alice", usages: ["clientAuth"] });
 * ```
 *
 * @module
 */

// tsyringe, a dependency of @peculiar/x509, refuses to load without this polyfill, so the polyfill comes first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import * as nodeCrypto from "node:crypto";
import { isIP } from "node:net";

/** A certificate and its private key, both PEM. The names are those of the options of `node:tls`. */
export interface Pair {
  /** The certificate. */
  readonly cert: string;
  /** The private key: PKCS#8, not encrypted. */
  readonly key: string;
}

/** Period in which a certificate is valid, in whole seconds: fractions are cut off. */
export interface Validity {
  /** Default: an hour ago, so that a machine whose clock is behind accepts it at once. */
  readonly notBefore?: Date | undefined;
  /** Default: ten years from now for a CA, the end of its CA for every other certificate. */
  readonly notAfter?: Date | undefined;
}

/** Options of a new CA. */
export interface AuthorityOptions extends Validity {
  /** Common name of the CA (CN). */
  readonly commonName: string;
  /** Organization of the CA (O). Default: none. */
  readonly organization?: string | undefined;
}

/** Extended key usage of a certificate. */
export type Usage = "serverAuth" | "clientAuth";

/** Contents of a certificate. */
export interface CertificateOptions extends Validity {
  /** Common name (CN) of the server or user. Several names make a subject with several CNs. */
  readonly commonName: string | readonly string[];
  /** Organization (O). Default: that of the CA. */
  readonly organization?: string | undefined;
  /** Organizational unit (OU). Default: none. Several units make a subject with several OUs. */
  readonly organizationalUnit?: string | readonly string[] | undefined;
  /** Usages. An empty list makes a certificate without extended key usage. */
  readonly usages: readonly Usage[];
  /** DNS names and IP addresses of a server, for the subject alternative name. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** URIs that name the holder, for the subject alternative name. Default: none. */
  readonly uris?: readonly string[] | undefined;
  /** Pair whose key the certificate reuses, for a renewal. Default: a new key. */
  readonly renews?: Pair | undefined;
}

/** Contents of a revocation list. */
export interface RevocationListOptions {
  /** Revoked certificates, PEM. */
  readonly revoked: readonly string[];
  /** Time at which the list was issued. Default: an hour ago. */
  readonly thisUpdate?: Date | undefined;
  /** Time of the next list. Default: in a day. */
  readonly nextUpdate?: Date | undefined;
}

/** A CA: its certificate, its key, and the documents that it signs. */
export interface Authority extends Pair {
  /** Time at which the CA's own certificate expires. */
  readonly notAfter: Date;
  /**
   * Makes a new key and a certificate for it.
   *
   * @throws {TypeError} When a host is neither a DNS name nor an IP address
   */
  issue(options: CertificateOptions): Promise<Pair>;
  /** Makes a revocation list (RFC 5280), PEM. */
  revocationList(options: RevocationListOptions): Promise<string>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const HOUR = 3_600_000;
const TEN_YEARS = 3650 * 24 * HOUR;

/** Makes a new, self-signed CA. The CA may sign certificates of servers and clients, but not of other CAs. */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: distinguishedName({ CN: [options.commonName], O: [options.organization] }),
    serialNumber: serialNumber(),
    ...validity(options, new Date(Date.now() + TEN_YEARS)),
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authority(certificate, keys.privateKey);
}

/**
 * Loads an existing CA.
 *
 * @throws {TypeError} When the certificate is not that of a CA, the key is not an unencrypted PKCS#8 key on P-256, or the
 *   two do not belong together
 */
export async function loadAuthority({ cert, key }: Pair): Promise<Authority> {
  const certificate = new nodeCrypto.X509Certificate(cert);
  if (!certificate.ca) throw new TypeError("The CA's certificate is not that of a CA");
  const privateKey = await importKey(key);
  if (!certificate.checkPrivateKey(nodeCrypto.createPrivateKey(key))) {
    throw new TypeError("The CA's certificate and key do not belong together");
  }
  return authority(new x509.X509Certificate(cert), privateKey);
}

/**
 * Converts a host to a subject alternative name, such as `{ type: "dns", value: "localhost" }`.
 *
 * @throws {TypeError} When the host is neither a DNS name (which may begin with `*.`) nor an IP address
 */
export function alternativeName(host: string): { type: "dns" | "ip"; value: string } {
  if (isIP(host) === 4) return { type: "ip", value: host };
  // The URL parser normalizes an IPv6 address to a form that x509 can read, and throws for a zone (%eth0).
  if (isIP(host) === 6) return { type: "ip", value: new URL(`http://[${host}]`).hostname.slice(1, -1) };
  // Labels have letters, digits and inner hyphens. A number as the last label would be a broken IPv4 address.
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  const dnsName = new RegExp(`^(?:\\*\\.)?(?:${label}\\.)*(?!\\d+$)${label}$`, "i");
  if (host.length > 253 || !dnsName.test(host)) {
    throw new TypeError(`Not a DNS name or an IP address: "${host}"`);
  }
  return { type: "dns", value: host };
}

async function authority(certificate: x509.X509Certificate, privateKey: CryptoKey): Promise<Authority> {
  const organization = certificate.subjectName.getField("O")[0];
  const keyIdentifier = certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  const authorityKeyIdentifier = keyIdentifier === undefined
    ? await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey)
    : new x509.AuthorityKeyIdentifierExtension(keyIdentifier);

  return {
    ...await pair(certificate, privateKey),
    notAfter: certificate.notAfter,
    async issue(options) {
      const keys = options.renews
        ? await keysOf(options.renews)
        : await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const extensions: x509.Extension[] = [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        authorityKeyIdentifier,
      ];
      if (options.usages.length > 0) {
        extensions.push(
          new x509.ExtendedKeyUsageExtension(options.usages.map((usage) => x509.ExtendedKeyUsage[usage])),
        );
      }
      const names = [
        ...options.hosts?.map(alternativeName) ?? [],
        ...options.uris?.map((value) => ({ type: "url" as const, value })) ?? [],
      ];
      if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(names));
      const issued = await x509.X509CertificateGenerator.create({
        subject: distinguishedName({
          CN: [options.commonName].flat(),
          O: [options.organization ?? organization],
          OU: [options.organizationalUnit].flat(),
        }),
        issuer: certificate.subjectName,
        serialNumber: serialNumber(),
        ...validity(options, certificate.notAfter),
        publicKey: keys.publicKey,
        signingKey: privateKey,
        extensions,
      });
      return pair(issued, keys.privateKey);
    },
    async revocationList({ revoked, thisUpdate, nextUpdate }) {
      const list = await x509.X509CrlGenerator.create({
        issuer: certificate.subjectName,
        thisUpdate: thisUpdate ?? new Date(Date.now() - HOUR),
        nextUpdate: nextUpdate ?? new Date(Date.now() + 24 * HOUR),
        signingKey: privateKey,
        signingAlgorithm: { ...ALGORITHM, hash: "SHA-256" },
        entries: revoked.map((pem) => ({
          serialNumber: new nodeCrypto.X509Certificate(pem).serialNumber,
          revocationDate: thisUpdate ?? new Date(Date.now() - HOUR),
        })),
      });
      return x509.PemConverter.encode(list.rawData, "X509 CRL") + "\n";
    },
  };
}

/** Reads the keys of a pair. */
async function keysOf({ cert, key }: Pair): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> {
  return { publicKey: await new x509.X509Certificate(cert).publicKey.export(), privateKey: await importKey(key) };
}

/** Makes a distinguished name of the given values. `utf8String` keeps each value literal: x509 reads a plain "#41" as hex. */
function distinguishedName(names: Record<string, (string | undefined)[]>): x509.Name {
  return new x509.Name(
    Object.entries(names).flatMap(([type, values]) =>
      values.filter((value) => value !== undefined).map((value) => ({ [type]: [{ utf8String: value }] }))
    ),
  );
}

/**
 * Makes a serial number of 16 bytes with 126 random bits. Its first byte is from 0x40 to 0x7f, so that the number is
 * positive and DER neither pads nor shortens it.
 */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = 0x40 | (bytes[0] ?? 0) & 0x3f;
  return bytes.toHex();
}

function validity({ notBefore, notAfter }: Validity, end: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: notBefore ?? new Date(Date.now() - HOUR), notAfter: notAfter ?? end };
}

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), ALGORITHM, true, ["sign"]);
  } catch (cause) {
    throw new TypeError("The CA's key is not an unencrypted PKCS#8 key on the curve P-256", { cause });
  }
}

async function pair(certificate: x509.X509Certificate, privateKey: CryptoKey): Promise<Pair> {
  const key = await crypto.subtle.exportKey("pkcs8", privateKey);
  return {
    cert: certificate.toString("pem") + "\n",
    key: x509.PemConverter.encode(key, x509.PemConverter.PrivateKeyTag) + "\n",
  };
}
