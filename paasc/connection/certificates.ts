/**
 * The client's own certificates: read, and explained where they are no good.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import process from "node:process";
import { PaasError } from "../errors.ts";
import { fileFault, withoutMark } from "../words/file_fault.ts";
import type { CertificateFiles } from "../settings/settings.ts";

/** `node:crypto`, loaded when it is used: that takes a while, and few commands use it. */
const crypto = () => process.getBuiltinModule("node:crypto");

/** What a person calls each of the files, and how to name another one. */
const titles = {
  ca: { title: "server CA", help: "--ca, PAASC_CA" },
  cert: { title: "client certificate", help: "--cert, PAASC_CERT" },
  key: { title: "private key", help: "--key, PAASC_KEY" },
} as const;

/** The files and what is in them. */
export interface Certificates {
  readonly files: CertificateFiles;
  /** The texts of the files. */
  readonly pem: Readonly<Record<keyof CertificateFiles, string>>;
}

/**
 * Reads the files. What is in them shows when they are used; {@linkcode certificateFault} explains it then.
 *
 * @throws {PaasError} When one cannot be read
 */
export async function readCertificates(files: CertificateFiles): Promise<Certificates> {
  const read = async (name: keyof CertificateFiles) => {
    try {
      return withoutMark(await Deno.readTextFile(files[name]));
    } catch (cause) {
      const { title, help } = titles[name];
      throw new PaasError("no-connection", `cannot read the ${title} ${files[name]}: ${fileFault(cause)} (${help})`, {
        cause,
      });
    }
  };
  // One after the other, so that of several that are missing it is always the same that is named.
  return { files, pem: { ca: await read("ca"), cert: await read("cert"), key: await read("key") } };
}

/** Why nobody could connect with these files, whatever the daemon says. */
export function unusable({ files, pem }: Certificates): string | undefined {
  const cas = certificatesOf(pem.ca);
  if (cas.length === 0) return `the server CA ${files.ca} holds no PEM certificate (${titles.ca.help})`;
  const [certificate] = certificatesOf(pem.cert);
  if (!certificate) return `the client certificate ${files.cert} is no PEM certificate (${titles.cert.help})`;
  try {
    if (certificate.checkPrivateKey(crypto().createPrivateKey(pem.key))) return undefined;
  } catch {
    return `the private key ${files.key} is no PEM private key, or needs a passphrase (${titles.key.help})`;
  }
  return `the private key ${files.key} does not belong to the client certificate ${files.cert} (--key, --cert)`;
}

/** The certificates in a PEM text, as far as they are some. */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []).flatMap((block) => {
    try {
      return new (crypto().X509Certificate)(block);
    } catch {
      return [];
    }
  });
}

/** The user that these files make one: the SHA-256 of the client certificate. */
export function userOf({ pem }: Certificates): string | undefined {
  return certificatesOf(pem.cert)[0]?.fingerprint256.replaceAll(":", "").toLowerCase();
}

/** What a certificate is presented for. */
export type Usage = "clientAuth" | "serverAuth";

/** DER of the object identifiers id-ce-extKeyUsage, id-kp-clientAuth and id-kp-serverAuth. */
const identifiers = {
  extendedKeyUsage: "0603551d25",
  clientAuth: "06082b06010505070302",
  serverAuth: "06082b06010505070301",
};

/** Why a certificate is no good at this time, as a clause about "it". */
export function outOfDate({ validFromDate: from, validToDate: to }: X509Certificate): string | undefined {
  const now = new Date();
  if (now > to) return `it expired at ${time(to)}`;
  if (now < from) return `it is not valid before ${time(from)}; is the clock right?`;
  return undefined;
}

/** Why a certificate is no good for this use at this time, as a clause about "it". */
export function invalidity(certificate: X509Certificate, usage: Usage): string | undefined {
  const date = outOfDate(certificate);
  if (date) return date;
  // Deno's X509Certificate does not tell the extended key usage (Node's `keyUsage`). To look for the identifiers is
  // enough, since this only words a refusal that has already happened.
  const der = certificate.raw.toString("hex");
  if (!der.includes(identifiers.extendedKeyUsage)) return `it has no extended key usage, where ${usage} is needed`;
  if (!der.includes(identifiers[usage])) return `its extended key usage lacks ${usage}`;
  return undefined;
}

/** A time, to the second. */
export function time(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}
