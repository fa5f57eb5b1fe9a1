/**
 * Reads the client's certificates, and says what is wrong with them.
 *
 * @module
 */
import { expiryWarnings } from "@paas/proto/expiry";
import type { X509Certificate } from "node:crypto";
import process from "node:process";
import { PaasError } from "../errors.ts";
import { fileFault, withoutMark } from "../words/file_fault.ts";
import { readTextFile } from "../words/platform.ts";
import type { CertificateFiles } from "../settings/settings.ts";

/** Loads `node:crypto` at first use: loading takes time, and few commands need it. */
const crypto = () => process.getBuiltinModule("node:crypto");

/** A name for each of the files, and the settings that choose another file. */
const TITLES = {
  ca: { title: "server CA", help: "--ca, PAASC_CA" },
  cert: { title: "client certificate", help: "--cert, PAASC_CERT" },
  key: { title: "private key", help: "--key, PAASC_KEY" },
} as const;

/** The paths of the certificate files, and their texts. */
export interface Certificates {
  readonly files: CertificateFiles;
  /** The texts of the files. */
  readonly pem: Readonly<Record<keyof CertificateFiles, string>>;
}

/**
 * Reads the files. Their content is not checked here: {@linkcode unusable} explains what is wrong with it.
 *
 * @throws {PaasError} `no-connection` when a file cannot be read
 */
export async function readCertificates(files: CertificateFiles): Promise<Certificates> {
  const read = async (name: keyof CertificateFiles) => {
    try {
      return withoutMark(await readTextFile(files[name]));
    } catch (cause) {
      const { title, help } = TITLES[name];
      const sentence = `cannot read the ${title} ${files[name]}: ${fileFault(cause)} (${help})`;
      throw new PaasError("no-connection", sentence, { cause });
    }
  };
  // Read in order, so that the error always names the first of several missing files.
  return { files, pem: { ca: await read("ca"), cert: await read("cert"), key: await read("key") } };
}

/** The reason why no connection can be made with these files, whatever the daemon says; undefined when they are usable. */
export function unusable({ files, pem }: Certificates): string | undefined {
  const cas = certificatesOf(pem.ca);
  if (cas.length === 0) return `the server CA ${files.ca} holds no PEM certificate (${TITLES.ca.help})`;
  const [certificate] = certificatesOf(pem.cert);
  if (!certificate) return `the client certificate ${files.cert} is no PEM certificate (${TITLES.cert.help})`;
  try {
    if (certificate.checkPrivateKey(crypto().createPrivateKey(pem.key))) return undefined;
  } catch {
    return `the private key ${files.key} is no PEM private key, or needs a passphrase (${TITLES.key.help})`;
  }
  return `the private key ${files.key} does not belong to the client certificate ${files.cert} (--key, --cert)`;
}

/** The certificates in a PEM text; a block that is no certificate is left out. */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []).flatMap((block) => {
    try {
      return new (crypto().X509Certificate)(block);
    } catch {
      return [];
    }
  });
}

/** The user id that belongs to these files: the hexadecimal SHA-256 of the client certificate. */
export function userOf({ pem }: Certificates): string | undefined {
  return certificatesOf(pem.cert)[0]?.fingerprint256.replaceAll(":", "").toLowerCase();
}

/** The purpose of a certificate. */
export type Usage = "clientAuth" | "serverAuth";

/** The object identifiers id-ce-extKeyUsage, id-kp-clientAuth and id-kp-serverAuth, in DER. */
const IDENTIFIERS = {
  extendedKeyUsage: "0603551d25",
  clientAuth: "06082b06010505070302",
  serverAuth: "06082b06010505070301",
};

/** The reason why a certificate is not valid now, as a clause about "it"; undefined when it is valid. */
export function outOfDate({ validFromDate: from, validToDate: to }: X509Certificate): string | undefined {
  const now = new Date();
  if (now > to) return `it expired at ${time(to)}`;
  if (now < from) return `it is not valid before ${time(from)}; is the clock right?`;
  return undefined;
}

/** The reason why a certificate is not valid now for this purpose, as a clause about "it"; undefined when it is valid. */
export function invalidity(certificate: X509Certificate, usage: Usage): string | undefined {
  const date = outOfDate(certificate);
  if (date) return date;
  // Deno's X509Certificate has no extended key usage (Node's `keyUsage`). A search for the identifiers is enough here, for
  // this function only words a refusal that has already happened.
  const der = certificate.raw.toString("hex");
  if (!der.includes(IDENTIFIERS.extendedKeyUsage)) return `it has no extended key usage, where ${usage} is needed`;
  if (!der.includes(IDENTIFIERS[usage])) return `its extended key usage lacks ${usage}`;
  return undefined;
}

/** A date in RFC 3339, to the second. */
export function time(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

/** A sentence about the client certificate if it ends within 14 days; undefined otherwise, or if it cannot be read. */
export async function ownExpiry(
  { cert }: Pick<CertificateFiles, "cert">,
  now: number = Date.now(),
): Promise<string | undefined> {
  const [own] = certificatesOf(await Deno.readTextFile(cert).catch(() => ""));
  if (!own) return undefined;
  const [warning] = expiryWarnings([{ what: `client certificate ${cert}`, ends: own.validToDate.getTime() }], { now });
  return warning && `${warning.text}: ask for a new one`;
}
