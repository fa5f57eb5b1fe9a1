/**
 * A small certificate authority for mutual TLS: makes a CA, and issues server and client certificates from it. Keys are
 * ECDSA on P-256, signatures are SHA-256.
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

// First, because tsyringe, which @peculiar/x509 uses, refuses to load without this polyfill.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import * as nodeCrypto from "node:crypto";
import { isIP } from "node:net";
import { normalSerial, type Revocation, writeList } from "./revocation_list.ts";

/** A certificate and its private key, both PEM, under the names that `node:tls` takes them by. */
export interface Pair {
  /** The certificate. */
  readonly cert: string;
  /** The private key: PKCS#8, not encrypted. */
  readonly key: string;
}

/** The dates between which a certificate is valid, in whole seconds: fractions are cut off. */
export interface Validity {
  /** Default: an hour ago, so that a machine whose clock is behind accepts it at once. */
  readonly notBefore?: Date | undefined;
  /** Default: ten years from now for a CA, the end of its CA for every other certificate. */
  readonly notAfter?: Date | undefined;
}

/** Options of a new CA. */
export interface AuthorityOptions extends Validity {
  /** The CA's name (CN). */
  readonly commonName: string;
  /** The organization (O) that the CA belongs to. Default: none. */
  readonly organization?: string | undefined;
}

/** The purpose of a certificate: its extended key usage. */
export type Usage = "serverAuth" | "clientAuth";

/** The content of a new certificate. */
export interface CertificateOptions extends Validity {
  /** The name (CN) of the server or user. Several make a subject with several CNs. */
  readonly commonName: string | readonly string[];
  /** The organization (O). Default: that of the CA. */
  readonly organization?: string | undefined;
  /** The part of it (OU). Default: none. Several make a subject with several OUs. */
  readonly organizationalUnit?: string | readonly string[] | undefined;
  /** An empty list makes a certificate without any extended key usage. */
  readonly usages: readonly Usage[];
  /** DNS names and IP addresses that a server is reached under (the subject alternative name). Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** URIs that name its holder (in the subject alternative name too). Default: none. */
  readonly uris?: readonly string[] | undefined;
  /** A pair whose key the certificate is for, as when a certificate is renewed. Default: a new key. */
  readonly renews?: Pair | undefined;
}

/** The content of a new revocation list. */
export interface RevocationListOptions {
  /** The certificates that are revoked, PEM. */
  readonly revoked?: readonly string[] | undefined;
  /** Revocations by serial number, besides. An entry of an older list stays as it is. */
  readonly revocations?: readonly Revocation[] | undefined;
  /** The number of the list, which grows. Default: 1. */
  readonly number?: bigint | undefined;
  /** Default: an hour ago. */
  readonly thisUpdate?: Date | undefined;
  /** When the next one comes. Default: in a day. */
  readonly nextUpdate?: Date | undefined;
}

/** A CA: its own certificate and key, and what it can do. */
export interface Authority extends Pair {
  /** When the CA's own certificate ends. */
  readonly notAfter: Date;
  /**
   * Makes a new key and a certificate for it.
   *
   * @throws {TypeError} When a host is neither a DNS name nor an IP address.
   */
  issue(options: CertificateOptions): Promise<Pair>;
  /**
   * Makes a certificate, PEM, for a key that somebody else has.
   *
   * @param publicKey The key: a SubjectPublicKeyInfo in DER.
   * @throws {TypeError} When a host is neither a DNS name nor an IP address.
   */
  certify(publicKey: BufferSource, options: Omit<CertificateOptions, "renews">): Promise<string>;
  /**
   * Makes a certificate, PEM, that says the same as another one: subject, key and extensions are kept, serial number and
   * dates are new. For the CA's own certificate it makes one with which all that the CA has issued stays good.
   *
   * @param publicKey Another key for it: a SubjectPublicKeyInfo in DER.
   */
  renew(cert: string, validity: Validity, publicKey?: BufferSource): Promise<string>;
  /** Makes a revocation list (RFC 5280), PEM. */
  revocationList(options: RevocationListOptions): Promise<string>;
}

/** The types of the extensions that name the key of a certificate and that of its CA. */
const KEY_IDENTIFIERS = ["2.5.29.14", "2.5.29.35"];

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const HOUR = 3_600_000;
const TEN_YEARS = 3650 * 24 * HOUR;

/** Makes a new, self-signed CA. It signs certificates of servers and clients only, never of other CAs. */
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
 * Takes up a CA that exists already.
 *
 * @throws {TypeError} When the certificate is not that of a CA, the key is not of the kind that this module makes, or the
 * two don't belong together.
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
 * A host as it stands in a subject alternative name: `{ type: "dns", value: "localhost" }`.
 *
 * @throws {TypeError} When it is neither a DNS name (`*.` in front is one) nor an IP address.
 */
export function alternativeName(host: string): { type: "dns" | "ip"; value: string } {
  if (isIP(host) === 4) return { type: "ip", value: host };
  // The URL parser spells an IPv6 address in one way, which x509 can read, and throws for a zone (%eth0).
  if (isIP(host) === 6) return { type: "ip", value: new URL(`http://[${host}]`).hostname.slice(1, -1) };
  // Labels of letters, digits and inner hyphens; the last one is no number, which would be a broken IPv4 address.
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
    async issue({ renews, ...options }) {
      const keys = renews ? await keysOf(renews) : await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      return pair(await make(keys.publicKey, options), keys.privateKey);
    },
    async certify(publicKey, options) {
      return toPem(await make(publicKey, options));
    },
    async renew(cert, dates, publicKey) {
      const old = new x509.X509Certificate(cert);
      const extensions = old.extensions.filter(({ type }) => !KEY_IDENTIFIERS.includes(type));
      const renewed = await sign(old.subjectName, publicKey ?? old.publicKey.rawData, dates, extensions);
      return toPem(renewed);
    },
    async revocationList({ revoked = [], revocations = [], number = 1n, thisUpdate, nextUpdate }) {
      const date = thisUpdate ?? new Date(Date.now() - HOUR);
      const content = {
        revocations: [...revocations, ...revoked.map((pem) => ({ serial: serialOf(pem), date }))],
        number,
        thisUpdate: date,
        nextUpdate: nextUpdate ?? new Date(Date.now() + 24 * HOUR),
      };
      const name = new Uint8Array(certificate.subjectName.toArrayBuffer());
      return await writeList(content, { name, keyIdentifier, key: privateKey });
    },
  };

  /** A certificate with what the options say. */
  async function make(
    publicKey: x509.PublicKeyType,
    options: Omit<CertificateOptions, "renews">,
  ): Promise<x509.X509Certificate> {
    const extensions: x509.Extension[] = [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    ];
    if (options.usages.length > 0) {
      extensions.push(new x509.ExtendedKeyUsageExtension(options.usages.map((usage) => x509.ExtendedKeyUsage[usage])));
    }
    const names = [
      ...options.hosts?.map(alternativeName) ?? [],
      ...options.uris?.map((value) => ({ type: "url" as const, value })) ?? [],
    ];
    if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(names));
    const subject = distinguishedName({
      CN: [options.commonName].flat(),
      O: [options.organization ?? organization],
      OU: [options.organizationalUnit].flat(),
    });
    return await sign(subject, publicKey, options, extensions);
  }

  /** A certificate of this CA; the identifiers of the keys are added to its extensions. */
  async function sign(
    subject: x509.Name,
    publicKey: x509.PublicKeyType,
    dates: Validity,
    extensions: x509.Extension[],
  ): Promise<x509.X509Certificate> {
    return await x509.X509CertificateGenerator.create({
      subject,
      issuer: certificate.subjectName,
      serialNumber: serialNumber(),
      ...validity(dates, certificate.notAfter),
      publicKey,
      signingKey: privateKey,
      extensions: [
        ...extensions,
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        authorityKeyIdentifier,
      ],
    });
  }
}

/** The keys of a pair. */
async function keysOf({ cert, key }: Pair): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> {
  return { publicKey: await new x509.X509Certificate(cert).publicKey.export(), privateKey: await importKey(key) };
}

/** The distinguished name of the values that are there, each taken as it is: x509 would read a plain "#41" as hex. */
function distinguishedName(names: Record<string, (string | undefined)[]>): x509.Name {
  return new x509.Name(
    Object.entries(names).flatMap(([type, values]) =>
      values.filter((value) => value !== undefined).map((value) => ({ [type]: [{ utf8String: value }] }))
    ),
  );
}

/** 126 random bits in 16 bytes, positive: the first byte is from 0x40 to 0x7f, so it needs no padding and is not one. */
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
    cert: toPem(certificate),
    key: x509.PemConverter.encode(key, x509.PemConverter.PrivateKeyTag) + "\n",
  };
}

function toPem(certificate: x509.X509Certificate): string {
  return certificate.toString("pem") + "\n";
}

/** The serial number of a certificate in PEM, as revocation lists have it. */
export function serialOf(pem: string): string {
  return normalSerial(new nodeCrypto.X509Certificate(pem).serialNumber);
}
