/**
 * Makes the certificates of a daemon and its users: `deno task certs DIR`. See README.md beside this file.
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  alternativeName,
  type CertificateOptions,
  createAuthority,
  loadAuthority,
  type Pair,
  type Validity,
} from "./authority.ts";

const HELP = `Make the certificates of a Paas daemon and its users.

Usage: deno task certs [options] DIR

In a DIR without certificates, makes a server CA, a client CA, a server certificate, and a certificate for each client.
In a DIR with a client CA, --client makes certificates for further clients, issued by that CA. Each certificate is
NAME.crt with its private key NAME.key, both PEM. Existing files are never overwritten.

Options:
  --client NAME   A user (may be repeated). Default for a new set: alice and bob.
  --role ROLE     Role of these clients: viewer or operator (OU=paas-ROLE). Default: no role, an ordinary user.
  --host HOST     A DNS name or IP address of the server (may be repeated). The certificate always includes localhost,
                  127.0.0.1 and ::1.
  --days N        Validity in days, at most until the CA expires. Default: 3650 for a new set, until the CA expires
                  for further clients.
  --development   A set like the public one in the repository: O=Paas development, valid from 2025 to 2049. Never
                  use it for real work.
  --help          Show this text.

Examples:
  deno task certs --host paas.example.com --client carol --client dave /etc/paas
  deno task certs --client erin /etc/paas
  deno task certs --client oscar --role operator /etc/paas
`;

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/** Validity of the committed set: it covers every date of a checkout, up to the end of X.509's short dates. */
const DEVELOPMENT: Validity = {
  notBefore: new Date("2025-01-01T00:00:00Z"),
  notAfter: new Date("2049-12-31T23:59:59Z"),
};

const MILLISECONDS_PER_DAY = 86_400_000;

/** An error in the command line. */
class UsageError extends Error {}

interface Options {
  readonly directory: string;
  readonly clients: readonly string[];
  readonly role: string | undefined;
  readonly hosts: readonly string[];
  readonly days: number | undefined;
  readonly development: boolean;
}

async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === "help") {
      console.log(HELP.trimEnd());
      return 0;
    }
    const { directory, clients } = options;
    const further = clients.length > 0 && await exists(`${directory}/client-ca.crt`);
    const pairs = further ? await furtherClients(options) : await newSet(options);
    await write(directory, pairs);
    console.log(`Wrote to ${await Deno.realPath(directory)}:`);
    for (const name of pairs.keys()) console.log(`  ${name}.crt ${name}.key`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`certs: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/**
 * Parses the command line.
 *
 * @throws {UsageError} When the command line is wrong; its message is for the user
 */
function parseOptions(args: string[]): Options | "help" {
  const { values, positionals } = parse(args);
  if (values.help) return "help";

  const [directory, ...rest] = positionals;
  if (!directory) {
    throw new UsageError(
      "DIR is missing, the directory for the certificates: deno task certs [options] DIR (see --help).",
    );
  }
  if (rest.length > 0) {
    throw new UsageError(`The command takes one DIR, but there is "${rest.join(" ")}" too (see --help).`);
  }

  const days = values.days === undefined ? undefined : Number(values.days);
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 36_500)) {
    throw new UsageError(`--days takes a whole number from 1 to 36500, not "${values.days}".`);
  }
  if (days !== undefined && values.development) {
    throw new UsageError("--development has its own dates: leave out --days.");
  }

  for (const client of values.client) {
    // The name becomes a file name and a common name, which X.509 limits to 64 characters.
    if (!/^[a-z0-9][a-z0-9._@-]{0,63}$/i.test(client)) {
      throw new UsageError(`A client's name is 1 to 64 letters, digits and . _ @ -, and not "${client}".`);
    }
  }
  const names = ["server-ca", "client-ca", "server", ...values.client];
  if (new Set(names).size < names.length) {
    throw new UsageError("Each --client needs a name of its own, and not server-ca, client-ca or server.");
  }
  if (values.role !== undefined && !["viewer", "operator"].includes(values.role)) {
    throw new UsageError(`--role takes viewer or operator, not "${values.role}".`);
  }
  if (values.role !== undefined && values.client.length === 0) throw new UsageError("--role needs a --client.");
  return {
    directory,
    clients: values.client,
    role: values.role,
    hosts: values.host,
    days,
    development: values.development,
  };
}

function parse(args: string[]) {
  try {
    const parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        client: { type: "string", multiple: true, default: [] },
        role: { type: "string" },
        host: { type: "string", multiple: true, default: [] },
        days: { type: "string" },
        development: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    parsed.values.host.forEach(alternativeName);
    return parsed;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message.replaceAll("\n", " ")) : error;
  }
}

/** Makes two CAs, a server certificate and certificates of clients, by name. */
async function newSet({ directory, clients, role, hosts, days, development }: Options): Promise<Map<string, Pair>> {
  const names = clients.length > 0 ? clients : ["alice", "bob"];
  await refuseToOverwrite(directory, ["server-ca", "client-ca", "server", ...names]);

  const organization = development ? "Paas development" : "Paas";
  const validity = development ? DEVELOPMENT : { notAfter: inDays(days) };
  // Two CAs: a client's certificate never passes for a server's, nor a server's for a client's.
  const serverAuthority = await createAuthority({ commonName: "Paas server CA", organization, ...validity });
  const clientAuthority = await createAuthority({ commonName: "Paas client CA", organization, ...validity });

  const pairs = new Map<string, Pair>([["server-ca", serverAuthority], ["client-ca", clientAuthority]]);
  pairs.set(
    "server",
    await serverAuthority.issue({
      commonName: "paasd",
      usages: ["serverAuth"],
      hosts: [...new Set([...LOOPBACK, ...hosts])],
      ...validity,
    }),
  );
  for (const commonName of names) {
    pairs.set(commonName, await clientAuthority.issue({ commonName, ...client(role), ...validity }));
  }
  return pairs;
}

/** Issues certificates of further clients from the existing CA, by name. */
async function furtherClients(
  { directory, clients, role, hosts, days, development }: Options,
): Promise<Map<string, Pair>> {
  if (hosts.length > 0 || development) {
    throw new Error(`--host and --development are for a new set, and ${directory} has a client CA already.`);
  }
  await refuseToOverwrite(directory, clients);

  const file = `${directory}/client-ca`;
  const authority = await loadAuthority({
    cert: await Deno.readTextFile(`${file}.crt`),
    key: await Deno.readTextFile(`${file}.key`),
  }).catch((cause) => {
    throw new Error(`Cannot issue from ${file}.crt and .key: ${cause.message}.`, { cause });
  });
  const wanted = inDays(days);
  const notAfter = wanted !== undefined && wanted < authority.notAfter ? wanted : authority.notAfter;

  const pairs = new Map<string, Pair>();
  for (const commonName of clients) {
    pairs.set(commonName, await authority.issue({ commonName, ...client(role), notAfter }));
  }
  return pairs;
}

/** Options of a client's certificate besides the name. */
function client(role: string | undefined): Pick<CertificateOptions, "usages" | "organizationalUnit"> {
  return { usages: ["clientAuth"], organizationalUnit: role === undefined ? undefined : `paas-${role}` };
}

function inDays(days: number | undefined): Date | undefined {
  return days === undefined ? undefined : new Date(Date.now() + days * MILLISECONDS_PER_DAY);
}

async function refuseToOverwrite(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (const file of [`${directory}/${name}.crt`, `${directory}/${name}.key`]) {
      if (await exists(file)) {
        throw new Error(`${file} exists already, and nothing is overwritten. Take another DIR or name.`);
      }
    }
  }
}

async function write(directory: string, pairs: ReadonlyMap<string, Pair>): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  for (const [name, { cert, key }] of pairs) {
    // createNew: keeps a file that appeared meanwhile, and follows no link.
    await Deno.writeTextFile(`${directory}/${name}.key`, key, { createNew: true, mode: 0o600 });
    await Deno.writeTextFile(`${directory}/${name}.crt`, cert, { createNew: true, mode: 0o644 });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
