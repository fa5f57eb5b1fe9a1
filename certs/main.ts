/**
 * Makes, renews and revokes the certificates of a daemon and its users: `deno task certs`. docs/certificates.md describes
 * the tasks.
 *
 * @module
 */
import { UsageError, type Verb } from "./arguments.ts";
import { client, server } from "./verbs/issue.ts";
import { list } from "./verbs/list.ts";
import { make, makeWithoutRecord } from "./verbs/make.ts";
import { renew } from "./verbs/renew.ts";
import { crl, revoke } from "./verbs/revoke.ts";
import { sign } from "./verbs/sign.ts";

const VERBS: Readonly<Record<string, Verb>> = { make, client, server, renew, sign, revoke, crl, list };

const HELP = `
Verbs, for the whole life of certificates (deno task certs VERB --help tells more):
  make DIR [options]       The same as deno task certs [options] DIR. This form and all below also keep a record of
                           what is issued, DIR/issued.jsonl.
  client DIR NAME ...      Make a key and a certificate for a user.
  server DIR               Make a new server certificate, for other hosts.
  sign DIR REQUEST.csr     Make a certificate for a user's own request.
  renew DIR NAME ...       Make the same certificate with later dates, for users, the server or a CA.
  revoke DIR NAME ...      Put a user's certificates on the revocation list.
  crl DIR                  Make the revocation list anew before it ends.
  list DIR                 List what was issued, what is revoked and what ends soon.
`;

/** Where the program prints, line by line. */
export type Printer = Pick<typeof console, "log" | "error">;

/** Runs the program; returns its exit code. */
export async function main(args: string[], printer: Printer = console): Promise<number> {
  const [first = "", ...others] = args;
  const named = Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
  const [verb, words] = named ? [named, others] : [makeWithoutRecord, args];
  try {
    if (words.includes("--help") || words.includes("-h")) {
      printer.log((named ? verb.help : verb.help + HELP).trimEnd());
    } else {
      printer.log(await verb.run(words));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printer.error(`certs: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
