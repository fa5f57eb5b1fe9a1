/**
 * The verb `list`: what was issued in a directory, and when it ends.
 *
 * @module
 */
import { parse, parseDirectory, UsageError, type Verb } from "../arguments.ts";
import { serialOf } from "../authority.ts";
import { Directory } from "../directory.ts";
import { daysLeft, type Ending, expiryWarnings } from "@paas/proto/expiry";
import { describe, type Issued, RecordFile } from "../record.ts";
import { LIST, readRevocations } from "../revocation_list_file.ts";

/** `deno task certs list DIR`. */
export const list: Verb = {
  help: `List the certificates that were issued in DIR, and what ends soon.

Usage: deno task certs list DIR

STATE is "valid, replaced" for a certificate that is still good though NAME.crt is another one. The list has all that
DIR/issued.jsonl notes, and all certificates that lie in DIR.
`,
  async run(words) {
    const { positionals } = parse(words, {});
    const [path, [superfluous]] = parseDirectory(positionals, "list DIR");
    if (superfluous) throw new UsageError(`"${superfluous}" is too much: list takes a DIR alone.`);
    const directory = new Directory(path);
    const record = await RecordFile.look(directory);
    const { revocations, list } = await readRevocations(directory, record);
    const now = Date.now();

    const cas = await authorities(directory);
    const issued = record.issued.toSorted((one, other) =>
      other.ca.localeCompare(one.ca) || one.name.localeCompare(other.name) || one.from.localeCompare(other.from)
    );
    // The file has the certificate in use; one that was given away and removed is the last that was issued.
    const inUse = new Map(issued.map(({ name, serial }) => [name, serial]));
    for (const name of inUse.keys()) {
      const cert = await directory.read(`${name}.crt`);
      if (cert !== undefined) inUse.set(name, serialOf(cert));
    }
    const revoked = new Map(revocations.map((revocation) => [revocation.serial, revocation]));
    const stateOf = ({ name, serial, until }: Issued) => {
      const revocation = revoked.get(serial);
      if (revocation) {
        const { date, reason } = revocation;
        return `revoked ${date.toISOString().slice(0, 10)}${reason ? `, ${reason}` : ""}`;
      }
      if (Date.parse(until) <= now) return "ended";
      return (inUse.get(name) ?? serial) === serial ? "valid" : "valid, replaced";
    };
    const row = (certificate: Issued) => [
      certificate.name,
      certificate.role,
      certificate.until.slice(0, 10),
      String(daysLeft(Date.parse(certificate.until), now)),
      certificate.serial,
      stateOf(certificate),
    ];
    const rows = [["NAME", "ROLE", "UNTIL", "DAYS", "SERIAL", "STATE"], ...[...cas, ...issued].map(row)];

    const endings: Ending[] = [...cas, ...issued]
      .filter(({ name, serial }) => (inUse.get(name) ?? serial) === serial && !revoked.has(serial))
      .map(({ name, until }) => ({ what: `certificate ${name}`, ends: Date.parse(until) }));
    if (list) endings.push({ what: `revocation list ${LIST}`, ends: list.nextUpdate.getTime() });
    const warnings = expiryWarnings(endings, { now }).map(({ text }) => `Warning: ${text}.`);
    return [...table(rows), ...warnings.length > 0 ? ["", ...warnings] : []].join("\n");
  },
};

/** The certificates of the CAs themselves. */
async function authorities(directory: Directory): Promise<Issued[]> {
  const found: Issued[] = [];
  for (const name of ["server-ca", "client-ca"] as const) {
    const cert = await directory.read(`${name}.crt`);
    if (cert !== undefined) found.push({ ...describe(name, name, cert), role: "CA" });
  }
  return found;
}

/** Rows in columns. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
}
