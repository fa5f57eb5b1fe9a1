/**
 * The verb `sign`: a certificate for a request that a user has made.
 *
 * @module
 */
import "reflect-metadata"; // before x509: it is the polyfill that x509 needs
import * as x509 from "@peculiar/x509";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import {
  OPTIONS,
  parse,
  parseClients,
  parseDays,
  parseDirectory,
  parseRole,
  UsageError,
  type Verb,
} from "../arguments.ts";
import { Directory } from "../directory.ts";
import { RecordFile } from "../record.ts";
import { clientOptions, endOf } from "./contents.ts";
import { keyFingerprint, readPublicKey, refuseCompromisedKey } from "./keys.ts";
import { report } from "./report.ts";

/** The longest request, in bytes; an RSA key of 8,192 bits makes less than 4 KiB. */
const MAX_REQUEST_BYTES = 65_536;

/** `deno task certs sign DIR REQUEST`. */
export const sign: Verb = {
  help: `Make a certificate for a user's own certificate request (PKCS#10), so that the key stays with the user.

Usage: deno task certs sign DIR REQUEST.csr [options]

The request gives the key and, unless there is --name, the name (CN). Nothing else of it counts: no role, no dates, no
extensions. The certificate is DIR/NAME.crt. Compare the printed SHA-256 of the key with that of the user, by
telephone for example, before you give the certificate away.

Options:
  --name NAME   The name of the user. Default: the name in the request.
  --role ROLE   What the user is to the daemon: viewer or operator (OU=paas-ROLE). Default: a user.
  --days N      How long the certificate is valid, at most until the client CA ends. Default: until then.
  --replace     Take the place of a certificate of that name, which is kept under a dated name.
`,
  async run(words) {
    const { days, role, replace } = OPTIONS;
    const { values, positionals } = parse(words, { days, role, replace, name: { type: "string" } });
    const [path, [file, ...rest]] = parseDirectory(positionals, "sign DIR REQUEST.csr");
    if (!file) throw new UsageError(`Say which request: deno task certs sign ${path} REQUEST.csr.`);
    if (rest.length > 0) throw new UsageError(`One request only: "${rest.join(" ")}" is too much.`);
    const [wantedDays, wantedRole] = [parseDays(values.days), parseRole(values.role)];
    if (values.name !== undefined) parseClients([values.name]);

    const directory = new Directory(path);
    const authority = await directory.authority("client-ca");
    const request = await readRequest(file);
    const name = values.name ?? nameIn(request, file);
    const key = request.key;

    using record = await RecordFile.open(directory);
    if (!values.replace) {
      const files = [`${name}.crt`, `${name}.key`];
      await directory.refuseToOverwrite(files, "Take another --name, or add --replace.");
    }
    await refuseCompromisedKey(directory, record, key, name);
    const notAfter = endOf(authority, wantedDays);
    const cert = await authority.certify(request.der, { ...clientOptions(name, wantedRole), notAfter });
    const kept = await replaceCertificate(directory, name, cert);
    record.add(name, "client-ca", cert);
    await record.save();
    return `${await report(directory, [`${name}.crt`], kept)}\nSHA-256 of the key: ${keyFingerprint(key)}`;
  },
};

interface Request {
  /** The names (CN) that it asks for. */
  readonly names: readonly string[];
  readonly key: KeyObject;
  /** The key as a SubjectPublicKeyInfo in DER. */
  readonly der: ArrayBuffer;
}

/**
 * Reads a request.
 *
 * @throws {Error} When it is none, or is not signed by its own key, or no daemon accepts the key.
 */
async function readRequest(file: string): Promise<Request> {
  const { size, isFile } = await Deno.stat(file).catch((cause) => {
    throw new Error(`Cannot read the request ${file}: ${(cause as Error).message}.`, { cause });
  });
  if (!isFile || size > MAX_REQUEST_BYTES) throw new Error(`${file} is no certificate request: give a PEM file.`);
  const text = await Deno.readTextFile(file);
  let request: x509.Pkcs10CertificateRequest;
  try {
    const [block = ""] =
      /-----BEGIN (NEW )?CERTIFICATE REQUEST-----[^-]+-----END \1?CERTIFICATE REQUEST-----/.exec(text) ??
        [];
    request = new x509.Pkcs10CertificateRequest(x509.PemConverter.decodeFirst(block));
  } catch (cause) {
    throw new Error(`${file} is no certificate request in PEM: make one, with openssl req -new for example.`, {
      cause,
    });
  }
  if (!await request.verify().catch(() => false)) {
    throw new Error(`${file} is not signed by its own key, or was changed on its way: ask for it again.`);
  }
  const der = request.publicKey.rawData;
  try {
    return { names: request.subjectName.getField("CN"), key: readPublicKey(new Uint8Array(der)), der };
  } catch (cause) {
    throw new Error(`Cannot sign ${file}: ${(cause as Error).message}.`, { cause });
  }
}

function nameIn({ names }: Request, file: string): string {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) {
    throw new Error(`${file} does not ask for one name (CN): say the name of the user by --name.`);
  }
  try {
    parseClients([name]);
    return name;
  } catch (error) {
    throw new Error(`${file} asks for a name that no user can have: take --name. ${(error as Error).message}`);
  }
}

/** Puts the certificate in its place; a key of the old one that lies there is put away, for it does not fit. */
async function replaceCertificate(directory: Directory, name: string, cert: string): Promise<string[]> {
  const key = await directory.read(`${name}.key`);
  const fits = key !== undefined && new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  const kept = key === undefined || fits ? [] : await directory.putAway(`${name}.key`);
  return [...kept, ...await directory.replace(new Map([[`${name}.crt`, cert]]))];
}
