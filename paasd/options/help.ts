/**
 * The text of `paasd --help`.
 *
 * @module
 */
import type { Flag } from "./flag.ts";
import { FLAGS } from "./flags.ts";

/** Column where the descriptions begin. */
const COLUMN = 30;

/** Maximum length of a line. */
const WIDTH = 118;

/** Flags that are not options of the daemon. */
const OTHERS: [string, string][] = [
  ["--config FILE", "configuration file, TOML: these flags without their dashes"],
  ["--check-config", "check whether a daemon could start with these flags, and exit"],
  ["--print-permissions", "print the Deno permissions that these flags need, one a line"],
  ["--help", "print this help"],
  ["--version", "print the version"],
];

/** Returns the help. */
export function help(): string {
  const flags = Object.entries(FLAGS as Record<string, Flag<unknown>>).map(([name, flag]): [string, string] => [
    flag.value ? `--${name} ${flag.value}` : `--${name}`,
    flag.help + defaultOf(flag),
  ]);
  return `paasd runs Unix commands for remote users, shows their output and exit status, and stops them.

Usage: paasd [FLAGS]

${[...flags, ...OTHERS].map(([flag, text]) => entry(flag, text)).join("\n")}

Defaults are in parentheses at the end. Each flag above --config is also an environment variable (PAASD_LISTEN,
PAASD_TLS_CERT, and so on) and a key of the configuration file (listen = "0.0.0.0:50051"). --config is also the variable
PAASD_CONFIG. A flag wins over a variable, and a variable over the file.

Without flags for certificates, the daemon uses the development certificates of the repository, and listens on loopback
addresses only.

SIGTERM or SIGINT stops all processes and ends the daemon. A second signal ends everything at once. SIGQUIT drains the
daemon: it takes no new processes, and ends when all have finished, or after --drain-timeout. SIGHUP reads the
configuration and the certificates again. It ends the daemon, as SIGTERM does, if the daemon was started in a terminal
that is gone.`;
}

/** The default of a flag, unless it is a path of this machine. */
function defaultOf({ value, default: text }: Flag<unknown>): string {
  return value === undefined || text === undefined || text.startsWith("/") ? "" : ` (${text})`;
}

/** The lines of one flag. */
function entry(flag: string, text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last && COLUMN + last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  const head = `  ${flag} `;
  const first = head.length > COLUMN
    ? [head.trimEnd(), " ".repeat(COLUMN) + lines[0]]
    : [head.padEnd(COLUMN) + lines[0]];
  return [...first, ...lines.slice(1).map((line) => " ".repeat(COLUMN) + line)].join("\n");
}
