/**
 * The flags of `paasd`, in one table. The environment variable, the key in the configuration file, the help and the type
 * of each option follow from its entry.
 *
 * @module
 */
import { LIMIT_NAMES } from "@paas/worker/confinement";
import { fileURLToPath } from "node:url";
import {
  COUNT,
  DURATION,
  parseAddress,
  parseAge,
  parseIdentity,
  parseKept,
  parseLimits,
  parseLogFormat,
  parsePrograms,
  parseSearchPath,
  parseSwitch,
  parseUmask,
  parseVariables,
  PATH,
  SIZE,
} from "./flag_values.ts";

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

/** The directory of the development certificates. */
const certificates = (name: string): string => fileURLToPath(new URL(`../../certs/${name}`, import.meta.url));

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
  "max-changes-per-minute": flag({
    ...COUNT,
    default: "60000",
    help: "how many calls of a user may stop, signal, share, unshare or remove a process within a minute",
  }),
  "max-description-bytes-per-user": flag({
    ...SIZE,
    default: "64M",
    help:
      "how much the arguments, names and labels of a user's processes may take; their oldest finished ones go first",
  }),
  "max-grants-per-user": flag({
    ...COUNT,
    default: "10000",
    help: "with how many others a user may share processes, counted for each process",
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
    help: "how many finished processes of each user are kept; their oldest go first",
    reloads: true,
  }),
  "retain-total": flag({
    value: "NUMBER",
    default: "100000",
    parse: parseKept,
    expected: "a whole number, or unlimited",
    help: "how many finished processes of all users are kept; the oldest of who has most go first",
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
    help: "a program that may run, such as /opt/tools/deploy, and no other than those given like this (all)",
    many: true,
  }),
  "allow-variable": flag({
    value: "NAME",
    default: undefined,
    parse: parseVariables,
    expected: "names of variables with a comma between them, such as LANG,LC_* (a * may stand at the end)",
    help:
      "a variable that users may set for their commands, and no other (any; with --allow-program LANG, LC_*, TZ and TERM)",
    many: true,
  }),
  "path": flag({
    value: "DIRS",
    default: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    parse: parseSearchPath,
    expected: "absolute directories with a colon between them",
    help: "the PATH of commands whose user gives none (that of the system)",
  }),
  "umask": flag({
    value: "MODE",
    default: "022",
    parse: parseUmask,
    expected: "an octal number that begins with 0, such as 022 or 077, in quotes in the file",
    help: "what others may not do with the files that commands make (umask(2))",
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
    parse: parseSwitch,
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

/** Says of an entry which type its value has, and whether it has one without being given. */
function flag<Value, Default extends string | undefined>(flag: Flag<Value, Default>): Flag<Value, Default> {
  return flag;
}
