/**
 * The verbs `revoke` and `crl`: the revocation list of the client CA.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import {
  OPTIONS,
  parse,
  parseDays,
  parseDirectory,
  parseReason,
  RESERVED_NAMES,
  UsageError,
  type Verb,
} from "../arguments.ts";
import { Directory } from "../directory.ts";
import { type Issued, RecordFile, signerOf } from "../record.ts";
import { normalSerial, REASONS } from "../revocation_list.ts";
import { LIST, LIST_DAYS, readRevocations, writeRevocations } from "../revocation_list_file.ts";

/** `deno task certs revoke DIR NAME`. */
export const revoke: Verb = {
  help: `Revoke certificates of users: the daemon refuses them from then on, and cuts their connections.

Usage: deno task certs revoke DIR NAME|FILE.crt ... [options]

NAME stands for all certificates of that user that have not ended. A FILE (with a / in its path) stands for that
certificate alone, and so does a --serial. They are added to DIR/client-ca.crl. Give that file to the daemon (--crl).

Options:
  --serial HEX      A certificate by its serial number, as list prints it (may be repeated).
  --reason REASON   ${Object.keys(REASONS).join(", ")}.
                    Default: none. Without a reason, or with keyCompromise, the key gets no new certificate.
  --days N          How long the list is good. Default: ${LIST_DAYS}.
`,
  async run(words) {
    const { values, positionals } = parse(words, {
      days: OPTIONS.days,
      reason: { type: "string" },
      serial: { type: "string", multiple: true, default: [] },
    });
    const [path, targets] = parseDirectory(positionals, "revoke DIR NAME");
    if (targets.length + values.serial.length === 0) {
      throw new UsageError(
        `Say which certificate: deno task certs revoke ${path} NAME (or FILE.crt, or --serial HEX).`,
      );
    }
    const [days, reason] = [parseDays(values.days), parseReason(values.reason)];
    const directory = new Directory(path);
    const authority = await directory.authority("client-ca");
    using record = await RecordFile.open(directory);
    const { revocations } = await readRevocations(directory, record);
    const revoked = new Set(revocations.map(({ serial }) => serial));

    const found = [
      ...await Promise.all(targets.map((target) => find(directory, record, target, revoked))),
      ...values.serial.map((serial) => bySerial(directory, record, serial)),
    ].flat();
    const lines: string[] = [];
    for (const { name, serial, until } of found) {
      if (revoked.has(serial)) {
        lines.push(`Was revoked before: ${name}, serial number ${serial}`);
        continue;
      }
      revoked.add(serial);
      record.revoke({ serial, date: new Date(), reason });
      lines.push(`Revoked ${name}, serial number ${serial}, valid until ${until.slice(0, 10)}`);
    }
    await record.save();
    await writeRevocations(directory, record, authority, days);
    return [...lines, await listLine(directory, record)].join("\n");
  },
};

/** `deno task certs crl DIR`. */
export const crl: Verb = {
  help: `Make the revocation list DIR/client-ca.crl, or make it anew before it ends, with the same entries.

Usage: deno task certs crl DIR [options]

Give the file to the daemon (--crl).

Options:
  --days N   How long the list is good. Default: ${LIST_DAYS}.
`,
  async run(words) {
    const { values, positionals } = parse(words, { days: OPTIONS.days });
    const [path, [superfluous]] = parseDirectory(positionals, "crl DIR");
    if (superfluous) throw new UsageError(`"${superfluous}" is too much: to revoke, say deno task certs revoke.`);
    const days = parseDays(values.days);
    const directory = new Directory(path);
    const authority = await directory.authority("client-ca");
    using record = await RecordFile.open(directory);
    await writeRevocations(directory, record, authority, days);
    await record.save();
    return await listLine(directory, record);
  },
};

/** The certificates that a word stands for. */
async function find(
  directory: Directory,
  record: RecordFile,
  target: string,
  revoked: ReadonlySet<string>,
): Promise<Issued[]> {
  if (target.includes("/")) return [await byFile(directory, record, target)];
  if (RESERVED_NAMES.includes(target)) {
    throw new Error(
      `${target} is no user, and clients read no revocation list: make a new set, or give the server a new certificate.`,
    );
  }
  const ofName = record.issued.filter(({ name, ca }) => name === target && ca === "client-ca");
  const valid = ofName.filter(({ until }) => Date.parse(until) > Date.now());
  if (valid.length > 0) {
    // Certificates that were revoked before count only if there are no others.
    const now = valid.filter(({ serial }) => !revoked.has(serial));
    return now.length > 0 ? now : valid;
  }
  throw new Error(
    ofName.length > 0
      ? `All certificates of ${target} have ended: there is nothing to revoke.`
      : `No certificate of ${target} is known in ${directory.path}: see deno task certs list, or give its file or --serial.`,
  );
}

async function byFile(directory: Directory, record: RecordFile, file: string): Promise<Issued> {
  const cert = await Deno.readTextFile(file).catch((cause) => {
    throw new Error(`Cannot read the certificate ${file}: ${(cause as Error).message}.`, { cause });
  });
  const ca = new X509Certificate(await directory.read("client-ca.crt") ?? "");
  if (signerOf(cert, new Map([["client-ca", ca]])) === undefined) {
    throw new Error(`${file} is no certificate of ${directory.file("client-ca.crt")}: only its own CA can revoke it.`);
  }
  const [name = "unknown"] = /^CN=(.*)$/m.exec(new X509Certificate(cert).subject)?.slice(1) ?? [];
  return record.add(name, "client-ca", cert);
}

function bySerial(directory: Directory, record: RecordFile, text: string): Issued {
  const serial = normalSerial(text.replaceAll(":", ""));
  const issued = record.issued.find((issued) => issued.serial === serial && issued.ca === "client-ca");
  if (issued) return issued;
  throw new Error(
    `No certificate of a user with the serial number ${text} is known in ${directory.path}: give its file.`,
  );
}

/** The list that was written, in a sentence. */
async function listLine(directory: Directory, record: RecordFile): Promise<string> {
  const { list } = await readRevocations(directory, record);
  const { entries, number, nextUpdate } = list!;
  const day = nextUpdate.toISOString().slice(0, 10);
  return `Wrote ${directory.file(LIST)}: number ${number}, ${entries.length} revoked, good until ${day}`;
}
