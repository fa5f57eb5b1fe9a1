/**
 * The table of `paasd`'s flags. The environment variable, the key in the configuration file, the help and the type of each
 * option follow from its entry.
 *
 * @module
 */
import { LIMIT_NAMES, parseLimits } from "@paas/proto/units";
import { DEVELOPMENT_DIRECTORY } from "../development_files.ts";
import { parseAddress } from "../address.ts";
import { flag } from "./flag.ts";
import {
  COUNT,
  DURATION,
  KEPT,
  parseAge,
  parseDrainTimeout,
  parseIdentity,
  parseLogFormat,
  parseLoopback,
  parsePrograms,
  parseSearchPath,
  parseUmask,
  parseVariables,
  PATH,
  SIZE,
  SWITCH,
} from "./flag_values.ts";

/** The path of a development certificate or key. */
const developmentFile = (name: string): string => `${DEVELOPMENT_DIRECTORY}/${name}`;

/** All flags that can also be a variable, or a key of the configuration file. */
export const FLAGS = {
  "listen": flag({
    value: "HOST:PORT",
    default: "127.0.0.1:50051",
    parse: parseAddress,
    expected: "IP:PORT or localhost:PORT",
    help: "address to listen on: an IP address or localhost; port 0 picks a free port",
  }),
  "tls-cert": flag({
    ...PATH,
    value: "FILE",
    default: developmentFile("server.crt"),
    help: "certificate of the daemon, PEM",
  }),
  "tls-key": flag({
    ...PATH,
    value: "FILE",
    default: developmentFile("server.key"),
    help: "private key of the daemon, PEM",
  }),
  "client-ca": flag({
    ...PATH,
    value: "FILE",
    default: developmentFile("client-ca.crt"),
    help: "CA that signs the certificates of users, PEM",
  }),
  "identity": flag({
    value: "WHAT",
    default: "certificate",
    parse: parseIdentity,
    expected: "certificate, public-key or subject",
    help:
      "what identifies a user: the certificate, its public-key, or its subject (issuer and subject, or the SAN URI); the " +
      "subject stays the same when the certificate is renewed",
  }),
  "policy": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "role of each user: user, viewer or operator, TOML (the OUs paas-viewer and paas-operator of certificates)",
  }),
  "crl": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "lists of revoked certificates, signed by the client CA, PEM or DER",
  }),
  "deny-list": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "certificates to refuse, one SHA-256 fingerprint a line",
  }),
  "audit-log": flag({
    ...PATH,
    value: "FILE",
    default: undefined,
    help: "audit log: each call with its caller and its result, one JSON object a line",
  }),
  "audit-argv": flag({
    ...SWITCH,
    help: "write the arguments of processes to the audit log too",
  }),
  "spool-dir": flag({
    ...PATH,
    value: "DIR",
    default: undefined,
    help: "directory for logs (a new directory in XDG_RUNTIME_DIR or TMPDIR, removed at the end)",
  }),
  "max-log-bytes": flag({
    ...SIZE,
    default: "unlimited",
    help: "maximum size of the log of each process, such as 500M or 2G; its oldest output goes first",
  }),
  "max-spool-bytes": flag({
    ...SIZE,
    default: "unlimited",
    help: "maximum size of all logs; the largest log loses its oldest output first",
  }),
  "max-spool-bytes-per-user": flag({
    ...SIZE,
    default: "unlimited",
    help: "maximum size of the logs of each user; their largest log loses its oldest output first",
  }),
  "max-processes-per-user": flag({
    ...COUNT,
    default: undefined,
    help: "maximum number of live processes of each user (three quarters of what the open files permit)",
  }),
  "max-starts-per-minute": flag({
    ...COUNT,
    default: "20000",
    help: "maximum number of processes that a user may start within a minute",
  }),
  "max-streams-per-user": flag({
    ...COUNT,
    default: "5000",
    help: "maximum number of open calls of each user",
  }),
  "max-changes-per-minute": flag({
    ...COUNT,
    default: "60000",
    help:
      "maximum number of calls within a minute by which a user stops, signals, shares, unshares or removes a process",
  }),
  "max-description-bytes-per-user": flag({
    ...SIZE,
    default: "64M",
    help:
      "maximum size of the arguments, variables, names and labels of a user's processes; the oldest finished processes go first",
  }),
  "max-grants-per-user": flag({
    ...COUNT,
    default: "10000",
    help: "maximum number of grants of each user: a process shared with two others has two",
  }),
  "max-connections": flag({
    ...COUNT,
    default: undefined,
    help: "maximum number of connections (at most 4096, within the limit on open files)",
  }),
  "max-connections-per-address": flag({
    ...COUNT,
    default: undefined,
    help: "maximum number of connections from one IPv4 address or one IPv6 /64 (three quarters of all)",
  }),
  "handshake-timeout": flag({
    ...DURATION,
    default: "10s",
    help: "maximum time until a new connection has shown its certificate",
  }),
  "idle-timeout": flag({
    ...DURATION,
    default: "30m",
    help: "maximum time of a connection without a call, unless its end would stop a process",
  }),
  "retain": flag({
    value: "DURATION",
    default: "unlimited",
    parse: parseAge,
    expected: "a duration such as 30m, 24h or 7d, or unlimited",
    help: "maximum age of a finished process and its log, such as 30m, 24h or 7d",
    reloads: true,
  }),
  "retain-count": flag({
    ...KEPT,
    default: "10000",
    help: "maximum number of finished processes of each user; the oldest go first",
    reloads: true,
  }),
  "retain-total": flag({
    ...KEPT,
    default: "100000",
    help: "maximum number of finished processes of all users; the oldest of the user with the most go first",
    reloads: true,
  }),
  "stop-grace": flag({
    ...DURATION,
    default: "10s",
    help: "time from SIGTERM to SIGKILL when a process is stopped: 500ms, 10s, 5m, 1h",
    reloads: true,
  }),
  "drain-timeout": flag({
    value: "DURATION",
    default: "unlimited",
    parse: parseDrainTimeout,
    expected: "a duration of at most 24d such as 30m, 2h or 7d, or unlimited",
    help: "maximum time of a drain (SIGQUIT, paasc drain) until the daemon shuts down all the same",
    reloads: true,
  }),
  "allow-program": flag({
    value: "PATH",
    default: undefined,
    parse: parsePrograms,
    expected: "absolute paths, separated by commas",
    help: "program that may run, such as /opt/tools/deploy; repeat the flag for each (all)",
    many: true,
  }),
  "allow-variable": flag({
    value: "NAME",
    default: undefined,
    parse: parseVariables,
    expected: "names of variables, separated by commas, such as LANG,LC_* (only the end may be a *)",
    help:
      "variable that users may set for their commands; repeat the flag for each (any; with --allow-program: LANG, LC_*, TZ " +
      "and TERM)",
    many: true,
  }),
  "path": flag({
    value: "DIRS",
    default: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    parse: parseSearchPath,
    expected: "absolute directories, separated by colons",
    help: "PATH of commands whose user sets none (the system's directories)",
  }),
  "umask": flag({
    value: "MODE",
    default: "022",
    parse: parseUmask,
    expected: "an octal number that begins with 0, such as 022 or 077, in quotes in the file",
    help: "umask(2) of commands: the permissions that their new files do not have",
  }),
  "run-as": flag({
    value: "USER",
    default: undefined,
    parse: (text) => /^[\w.@-]+$/.test(text) && !text.startsWith("-") ? text : undefined,
    expected: "the name of an account",
    help: "account that runs the commands, without new privileges; the daemon itself must be root",
  }),
  "limit": flag({
    value: "NAME=VALUE",
    default: undefined,
    parse: parseLimits,
    expected: `NAME=VALUE, separated by commas, such as nofile=1024,fsize=10G,cpu=1h (${LIMIT_NAMES.join(", ")})`,
    help: "limit of each command by its name in prlimit(1), such as nofile=1024,fsize=10G,cpu=1h; a user can lower it",
    many: true,
  }),
  "die-with-daemon": flag({
    ...SWITCH,
    help: "end all commands even if the daemon is killed by SIGKILL",
  }),
  "metrics-listen": flag({
    value: "HOST:PORT",
    default: undefined,
    parse: parseLoopback,
    expected:
      "a loopback address with a port, such as 127.0.0.1:9464 or [::1]:9464, because it has no encryption and no certificates",
    help:
      "loopback address for metrics and health over plain HTTP (GET /metrics, GET /healthz), such as 127.0.0.1:9464 (off)",
  }),
  "log-format": flag({
    value: "FORMAT",
    default: "text",
    parse: parseLogFormat,
    expected: "text or json",
    help: "format of the log on stderr: text or json",
  }),
};

/** The name of a flag, without its dashes. */
export type FlagName = keyof typeof FLAGS;
