/**
 * Settings of every command: the daemon, the certificates and the form of output. An option wins over its environment
 * variable, the variable over the context of the configuration file (`contexts.ts`), and the context over the default.
 *
 * @module
 */
import { DEVELOPMENT_CERTIFICATES } from "../development_certificates.ts";
import { SettingsError } from "../errors.ts";

/** An option of the command line. */
export interface Option {
  /** Name after `--`. */
  readonly name: string;
  /** Letter after `-`. */
  readonly letter?: string;
  /** Other names and letters, which help does not list. */
  readonly also?: readonly string[];
  /** Name of the value in help. An option without one takes no value. */
  readonly value?: string;
  /** Completions of the value, words separated by '|', if the name of the value does not imply them. */
  readonly completes?: string;
  /** Whether a word after `-` is itself a value of this option, as the 9 in `kill -9`. */
  readonly bare?: (word: string) => boolean;
  /** Whether all values of an option that is given several times count. Otherwise only the last one does. */
  readonly repeatable?: boolean;
  /** Environment variable that gives the value if the option is not given. */
  readonly variable?: string;
  /** Key of the configuration file that gives the value if neither option nor variable is set. */
  readonly key?: string;
  /** Default value, in words. */
  readonly fallback?: string;
  /** Description in `--help`. */
  readonly help: string;
}

/** Values of the options that were given, by name. The value of an option that takes none is an empty text. */
export type Given = Readonly<Record<string, string | undefined>>;

/** All values of the repeatable options that were given, by name. */
export type Repeated = Readonly<Record<string, readonly string[] | undefined>>;

/** Default address of the daemon. */
const SERVER = "127.0.0.1:50051";

/** Options of every command. */
export const COMMON_OPTIONS: readonly Option[] = [
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
    fallback: SERVER,
    help: `the daemon (default ${SERVER})`,
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
 * Environment variables that `paasc` reads. Its permissions allow no others. These are the variables of its options, of
 * the path of the configuration file, of colours on a terminal, and those in which the script around `paasc` passes on
 * the variables that `--env NAME` names.
 */
export const VARIABLES: readonly string[] = [
  ...COMMON_OPTIONS.flatMap((option) => option.variable ?? []),
  ...["HOME", "XDG_CONFIG_HOME"],
  ...["NO_COLOR", "TERM"],
  "PAASC_PASS_*",
];

/** Files that a connection needs, all of them PEM. */
export interface CertificateFiles {
  /** Certificate of the CA that signed the daemon's certificate. */
  readonly ca: string;
  /** Certificate of the client. */
  readonly cert: string;
  /** Private key of the client's certificate. */
  readonly key: string;
}

/** Settings of every command. */
export interface Settings extends CertificateFiles {
  /** Address of the daemon: `HOST:PORT`. */
  readonly server: string;
  /** Form of the output. */
  readonly output: "text" | "json";
}

/** Settings that a context of the configuration file may have. */
export type ContextSettings = Partial<Pick<Settings, "server" | "ca" | "cert" | "key">>;

/**
 * Resolves the settings from the given options, the environment and the context. An empty variable counts as unset.
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
    server: given.server ?? (environment("PAASC_SERVER") || context.server || SERVER),
    ca: given.ca ?? (environment("PAASC_CA") || context.ca || `${DEVELOPMENT_CERTIFICATES}/server-ca.crt`),
    cert: given.cert ?? (environment("PAASC_CERT") || context.cert || `${DEVELOPMENT_CERTIFICATES}/alice.crt`),
    key: given.key ?? (environment("PAASC_KEY") || context.key || `${DEVELOPMENT_CERTIFICATES}/alice.key`),
    output,
  };
}
