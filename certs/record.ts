/**
 * The record of a directory: what was issued there and what was revoked, in `issued.jsonl`, one JSON object a line. Lines
 * are only added. The record has no secret.
 *
 * @module
 */
import { createHash, X509Certificate } from "node:crypto";
import type { Directory } from "./directory.ts";
import { normalSerial, type Reason, type Revocation } from "./revocation_list.ts";

/** The name of the file. */
export const RECORD = "issued.jsonl";

/** A certificate that was issued. */
export interface Issued {
  readonly name: string;
  /** The CA that has signed it. */
  readonly ca: "client-ca" | "server-ca";
  /** A role of the daemon by the certificate's OU; else "user", or "server". */
  readonly role: string;
  /** Its serial number, in lower-case hexadecimal. */
  readonly serial: string;
  /** The dates of its validity. */
  readonly from: string;
  readonly until: string;
  /** The SHA-256 of the certificate: the user's id, unless the daemon has another `--identity`. */
  readonly sha256: string;
  /** The SHA-256 of its public key: the user's id with `--identity public-key`. */
  readonly key: string;
}

/** A line that notes a revocation. */
interface RevokedLine {
  readonly revoked: string;
  readonly at: string;
  readonly reason?: Reason | undefined;
}

/** The certificates that were issued and revoked in a directory. */
export class RecordFile implements Disposable {
  readonly #directory: Directory;
  readonly #file: Deno.FsFile | undefined;
  readonly #issued = new Map<string, Issued>();
  readonly #revoked = new Map<string, Revocation>();
  #added: object[] = [];

  private constructor(directory: Directory, file?: Deno.FsFile) {
    this.#directory = directory;
    this.#file = file;
  }

  /**
   * Reads the record, and begins one when there is none. It is locked until it is disposed of, against a second
   * `deno task certs` in this directory.
   *
   * @throws {Error} When a line of the record is damaged, or the directory has no CA.
   */
  static async open(directory: Directory): Promise<RecordFile> {
    await refuseWithoutCa(directory);
    const options = { read: true, append: true, create: true, mode: 0o600 };
    const record = new RecordFile(directory, await Deno.open(directory.file(RECORD), options));
    try {
      await record.#file!.lock(true);
      await record.#read();
      return record;
    } catch (error) {
      record[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Reads the record to look at it; {@linkcode save} is not for this one.
   *
   * @throws {Error} When a line of the record is damaged, or the directory has no CA.
   */
  static async look(directory: Directory): Promise<RecordFile> {
    await refuseWithoutCa(directory);
    const record = new RecordFile(directory);
    await record.#read();
    return record;
  }

  /** All certificates that were issued. */
  get issued(): Issued[] {
    return [...this.#issued.values()];
  }

  /** All revocations that were made here. */
  get revocations(): Revocation[] {
    return [...this.#revoked.values()];
  }

  /** Notes a certificate, PEM. */
  add(name: string, ca: Issued["ca"], cert: string): Issued {
    const issued = describe(name, ca, cert);
    this.#addLine(this.#issued, issued.serial, issued, issued);
    return issued;
  }

  /** Notes a revocation. */
  revoke(revocation: Revocation): void {
    const { serial, date, reason } = revocation;
    this.#addLine(this.#revoked, serial, revocation, { revoked: serial, at: iso(date), reason });
  }

  /** Writes down what is new. */
  async save(): Promise<void> {
    const text = this.#added.map((line) => JSON.stringify(line) + "\n").join("");
    this.#added = [];
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await this.#file!.write(rest));
    await this.#file!.sync();
  }

  /** Closes the file, which unlocks it. */
  [Symbol.dispose](): void {
    this.#file?.close();
  }

  #addLine<Value>(known: Map<string, Value>, serial: string, value: Value, line: object): void {
    if (known.has(serial)) return;
    known.set(serial, value);
    this.#added.push(line);
  }

  async #read(): Promise<void> {
    const text = await this.#directory.read(RECORD) ?? "";
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() !== "") this.#take(line, index + 1);
    }
    // Certificates that were issued before there was a record, or without one.
    const cas = await this.#cas();
    for (const { name, cert } of await this.#directory.certificates()) {
      const ca = signerOf(cert, cas);
      if (ca) this.add(name, ca, cert);
    }
  }

  #take(text: string, number: number): void {
    let line: Partial<Issued & RevokedLine> | null = null;
    try {
      line = JSON.parse(text);
    } catch {
      // Reported below.
    }
    if (typeof line?.revoked === "string" && !Number.isNaN(Date.parse(line.at ?? ""))) {
      const { revoked: serial, at, reason } = line as RevokedLine;
      this.#revoked.set(serial, { serial, date: new Date(at), reason });
    } else if (typeof line?.serial === "string" && typeof line.name === "string") {
      this.#issued.set(line.serial, line as Issued);
    } else {
      throw new Error(`Line ${number} of ${this.#directory.file(RECORD)} is damaged: mend it, or remove it.`);
    }
  }

  async #cas(): Promise<Map<Issued["ca"], X509Certificate>> {
    const cas = new Map<Issued["ca"], X509Certificate>();
    for (const name of ["client-ca", "server-ca"] as const) {
      const pem = await this.#directory.read(`${name}.crt`);
      if (pem !== undefined) cas.set(name, new X509Certificate(pem));
    }
    return cas;
  }
}

async function refuseWithoutCa(directory: Directory): Promise<void> {
  if (await directory.has("client-ca.crt") || await directory.has("server-ca.crt")) return;
  throw new Error(`There is no CA in ${directory.path}: to make one, say deno task certs make ${directory.path}.`);
}

/** The CA that has signed a certificate; undefined when none has, or when it cannot be read. */
export function signerOf<Name extends string>(
  cert: string,
  cas: ReadonlyMap<Name, X509Certificate>,
): Name | undefined {
  try {
    const certificate = new X509Certificate(cert);
    for (const [name, ca] of cas) {
      if (certificate.checkIssued(ca) && certificate.verify(ca.publicKey)) return name;
    }
  } catch {
    // It is no certificate.
  }
  return undefined;
}

/** Gives the entry of a certificate, PEM. */
export function describe(name: string, ca: Issued["ca"], cert: string): Issued {
  const certificate = new X509Certificate(cert);
  const role = /^OU=paas-(viewer|operator)$/m.exec(certificate.subject)?.[1];
  return {
    name,
    ca,
    role: role ?? (ca === "server-ca" ? "server" : "user"),
    serial: normalSerial(certificate.serialNumber),
    from: iso(certificate.validFromDate),
    until: iso(certificate.validToDate),
    sha256: sha256(certificate.raw),
    key: sha256(certificate.publicKey.export({ type: "spki", format: "der" })),
  };
}

/** The SHA-256 of bytes, in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function iso(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}
