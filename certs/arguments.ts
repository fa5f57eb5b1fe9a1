/**
 * The words of a command line of `deno task certs`, checked.
 *
 * @module
 */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { alternativeName } from "./authority.ts";
import { type Reason, REASONS } from "./revocation_list.ts";

/** A wrong command line: its message is a sentence for the person who typed it. */
export class UsageError extends Error {}

/** The role that a certificate gives to its holder. */
export type Role = "viewer" | "operator";

/** One verb of the command line. */
export interface Verb {
  readonly help: string;
  /**
   * Does the work, and returns what is printed.
   *
   * @throws {UsageError} When the words are wrong.
   * @throws {Error} When something cannot be done, with a sentence that says what to do.
   */
  run(words: string[]): Promise<string>;
}

/** The files that belong to no client. */
export const RESERVED_NAMES: readonly string[] = ["server-ca", "client-ca", "server"];

/** The options that several verbs have, for {@linkcode parse}. */
export const OPTIONS = {
  days: { type: "string" },
  role: { type: "string" },
  host: { type: "string", multiple: true, default: [] as string[] },
  replace: { type: "boolean", default: false },
  "keep-key": { type: "boolean", default: false },
} as const;

/**
 * Parses words.
 *
 * @throws {UsageError} When an option is unknown or lacks its value.
 */
export function parse<Options extends ParseArgsOptionsConfig>(args: string[], options: Options) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message.replaceAll("\n", " ")) : error;
  }
}

/**
 * Checks a number of days; undefined stays undefined.
 *
 * @throws {UsageError} When it is no whole number from 1 to 36500.
 */
export function parseDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return days;
  throw new UsageError(`--days takes a whole number from 1 to 36500, not "${text}".`);
}

/**
 * Checks the names of clients. Each becomes a file name and a common name, which X.509 limits to 64 characters.
 *
 * @throws {UsageError} When one is no name, or stands there twice, or belongs to a CA or the server.
 */
export function parseClients(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!/^[a-z0-9][a-z0-9._@-]{0,63}$/i.test(name)) {
      throw new UsageError(`A client's name is 1 to 64 letters, digits and . _ @ -, and not "${name}".`);
    }
  }
  if (new Set([...RESERVED_NAMES, ...names]).size < RESERVED_NAMES.length + names.length) {
    throw new UsageError("Each client needs a name of its own, and not server-ca, client-ca or server.");
  }
  return names;
}

/**
 * Checks a role; undefined is a user.
 *
 * @throws {UsageError} When there is no such role.
 */
export function parseRole(text: string | undefined): Role | undefined {
  if (text === undefined || text === "viewer" || text === "operator") return text;
  throw new UsageError(`--role takes viewer or operator, not "${text}".`);
}

/**
 * Checks the names and addresses of a server.
 *
 * @throws {UsageError} When one is neither.
 */
export function parseHosts(hosts: readonly string[]): readonly string[] {
  try {
    hosts.forEach(alternativeName);
    return hosts;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

/**
 * Checks the reason of a revocation.
 *
 * @throws {UsageError} When there is no such reason.
 */
export function parseReason(text: string | undefined): Reason | undefined {
  if (text === undefined || Object.hasOwn(REASONS, text)) return text as Reason | undefined;
  throw new UsageError(`--reason takes one of ${Object.keys(REASONS).join(", ")}, not "${text}".`);
}

/**
 * The DIR and the names after it.
 *
 * @param usage The words after `deno task certs`, for the message.
 * @throws {UsageError} When there is no DIR.
 */
export function parseDirectory([directory, ...names]: readonly string[], usage: string): [string, string[]] {
  if (directory) return [directory, names];
  throw new UsageError(`Say which directory has the certificates: deno task certs ${usage} (--help tells more).`);
}
