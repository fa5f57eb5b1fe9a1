/**
 * The daemon's certificate and key, and the CAs of its clients, read from their files.
 *
 * @module
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { StartError } from "../errors.ts";
import { isForServers } from "../identity/extended_key_usage.ts";
import { readRegularFile, textOf } from "../files/regular_file.ts";

/** The paths of the files. */
export interface CredentialFiles {
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly clientCa: string;
}

/** Certificates and a key in PEM, as `node:tls` takes them. */
export interface Credentials {
  /** The certificate of the daemon, and those that lead from it to its CA. */
  readonly cert: string;
  /** The private key of the daemon. */
  readonly key: string;
  /** The CAs that sign the certificates of clients. */
  readonly ca: string;
}

/**
 * Reads the daemon's own certificate and key.
 *
 * @throws {StartError} When they cannot be used.
 */
export async function readPair(
  { tlsCert, tlsKey }: Pick<CredentialFiles, "tlsCert" | "tlsKey">,
): Promise<Pick<Credentials, "cert" | "key">> {
  const [cert, key] = await Promise.all([
    readNamedText(tlsCert, "certificate (--tls-cert)"),
    readNamedText(tlsKey, "private key (--tls-key)"),
  ]);
  const [own] = parse(cert, tlsCert);
  if (!own?.checkPrivateKey(parseKey(key, tlsKey))) {
    throw new StartError(
      `The private key ${tlsKey} does not belong to the certificate ${tlsCert}: give both of one pair`,
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) { // a key that is too weak, for one
    throw new StartError(`Cannot use the certificate ${tlsCert} and its key: ${(error as Error).message}`);
  }
  if (own.validToDate.getTime() <= Date.now()) {
    throw new StartError(`The certificate ${tlsCert} has expired on ${own.validToDate.toISOString()}: get a new one`);
  }
  if (own.validFromDate.getTime() > Date.now()) {
    throw new StartError(
      `The certificate ${tlsCert} is not valid before ${own.validFromDate.toISOString()}: check the clock`,
    );
  }
  if (!isForServers(own.raw)) {
    throw new StartError(
      `The certificate ${tlsCert} is not for servers: no client would take it; get one with the usage serverAuth`,
    );
  }
  return { cert, key };
}

/**
 * Reads the CAs of the clients.
 *
 * @throws {StartError} When they cannot be used.
 */
export async function readClientCa({ clientCa }: Pick<CredentialFiles, "clientCa">): Promise<string> {
  const ca = await readNamedText(clientCa, "client CA (--client-ca)");
  parse(ca, clientCa);
  return ca;
}

/** Reads all certificates of a PEM text. */
export function parseCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/**
 * Reads a file that an option names.
 *
 * @param what The name of the file in the error, for a person.
 * @param limit Maximum size of the file, in bytes.
 * @throws {StartError} When the file cannot be read.
 */
export async function readNamed(path: string, what: string, limit?: number): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, limit);
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

/**
 * Reads a file of text that an option names.
 *
 * @throws {StartError} When the file cannot be read.
 */
export async function readNamedText(path: string, what: string, limit?: number): Promise<string> {
  const bytes = await readNamed(path, what, limit);
  try {
    return textOf(bytes);
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

function unreadable(path: string, what: string, error: unknown): StartError {
  const { message } = error as Error;
  return new StartError(`Cannot read the ${what}: ${message.includes(path) ? message : `${path}: ${message}`}`);
}

function parse(pem: string, path: string): X509Certificate[] {
  let certificates: X509Certificate[] = [];
  try {
    certificates = parseCertificates(pem);
  } catch {
    // the file has none that can be read, as below
  }
  const begun = pem.split("-----BEGIN CERTIFICATE-----").length - 1;
  // A file that was cut short must not count as one with fewer certificates.
  if (certificates.length === 0 || certificates.length !== begun) {
    throw new StartError(`Cannot find a certificate in ${path}: it must be PEM`);
  }
  return certificates;
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new StartError(`Cannot find a private key in ${path}: it must be PEM and without a passphrase`);
  }
}
