/**
 * The verb `make`: a whole new set, or further clients of the CA that is there.
 *
 * @module
 */
import {
  OPTIONS,
  parse,
  parseClients,
  parseDays,
  parseHosts,
  parseRole,
  type Role,
  UsageError,
  type Verb,
} from "../arguments.ts";
import { createAuthority, type Pair, type Validity } from "../authority.ts";
import { Directory, filesOf } from "../directory.ts";
import { RECORD, RecordFile } from "../record.ts";
import { clientOptions, endOf, inDays, serverOptions } from "./contents.ts";

const HELP = `Make the certificates of a Paas daemon and its users.

Usage: deno task certs [options] DIR

In a DIR without certificates: a server CA, a client CA, a server certificate, and one certificate for each client.
In a DIR that has a client CA: with --client, just those certificates more, issued by that CA.
Each is NAME.crt and NAME.key, both PEM. Files that exist are never overwritten.

Options:
  --client NAME   A user (may be repeated). Default for a new set: alice and bob.
  --role ROLE     What these clients are to the daemon: viewer or operator (OU=paas-ROLE). Default: a user.
  --host HOST     A DNS name or IP address that the server is reached under (may be repeated). localhost, 127.0.0.1
                  and ::1 are always in its certificate.
  --days N        How long the certificates are valid, at most until their CA ends. Default: 3650 for a new set,
                  until the CA ends for further clients.
  --development   A set like the one in the repository, which anyone may know: O=Paas development, valid from
                  2025 to 2049. Never for real use.
  --help          Show this text.

Examples:
  deno task certs --host paas.example.com --client carol --client dave /etc/paas
  deno task certs --client erin /etc/paas
  deno task certs --client oscar --role operator /etc/paas
`;

/** The dates of the set in the repository: valid for every checkout, and until the last date that X.509 writes in short. */
const DEVELOPMENT: Validity = {
  notBefore: new Date("2025-01-01T00:00:00Z"),
  notAfter: new Date("2049-12-31T23:59:59Z"),
};

interface Options {
  readonly clients: readonly string[];
  readonly role: Role | undefined;
  readonly hosts: readonly string[];
  readonly days: number | undefined;
  readonly development: boolean;
}

/** `deno task certs make DIR`. */
export const make: Verb = { help: HELP, run: (words) => run(words, true) };

/** `deno task certs DIR`, without a verb: the same, but it begins no record. */
export const makeWithoutRecord: Verb = { help: HELP, run: (words) => run(words, false) };

async function run(words: string[], begin: boolean): Promise<string> {
  const [path, options] = parseOptions(words);
  const directory = new Directory(path);
  const further = options.clients.length > 0 && await directory.has("client-ca.crt");
  const pairs = further ? await furtherClients(directory, options) : await newSet(directory, options);
  await Directory.make(path);
  await directory.create(filesOf(pairs));
  if (begin || await directory.has(RECORD)) {
    using record = await RecordFile.open(directory); // it takes up what is new
    await record.save();
  }
  const lines = [...pairs.keys()].map((name) => `  ${name}.crt ${name}.key`);
  return [`Wrote to ${await Deno.realPath(path)}:`, ...lines, ...await directory.advice()].join("\n");
}

/**
 * The directory and the options that the words mean.
 *
 * @throws {UsageError} When they are wrong.
 */
function parseOptions(words: string[]): [string, Options] {
  const { values, positionals } = parse(words, {
    days: OPTIONS.days,
    role: OPTIONS.role,
    host: OPTIONS.host,
    client: { type: "string", multiple: true, default: [] },
    development: { type: "boolean", default: false },
  });
  parseHosts(values.host);
  const [directory, ...rest] = positionals;
  if (!directory) {
    throw new UsageError("Say where to put the certificates: deno task certs [options] DIR (--help tells more).");
  }
  if (rest.length > 0) throw new UsageError(`One DIR only: "${rest.join(" ")}" is too much (--help tells more).`);
  const days = parseDays(values.days);
  if (days !== undefined && values.development) {
    throw new UsageError("--development has its own dates: leave out --days.");
  }
  const clients = parseClients(values.client);
  const role = parseRole(values.role);
  if (role !== undefined && clients.length === 0) throw new UsageError("--role needs a --client.");
  return [directory, { clients, role, hosts: values.host, days, development: values.development }];
}

/** Two CAs, a server and the clients, by name. */
async function newSet(
  directory: Directory,
  { clients, role, hosts, days, development }: Options,
): Promise<Map<string, Pair>> {
  const names = clients.length > 0 ? clients : ["alice", "bob"];
  await directory.refuseToOverwrite(
    ["server-ca", "client-ca", "server", ...names].flatMap((name) => [`${name}.crt`, `${name}.key`]),
    "Take another DIR or name.",
  );

  const organization = development ? "Paas development" : "Paas";
  const validity = development ? DEVELOPMENT : { notAfter: inDays(days) };
  // Two CAs: a client's certificate never passes for a server, nor the other way round.
  const serverAuthority = await createAuthority({ commonName: "Paas server CA", organization, ...validity });
  const clientAuthority = await createAuthority({ commonName: "Paas client CA", organization, ...validity });

  const pairs = new Map<string, Pair>([["server-ca", serverAuthority], ["client-ca", clientAuthority]]);
  pairs.set("server", await serverAuthority.issue({ ...serverOptions(hosts), ...validity }));
  for (const commonName of names) {
    pairs.set(commonName, await clientAuthority.issue({ ...clientOptions(commonName, role), ...validity }));
  }
  return pairs;
}

/** The clients, by name, from the CA that is there. */
async function furtherClients(
  directory: Directory,
  { clients, role, hosts, days, development }: Options,
): Promise<Map<string, Pair>> {
  if (hosts.length > 0 || development) {
    throw new Error(`--host and --development are for a new set, and ${directory.path} has a client CA already.`);
  }
  const files = clients.flatMap((name) => [`${name}.crt`, `${name}.key`]);
  await directory.refuseToOverwrite(files, "Take another DIR or name.");
  const authority = await directory.authority("client-ca");
  const pairs = new Map<string, Pair>();
  for (const name of clients) {
    pairs.set(name, await authority.issue({ ...clientOptions(name, role), notAfter: endOf(authority, days) }));
  }
  return pairs;
}
