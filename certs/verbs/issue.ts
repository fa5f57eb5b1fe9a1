/**
 * The verbs `client` and `server`: new certificates by the CAs that are there.
 *
 * @module
 */
import {
  OPTIONS,
  parse,
  parseClients,
  parseDays,
  parseDirectory,
  parseHosts,
  parseRole,
  UsageError,
  type Verb,
} from "../arguments.ts";
import type { CertificateOptions, Pair } from "../authority.ts";
import { type AuthorityName, Directory, filesOf } from "../directory.ts";
import { RecordFile } from "../record.ts";
import { clientOptions, endOf, serverOptions } from "./contents.ts";
import { readOwnPair, refuseCompromisedKey } from "./keys.ts";
import { report } from "./report.ts";

/** `deno task certs client DIR NAME`. */
export const client: Verb = {
  help: `Make a key and a certificate for each user NAME.

Usage: deno task certs client DIR NAME ... [options]

A user who makes the key on their own machine is safer: see deno task certs sign --help.

Options:
  --role ROLE   What these users are to the daemon: viewer or operator (OU=paas-ROLE). Default: a user.
  --days N      How long the certificates are valid, at most until the client CA ends. Default: until then.
  --replace     Take the place of a certificate and key of that name, which are kept under dated names. The old
                certificate stays good until it ends or is revoked.
  --keep-key    With --replace: the new certificate is for the old key, as for another role.
`,
  async run(words) {
    const { days, role, replace, "keep-key": keepKey } = OPTIONS;
    const { values, positionals } = parse(words, { days, role, replace, "keep-key": keepKey });
    const [path, names] = parseDirectory(positionals, "client DIR NAME");
    if (names.length === 0) throw new UsageError(`Say for which user: deno task certs client ${path} NAME.`);
    parseClients(names);
    const wanted = parseRole(values.role);
    const certificates = names.map((name) => ({ name, ...clientOptions(name, wanted) }));
    return await issue(new Directory(path), "client-ca", certificates, issueOptions(values));
  },
};

/** `deno task certs server DIR`. */
export const server: Verb = {
  help: `Make a key and a certificate for the daemon, by the server CA that is there.

Usage: deno task certs server DIR [options]

Options:
  --host HOST   A DNS name or IP address that the server is reached under (may be repeated). localhost, 127.0.0.1
                and ::1 are always in its certificate.
  --days N      How long the certificate is valid, at most until the server CA ends. Default: until then.
  --replace     Take the place of server.crt and server.key, which are kept under dated names.
  --keep-key    With --replace: the new certificate is for the old key, so that one file changes only.

To make the same certificate once more with later dates: deno task certs renew DIR server.
`,
  async run(words) {
    const { days, host, replace, "keep-key": keepKey } = OPTIONS;
    const { values, positionals } = parse(words, { days, host, replace, "keep-key": keepKey });
    const [path, [superfluous]] = parseDirectory(positionals, "server DIR");
    if (superfluous) throw new UsageError(`Say the names of the server by --host, as in --host ${superfluous}.`);
    parseHosts(values.host);
    if (values.replace && values.host.length === 0) {
      throw new UsageError(
        `Say all names of the server by --host; to keep those of the certificate: deno task certs renew ${path} server.`,
      );
    }
    const certificates = [{ name: "server", ...serverOptions(values.host) }];
    return await issue(new Directory(path), "server-ca", certificates, issueOptions(values));
  },
};

interface IssueOptions {
  readonly days: number | undefined;
  readonly replace: boolean;
  readonly keepKey: boolean;
}

function issueOptions(values: { days?: string | undefined; replace: boolean; "keep-key": boolean }): IssueOptions {
  const options = { days: parseDays(values.days), replace: values.replace, keepKey: values["keep-key"] };
  if (options.keepKey && !options.replace) throw new UsageError("--keep-key needs --replace.");
  return options;
}

async function issue(
  directory: Directory,
  ca: AuthorityName,
  certificates: readonly (CertificateOptions & { name: string })[],
  { days, replace, keepKey }: IssueOptions,
): Promise<string> {
  const authority = await directory.authority(ca);
  using record = await RecordFile.open(directory);
  if (!replace) {
    const files = certificates.flatMap(({ name }) => [`${name}.crt`, `${name}.key`]);
    await directory.refuseToOverwrite(files, "Renew it (deno task certs renew), or add --replace.");
  }
  const pairs = new Map<string, Pair>();
  for (const { name, ...options } of certificates) {
    const renews = keepKey ? await readOwnPair(directory, name) : undefined;
    if (renews) await refuseCompromisedKey(directory, record, renews.cert, name);
    pairs.set(name, await authority.issue({ ...options, renews, notAfter: endOf(authority, days) }));
  }
  const files = filesOf(pairs);
  if (keepKey) { for (const name of pairs.keys()) files.delete(`${name}.key`); }
  const kept = replace ? await directory.replace(files) : (await directory.create(files), []);
  for (const [name, { cert }] of pairs) record.add(name, ca, cert);
  await record.save();
  return await report(directory, [...files.keys()], kept);
}
