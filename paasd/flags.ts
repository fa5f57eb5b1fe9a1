/**
 * The flags of `paasd`, in one table. The environment variable, the key in the configuration file, the help and the type
 * of each option follow from its entry.
 *
 * @module
 */
import { LIMIT_NAMES, type LimitName, type Limits, MIN_LIMIT_BYTES } from "@paas/worker";
import { isIP } from "node:net";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IdentityMode } from "./certificate.ts";
import type { LogFormat } from "./log.ts";

/** One flag. */
export interface Flag<Value, Default extends string | undefined = string | undefined> {
  /** What stands for its value in the help; a flag that has none is a switch. */
  readonly value?: string;
  /** What it is unless given, as if it had been given; with `undefined` the option is undefined. */
  readonly default: Default;
  /** Its value; `undefined` if the text is wrong. Relative paths count from the directory, if there is one. */
  readonly parse: (text: string, directory: string) => Value | undefined;
  /** What a right text is, behind "must be". */
  readonly expected: string;
  /** What it does. */
  readonly help: string;
  /** Whether it may be given several times, or as a list in the configuration file: the texts are joined by commas. */
  readonly many?: boolean;
  /** Whether a SIGHUP takes over a new value from the configuration file. */
  readonly reloads?: boolean;
}

/** An address to listen on. */
export interface Address {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

/** Milliseconds of the units of a duration. */
const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Bytes of the units of a size. */
const SIZES: Record<string, number> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const PATH = { parse: parsePath, expected: "a path" };
const SIZE = {
  value: "SIZE",
  parse: parseSize,
  expected: "a size of at least 1M such as 500M, 2G or 1000000000, or unlimited",
};

const DURATION = {
  value: "DURATION",
  parse: parseDuration,
  expected: "a duration of at most 24h such as 500ms, 10s, 5m or 1h",
};
const COUNT = { value: "NUMBER", parse: parseCount, expected: "a whole number from 1 to 1000000" };

/** The directory of the development certificates. */
const certificates = (name: string): string => fileURLToPath(new URL(`../certs/${name}`, import.meta.url));

/** All flags that can be given as a variable and in the configuration file too. */
export const FLAGS = {
  "listen": flag({
    value: "HOST:PORT",
    default: "127.0.0.1:50051",
    parse: parseAddress,
    expected: "IP:PORT or localhost:PORT",
    help: "where to listen; HOST is an IP address or localhost, port 0 picks one",
  }),
  "tls-cert": flag({
    ...PATH,
    value: "FILE",
    default: certificates("server.crt"),
    help: "the daemon's certificate, PEM",
  }),
  "tls-key": flag({ ...PATH, value: "FILE", default: certificates("server.key"), help: "its private key, PEM" }),
  "client-ca": flag({
    ...PATH,
    value: "FILE",
    default: certificates("client-ca.crt"),
    help: "the CA that signs the certificates of users, PEM",
  }),
  "identity": flag({
    value: "WHAT",
    default: "certificate",
    parse: parseIdentity,
    expected: "certificate, public-key or subject",
    help:
      "what makes a user: their certificate, its public-key, or its issuer and subject (or SAN URI), which stay when " +
      "it is renewed",
  }),
  "policy": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "who is user, viewer or operator, TOML (the OUs paas-viewer and paas-operator of certificates)",
  }),
  "crl": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "revoked certificates: lists signed by the client CA, PEM or DER",
  }),
  "deny-list": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "certificates that may not come in: a SHA-256 fingerprint a line",
  }),
  "audit-log": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "where to write who did what with what result, a JSON object a line",
  }),
  "audit-argv": flag({
    default: "false",
    parse: parseSwitch,
    expected: "true or false",
    help: "write the arguments of processes to the audit log too",
  }),
  "spool-dir": flag({
    ...PATH,
    value: "DIR",
    default: undefined,
    help: "where logs are kept (a new directory in XDG_RUNTIME_DIR or TMPDIR, removed at the end)",
  }),
  "max-log-bytes": flag({
    ...SIZE,
    default: "unlimited",
    help: "how much is kept of the log of each process, the newest: 500M, 2G, or plain bytes",
  }),
  "max-spool-bytes": flag({
    ...SIZE,
    default: "unlimited",
    help: "how much is kept of all logs together; the largest one gives first",
  }),
  "max-spool-bytes-per-user": flag({
    ...SIZE,
    default: "unlimited",
    help: "how much is kept of the logs of each user; their largest one gives first",
  }),
  "max-processes-per-user": flag({
    ...COUNT,
    default: undefined,
    help: "how many processes of a user may live at a time (three fourths of what the open files are enough for)",
  }),
  "max-starts-per-minute": flag({
    ...COUNT,
    default: "20000",
    help: "how many processes a user may start within a minute",
  }),
  "max-streams-per-user": flag({
    ...COUNT,
    default: "5000",
    help: "how many calls of a user may be open at a time",
  }),
  "max-connections": flag({
    ...COUNT,
    default: undefined,
    help: "how many connections there may be (at most 4096, and what the open files are enough for)",
  }),
  "max-connections-per-address": flag({
    ...COUNT,
    default: undefined,
    help: "how many of one IPv4 address, or one IPv6 /64 (three fourths of all)",
  }),
  "handshake-timeout": flag({
    ...DURATION,
    default: "10s",
    help: "how long a connection may take until it has shown its certificate",
  }),
  "idle-timeout": flag({
    ...DURATION,
    default: "30m",
    help: "how long a connection may stay without a call; not one whose end would stop a process",
  }),
  "retain": flag({
    value: "DURATION",
    default: "unlimited",
    parse: parseAge,
    expected: "a duration such as 30m, 24h or 7d, or unlimited",
    help: "how long a process is kept when it has finished, with its log: 30m, 24h, 7d",
    reloads: true,
  }),
  "retain-count": flag({
    value: "NUMBER",
    default: "10000",
    parse: parseKept,
    expected: "a whole number, or unlimited",
    help: "how many finished processes are kept in all; the oldest go first",
    reloads: true,
  }),
  "stop-grace": flag({
    ...DURATION,
    default: "10s",
    help: "from SIGTERM until SIGKILL when a process is stopped: 500ms, 10s, 5m, 1h",
    reloads: true,
  }),
  "allow-program": flag({
    value: "PATH",
    default: undefined,
    parse: parsePrograms,
    expected: "absolute paths, with a comma between them",
    help: "a program that may run, and no other than those given like this; by default all may",
    many: true,
  }),
  "run-as": flag({
    value: "USER",
    default: undefined,
    parse: (text) => /^[\w.@-]+$/.test(text) && !text.startsWith("-") ? text : undefined,
    expected: "the name of an account",
    help: "run commands as this account, without new privileges; the daemon itself must be root",
  }),
  "limit": flag({
    value: "NAME=VALUE",
    default: undefined,
    parse: parseLimits,
    expected: `NAME=VALUE with a comma between them, such as nofile=1024,fsize=10G,cpu=1h (${LIMIT_NAMES.join(", ")})`,
    help: "how much a command may use, by the names of prlimit(1); its user can lower it: nofile=1024,fsize=10G,cpu=1h",
    many: true,
  }),
  "die-with-daemon": flag({
    default: "false",
    parse: (text) => text === "true" ? true : text === "false" ? false : undefined,
    expected: "true or false",
    help: "end all commands even when the daemon is killed by SIGKILL",
  }),
  "log-format": flag({
    value: "FORMAT",
    default: "text",
    parse: parseLogFormat,
    expected: "text or json",
    help: "of the log on stderr: text or json",
  }),
};

/** The name of a flag, without its dashes. */
export type FlagName = keyof typeof FLAGS;

/** The environment variable that stands for a flag. */
export function variableOf(flag: string): string {
  return `PAASD_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** HOST:PORT, with brackets around an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Says of an entry which type its value has, and whether it has one without being given. */
function flag<Value, Default extends string | undefined>(flag: Flag<Value, Default>): Flag<Value, Default> {
  return flag;
}

/** A path; one with a control character cannot be told on a line of its own. */
export function parsePath(text: string, directory: string): string | undefined {
  if (!/^\P{Cc}+$/u.test(text)) return undefined;
  return directory === "" || isAbsolute(text) ? text : join(directory, text);
}

function parseAddress(text: string): Address | undefined {
  const [, ipv6, other, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = other === "localhost" ? "127.0.0.1" : ipv6 ?? other;
  const port = Number(digits);
  if (host === undefined || isIP(host) !== (ipv6 ? 6 : 4) || port > 65_535) return undefined;
  return { host, port };
}

function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] ?? NaN);
  return milliseconds <= 24 * 3_600_000 ? milliseconds : undefined;
}

function parseAge(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (unit === "d" ? 24 * UNITS["h"]! : UNITS[unit] ?? NaN);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function parseKept(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Bytes; the units are powers of 1024, as those of systemd and Docker are. */
function parseSize(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  const [, amount, unit = ""] = /^(\d+)(?:([KMGT])(?:iB)?)?$/i.exec(text) ?? [];
  const bytes = Number(amount) * SIZES[unit.toUpperCase()]!;
  return bytes >= MIN_LIMIT_BYTES && bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}

function parseCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d+$/.test(text) && count >= 1 && count <= 1_000_000 ? count : undefined;
}

function parseIdentity(text: string): IdentityMode | undefined {
  return text === "certificate" || text === "public-key" || text === "subject" ? text : undefined;
}

function parseSwitch(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

function parseLogFormat(text: string): LogFormat | undefined {
  return text === "text" || text === "json" ? text : undefined;
}

/** Absolute paths. A permission cannot have a comma in one, so neither can a text of several. */
function parsePrograms(text: string): string[] | undefined {
  const paths = text.split(",");
  return paths.every((path) => /^\/\P{Cc}*[^/\p{Cc}]$/u.test(path)) ? paths : undefined;
}

/** Limits by name: bytes, seconds or a number, with the units of sizes and durations. */
function parseLimits(text: string): Limits | undefined {
  const limits: Partial<Record<LimitName, number>> = {};
  for (const part of text.split(",")) {
    const [, name, value = ""] = /^(\w+)=(.+)$/.exec(part) ?? [];
    const [, amount, unit = ""] = /^(\d+)([a-z]*)$/i.exec(value) ?? [];
    const units: Record<string, number> = name === "cpu"
      ? { "": 1, s: 1, m: 60, h: 3_600 }
      : name === "nofile" || name === "nproc"
      ? { "": 1 }
      : SIZES;
    const limit = Number(amount) * (units[name === "cpu" ? unit : unit.toUpperCase()] ?? NaN);
    if (!LIMIT_NAMES.includes(name as LimitName) || !Number.isSafeInteger(limit)) return undefined;
    limits[name as LimitName] = limit;
  }
  return limits;
}
