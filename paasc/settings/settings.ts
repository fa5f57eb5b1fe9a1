/**
 * The settings of every command: which daemon, which certificates, which form of output. An option wins over its
 * environment variable, that over the context of the configuration file (`contexts.ts`), and that over the default.
 *
 * @module
 */
import { DEVELOPMENT_CERTIFICATES } from "../development_certificates.ts";
import { SettingsError } from "../errors.ts";

/** An option of the command line. */
export interface Option {
  /** Its name after `--`. */
  readonly name: string;
  /** Its letter after `-`. */
  readonly letter?: string;
  /** What its value is called in help; without it the option takes none. */
  readonly value?: string;
  /** What shells complete of its value, words with '|' between them, where its value's name does not tell. */
  readonly completes?: string;
  /** Tells of a word behind `-` whether it is a value of this option that stands by itself, as the 9 of `kill -9` does. */
  readonly bare?: (word: string) => boolean;
  /** Whether it may be given several times, and all of its values count; else the last one does. */
  readonly repeatable?: boolean;
  /** The environment variable that gives its value where the option does not. */
  readonly variable?: string;
  /** The key of the configuration file that gives it where neither does. */
  readonly key?: string;
  /** What it is where nothing gives it, in words. */
  readonly fallback?: string;
  readonly help: string;
}

/** The options that were given, by name: their values, or an empty text for one that takes none. */
export type Given = Readonly<Record<string, string | undefined>>;

/** The repeatable options that were given, by name: all of their values. */
export type Repeated = Readonly<Record<string, readonly string[] | undefined>>;

const server = "127.0.0.1:50051";

/** The options of every command. */
export const options: readonly Option[] = [
  {
    name: "context",
    value: "CONTEXT",
    variable: "PAASC_CONTEXT",
    key: "current",
    fallback: "default",
    help: "a server by name: 'paasc context'",
  },
  {
    name: "server",
    value: "HOST:PORT",
    variable: "PAASC_SERVER",
    key: "contexts.CONTEXT.server",
    fallback: server,
    help: `the daemon (default ${server})`,
  },
  {
    name: "ca",
    value: "FILE",
    variable: "PAASC_CA",
    key: "contexts.CONTEXT.ca",
    fallback: "development CA",
    help: "the CA that signed the daemon's certificate",
  },
  {
    name: "cert",
    value: "FILE",
    variable: "PAASC_CERT",
    key: "contexts.CONTEXT.cert",
    fallback: "alice's",
    help: "your certificate: it is who you are",
  },
  {
    name: "key",
    value: "FILE",
    variable: "PAASC_KEY",
    key: "contexts.CONTEXT.key",
    fallback: "alice's",
    help: "the private key of your certificate",
  },
  {
    name: "output",
    letter: "o",
    value: "text|json",
    fallback: "text",
    help: "the form of what is printed (default text)",
  },
  { name: "help", letter: "h", help: "print help" },
  { name: "version", help: "print the version of paasc" },
];

/**
 * The environment variables that `paasc` reads, and it is permitted no others: those of its options; those that tell
 * where the configuration file is; and those that tell whether a terminal is to have colours.
 */
export const variables: readonly string[] = [
  ...options.flatMap((option) => option.variable ?? []),
  ...["HOME", "XDG_CONFIG_HOME"],
  ...["NO_COLOR", "TERM"],
];

/** The files that a connection needs, PEM all of them. */
export interface CertificateFiles {
  /** The CA that signed the daemon's certificate. */
  readonly ca: string;
  /** The client's certificate. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** The settings of every command. */
export interface Settings extends CertificateFiles {
  /** Where the daemon listens: `HOST:PORT`. */
  readonly server: string;
  readonly output: "text" | "json";
}

/** What a context of the configuration file sets. */
export type ContextSettings = Partial<Pick<Settings, "server" | "ca" | "cert" | "key">>;

/**
 * The settings that follow from the options given, the environment and the context. An empty variable counts as none.
 *
 * @example
 * ```ts
 * import { settingsFrom } from "./settings.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const environment = new Map([["PAASC_SERVER", "a:1"], ["PAASC_KEY", "my.key"]]);
 * const context = { key: "/etc/paas/my.key", cert: "/etc/paas/my.crt" };
 * const settings = settingsFrom({ server: "b:2" }, (name) => environment.get(name), context);
 * assertEquals([settings.server, settings.key, settings.cert], ["b:2", "my.key", "/etc/paas/my.crt"]);
 * ```
 *
 * @throws {SettingsError} When the form of output is neither text nor JSON
 */
export function settingsFrom(
  given: Given,
  environment: (name: string) => string | undefined,
  context: ContextSettings = {},
): Settings {
  const output = given.output ?? "text";
  if (output !== "text" && output !== "json") {
    throw new SettingsError(`option '--output' takes text or json, not '${output}': see 'paasc --help'`);
  }
  return {
    server: given.server ?? (environment("PAASC_SERVER") || context.server || server),
    ca: given.ca ?? (environment("PAASC_CA") || context.ca || `${DEVELOPMENT_CERTIFICATES}/server-ca.crt`),
    cert: given.cert ?? (environment("PAASC_CERT") || context.cert || `${DEVELOPMENT_CERTIFICATES}/alice.crt`),
    key: given.key ?? (environment("PAASC_KEY") || context.key || `${DEVELOPMENT_CERTIFICATES}/alice.key`),
    output,
  };
}
