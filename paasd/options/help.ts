/**
 * What `paasd --help` prints.
 *
 * @module
 */
import { type Flag, FLAGS } from "./flags.ts";

/** Text begins in this column, behind the flags. */
const COLUMN = 30;
const WIDTH = 118;

const OTHERS: [string, string][] = [
  ["--config FILE", "the configuration file, TOML: these flags without their dashes"],
  ["--check-config", "say whether a daemon could start like this"],
  ["--print-permissions", "print the Deno permissions that these flags need, one flag a line"],
  ["--help", "print this"],
  ["--version", "print the version"],
];

/** The help. */
export function help(): string {
  const flags = Object.entries(FLAGS as Record<string, Flag<unknown>>).map(([name, flag]): [string, string] => [
    flag.value ? `--${name} ${flag.value}` : `--${name}`,
    flag.help + defaultOf(flag),
  ]);
  return `paasd runs Unix commands for remote users, shows their output and exit status, and stops them.

Usage: paasd [FLAGS]

${[...flags, ...OTHERS].map(([flag, text]) => entry(flag, text)).join("\n")}

Each flag that takes a value can be given as an environment variable too (PAASD_LISTEN, PAASD_TLS_CERT, and so on), and
in the configuration file (listen = "0.0.0.0:50051"). Flags win over variables, and variables over the file.
Without certificate flags the development certificates of the repository are used; the daemon then listens on loopback
addresses only.

SIGTERM or SIGINT stops all processes and ends the daemon; a second one ends everything at once.`;
}

/** What is so without the flag, where a person can read it. */
function defaultOf({ value, default: text }: Flag<unknown>): string {
  return value === undefined || text === undefined || text.startsWith("/") ? "" : ` (${text})`;
}

/** One flag, its text broken into lines. */
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
