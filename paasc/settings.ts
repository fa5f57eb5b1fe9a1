/**
 * The settings of every command: which daemon, which certificates, which form of output. An option wins over its
 * environment variable, which wins over the default.
 *
 * @module
 */
import { PaascError } from "./errors.ts";

/** An option of the command line. */
export interface Option {
  /** Its name after `--`. */
  readonly name: string;
  /** Its letter after `-`. */
  readonly letter?: string;
  /** What its value is called in help; without it the option takes none. */
  readonly value?: string;
  /** Whether it may be given several times, and all of its values count; else the last one does. */
  readonly repeatable?: boolean;
  /** The environment variable that gives its value where the option does not. */
  readonly variable?: string;
  readonly help: string;
}

/** The options that were given, by name: their values, or an empty text for one that takes none. */
export type Given = Readonly<Record<string, string | undefined>>;

/** The repeatable options that were given, by name: all of their values. */
export type Repeated = Readonly<Record<string, readonly string[] | undefined>>;

/** The options of every command. */
export const options: readonly Option[] = [
  { name: "server", value: "HOST:PORT", variable: "PAASC_SERVER", help: "the daemon (default 127.0.0.1:50051)" },
  { name: "ca", value: "FILE", variable: "PAASC_CA", help: "the CA that signed the daemon's certificate" },
  { name: "cert", value: "FILE", variable: "PAASC_CERT", help: "your certificate: it is who you are" },
  { name: "key", value: "FILE", variable: "PAASC_KEY", help: "the private key of your certificate" },
  { name: "output", letter: "o", value: "text|json", help: "the form of what is printed (default text)" },
  { name: "help", letter: "h", help: "print help" },
  { name: "version", help: "print the version of paasc" },
];

/** The environment variables that `paasc` reads. It is permitted no others. */
export const variables: readonly string[] = options.flatMap((option) => option.variable ?? []);

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

/** The development certificates that stand in the repository, or in a compiled program. */
const certificates = decodeURIComponent(new URL("../certs", import.meta.url).pathname);

/**
 * The settings that follow from the options given and the environment. An empty variable counts as none.
 *
 * @example
 * ```ts
 * import { settingsFrom } from "./settings.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const environment = new Map([["PAASC_SERVER", "a:1"], ["PAASC_KEY", "my.key"]]);
 * const settings = settingsFrom({ server: "b:2" }, (name) => environment.get(name));
 * assertEquals([settings.server, settings.key, settings.output], ["b:2", "my.key", "text"]);
 * ```
 *
 * @throws {PaascError} When the form of output is neither text nor JSON
 */
export function settingsFrom(
  given: Given,
  environment: (name: string) => string | undefined,
): Settings {
  const output = given.output ?? "text";
  if (output !== "text" && output !== "json") {
    throw new PaascError("usage", `option '--output' takes text or json, not '${output}': see 'paasc --help'`);
  }
  return {
    server: given.server ?? (environment("PAASC_SERVER") || "127.0.0.1:50051"),
    ca: given.ca ?? (environment("PAASC_CA") || `${certificates}/server-ca.crt`),
    cert: given.cert ?? (environment("PAASC_CERT") || `${certificates}/alice.crt`),
    key: given.key ?? (environment("PAASC_KEY") || `${certificates}/alice.key`),
    output,
  };
}
