/**
 * The verb `renew`: the same certificates with later dates.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { OPTIONS, parse, parseClients, parseDays, parseDirectory, UsageError, type Verb } from "../arguments.ts";
import { type AuthorityName, Directory } from "../directory.ts";
import { RecordFile, signerOf } from "../record.ts";
import { endOf, inDays } from "./contents.ts";
import { makeKey, refuseCompromisedKey } from "./keys.ts";
import { report } from "./report.ts";

/** `deno task certs renew DIR NAME`. */
export const renew: Verb = {
  help: `Make the same certificates with later dates: for users, the server and the CAs.

Usage: deno task certs renew DIR NAME ... [options]

NAME is a user, server, server-ca or client-ca. Names, hosts and role stay, and the key too, so that NAME.crt alone
changes. The old files are kept under dated names. The old certificate of a user stays good until it ends or is revoked.

What a CA has issued stays good after its renewal. Give the new client-ca.crt to the daemon, and the new server-ca.crt
to the users, before the old one ends. No certificate lasts longer than its CA: renew the CA first.

Options:
  --days N    How long the new certificates are valid. Default: as long as the old ones.
  --new-key   Make a new key, too. Not for CAs, and not for a user whose key is elsewhere.
`,
  async run(words) {
    const { values, positionals } = parse(words, {
      days: OPTIONS.days,
      "new-key": { type: "boolean", default: false },
    });
    const [path, names] = parseDirectory(positionals, "renew DIR NAME");
    if (names.length === 0) throw new UsageError(`Say what to renew: deno task certs renew ${path} NAME.`);
    const cas = (["server-ca", "client-ca"] as const).filter((ca) => names.includes(ca));
    const others = names.filter((name) => !isAuthority(name));
    parseClients(others.filter((name) => name !== "server"));
    const days = parseDays(values.days);
    if (values["new-key"] && cas.length > 0) {
      throw new UsageError("A CA keeps its key. For a CA with a new key, make a new set in another DIR.");
    }

    const directory = new Directory(path);
    using record = await RecordFile.open(directory);
    const written: string[] = [];
    const kept: string[] = [];
    for (const name of [...cas, ...others]) {
      const files = isAuthority(name)
        ? await renewAuthority(directory, name, days)
        : await renewCertificate(directory, record, name, days, values["new-key"]);
      kept.push(...await directory.replace(files));
      written.push(...files.keys());
      await record.save();
    }
    return await report(directory, written, kept);
  },
};

async function renewAuthority(directory: Directory, name: AuthorityName, days: number | undefined) {
  const authority = await directory.authority(name, true);
  const notAfter = inDays(days) ?? sameLength(authority.cert);
  return new Map([[`${name}.crt`, await authority.renew(authority.cert, { notAfter })]]);
}

async function renewCertificate(
  directory: Directory,
  record: RecordFile,
  name: string,
  days: number | undefined,
  newKey: boolean,
): Promise<Map<string, string>> {
  const file = directory.file(name);
  const cert = await directory.read(`${name}.crt`);
  if (cert === undefined) {
    throw new Error(`${file}.crt does not exist: make it, with deno task certs client or server.`);
  }
  const ca = name === "server" ? "server-ca" : "client-ca";
  const authority = await directory.authority(ca);
  if (!signerOf(cert, new Map([[ca, new X509Certificate(authority.cert)]]))) {
    throw new Error(`${file}.crt is not issued by ${directory.file(ca)}.crt: only that CA can renew it.`);
  }
  const end = sameLength(cert);
  const notAfter = days === undefined && end < authority.notAfter ? end : endOf(authority, days);
  if (newKey && !await directory.has(`${name}.key`)) {
    throw new Error(
      `${file}.key does not exist: the key is elsewhere. Ask for a new request, and sign it with --replace.`,
    );
  }
  if (!newKey) await refuseCompromisedKey(directory, record, cert, name);
  const key = newKey ? await makeKey() : undefined;
  const renewed = await authority.renew(cert, { notAfter }, key?.publicKey);
  record.add(name, ca, renewed);
  return new Map([...key ? [[`${name}.key`, key.pem] as const] : [], [`${name}.crt`, renewed]]);
}

/** The end of a certificate that begins now and lasts as long as another one. */
function sameLength(cert: string): Date {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  return new Date(Date.now() + validToDate.getTime() - validFromDate.getTime());
}

function isAuthority(name: string): name is AuthorityName {
  return name === "server-ca" || name === "client-ca";
}
