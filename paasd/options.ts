/**
 * The command line of `paasd`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { MIN_LIMIT_BYTES } from "@paas/worker";
import { isIP } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "./errors.ts";
import type { LogFormat } from "./log.ts";

/** What `--help` prints. */
export const HELP = `paasd runs Unix commands for remote users, shows their output and exit status, and stops them.

Usage: paasd [FLAGS]

  --listen HOST:PORT     where to listen (127.0.0.1:50051); HOST is an IP address or localhost, port 0 picks one
  --tls-cert FILE        the daemon's certificate, PEM
  --tls-key FILE         its private key, PEM
  --client-ca FILE       the CA that signs the certificates of users, PEM
  --spool-dir DIR        where logs are kept (a new directory in XDG_RUNTIME_DIR or TMPDIR, removed at the end)
  --max-log-bytes SIZE   how much is kept of the log of each process, the newest (unlimited): 500M, 2G, or plain bytes
  --max-spool-bytes SIZE how much is kept of all logs together; the largest one gives first (unlimited)
  --stop-grace DURATION  from SIGTERM until SIGKILL when a process is stopped: 500ms, 10s, 5m, 1h (10s)
  --log-format FORMAT    of the log on stderr: text or json (text)
  --print-permissions    print the Deno permissions that these flags need, one flag a line
  --help                 print this
  --version              print the version

Each flag that takes a value can be given as an environment variable too: PAASD_LISTEN, PAASD_TLS_CERT, and so on.
Without certificate flags the development certificates of the repository are used; the daemon then listens on loopback
addresses only.

SIGTERM or SIGINT stops all processes and ends the daemon; a second one ends everything at once.
`;

/** The flags that take a value, with what they are by default. */
const VALUES = {
  "listen": "127.0.0.1:50051",
  "tls-cert": fileURLToPath(new URL("../certs/server.crt", import.meta.url)),
  "tls-key": fileURLToPath(new URL("../certs/server.key", import.meta.url)),
  "client-ca": fileURLToPath(new URL("../certs/client-ca.crt", import.meta.url)),
  "spool-dir": "",
  "max-log-bytes": "unlimited",
  "max-spool-bytes": "unlimited",
  "stop-grace": "10s",
  "log-format": "text",
};

type Flag = keyof typeof VALUES;

/** The environment variables that stand for flags. */
export const VARIABLES = Object.keys(VALUES).map((flag) => variableOf(flag as Flag));

const SWITCHES = ["help", "version", "print-permissions"] as const;

/** Milliseconds of the units of a duration. */
const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Bytes of the units of a size. */
const SIZES: Record<string, number> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** An address to listen on. */
export interface Address {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

/** What the daemon is told at its start. */
export interface Options {
  readonly listen: Address;
  /** The paths of PEM files. */
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly clientCa: string;
  /** Where logs are kept; `undefined` means a new directory below `temporary`, removed at the end. */
  readonly spoolDir: string | undefined;
  /** How much is kept of each log and of all, in bytes of the spool; `Infinity` is everything. */
  readonly maxLogBytes: number;
  readonly maxSpoolBytes: number;
  /** The directory for runtime files of this user. */
  readonly temporary: string;
  /** From SIGTERM until SIGKILL, in milliseconds. */
  readonly stopGrace: number;
  readonly logFormat: LogFormat;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly action: "help" | "version" }
  | { readonly action: "print-permissions" | "serve"; readonly options: Options };

/** Where variables come from: `Deno.env` has it. */
interface Environment {
  get(name: string): string | undefined;
}

/**
 * Reads the command line; flags win over variables of the environment.
 *
 * @throws {UsageError} when it is wrong.
 *
 * @example
 * ```ts
 * import { parseOptions } from "./options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const invocation = parseOptions(["--listen", "[::1]:0"], new Map());
 * assertEquals(invocation.action === "serve" && invocation.options.listen, { host: "::1", port: 0 });
 * ```
 */
export function parseOptions(args: string[], environment: Environment): Invocation {
  const flags = parseArgs(args, {
    boolean: SWITCHES,
    string: Object.keys(VALUES) as Flag[],
    unknown: (arg) => {
      throw new UsageError(`Unknown argument ${JSON.stringify(arg)}: see paasd --help`);
    },
  });
  if (flags._.length > 0) throw new UsageError(`Unknown argument ${JSON.stringify(flags._[0])}: see paasd --help`);
  // start.sh adds --print-permissions to whatever it was given, so it comes first.
  if (!flags["print-permissions"]) {
    if (flags.help) return { action: "help" };
    if (flags.version) return { action: "version" };
  }

  /** Reads one flag with its own parser, so that what is wrong can be named. */
  function read<T>(flag: Flag, parse: (text: string) => T | undefined, expected: string): T {
    const given = flags[flag];
    const [name, text] = given === undefined
      ? [variableOf(flag), environment.get(variableOf(flag)) || VALUES[flag]]
      : [`--${flag}`, given];
    const value = parse(text);
    if (value === undefined) throw new UsageError(`${name} must be ${expected}, not ${JSON.stringify(text)}`);
    return value;
  }

  const path = (flag: Flag) => read(flag, parsePath, "a path");
  const size = (flag: Flag) =>
    read(flag, parseSize, "a size of at least 1M such as 500M, 2G or 1000000000, or unlimited");
  const options: Options = {
    listen: read("listen", parseAddress, "IP:PORT or localhost:PORT"),
    tlsCert: path("tls-cert"),
    tlsKey: path("tls-key"),
    clientCa: path("client-ca"),
    spoolDir: flags["spool-dir"] === undefined && !environment.get(variableOf("spool-dir"))
      ? undefined
      : path("spool-dir"),
    maxLogBytes: size("max-log-bytes"),
    maxSpoolBytes: size("max-spool-bytes"),
    temporary: join(environment.get("XDG_RUNTIME_DIR") || environment.get("TMPDIR") || "/tmp", `paasd-${Deno.uid()}`),
    stopGrace: read("stop-grace", parseDuration, "a duration of at most 24h such as 500ms, 10s, 5m or 1h"),
    logFormat: read("log-format", parseLogFormat, "text or json"),
  };
  return { action: flags["print-permissions"] ? "print-permissions" : "serve", options };
}

function variableOf(flag: Flag): string {
  return `PAASD_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** A path; one with a control character cannot be told on a line of its own. */
function parsePath(text: string): string | undefined {
  return /^\P{Cc}+$/u.test(text) ? text : undefined;
}

function parseAddress(text: string): Address | undefined {
  const [, ipv6, other, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = other === "localhost" ? "127.0.0.1" : ipv6 ?? other;
  const port = Number(digits);
  if (host === undefined || isIP(host) !== (ipv6 ? 6 : 4) || port > 65_535) return undefined;
  return { host, port };
}

/** HOST:PORT, with brackets around an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] ?? NaN);
  return milliseconds <= 24 * 3_600_000 ? milliseconds : undefined;
}

/** Bytes; the units are powers of 1024, as those of systemd and Docker are. */
function parseSize(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  const [, amount, unit = ""] = /^(\d+)(?:([KMGT])(?:iB)?)?$/i.exec(text) ?? [];
  const bytes = Number(amount) * SIZES[unit.toUpperCase()]!;
  return bytes >= MIN_LIMIT_BYTES && bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}

function parseLogFormat(text: string): LogFormat | undefined {
  return text === "text" || text === "json" ? text : undefined;
}
