/**
 * The Deno permissions that the daemon runs under: exactly what its options need.
 *
 * @module
 */
import {
  BASE_VARIABLES,
  GUARD_PATH,
  KILL_PATHS,
  LIBC_PATHS,
  PRLIMIT_PATH,
  SETPRIV_PATH,
  SETSID_PATH,
} from "@paas/worker";
import { resolve } from "node:path";
import { GETENT_PATH } from "../processes/confinement.ts";
import { UsageError } from "../errors.ts";
import { STAT_PATH } from "../files/file_steps.ts";
import { type Address, formatAddress, toReachable } from "../address.ts";
import { LIMIT_VARIABLE } from "../quotas/open_files.ts";
import { type Options, VARIABLES } from "../options/options.ts";

/** What grpc-js reads of the environment. */
const GRPC_VARIABLES = [
  "GRPC_NODE_VERBOSITY",
  "GRPC_VERBOSITY",
  "GRPC_NODE_TRACE",
  "GRPC_TRACE",
  "GRPC_SSL_CIPHER_SUITES",
  "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
  "GRPC_NODE_USE_ALTERNATIVE_RESOLVER",
  "GRPC_NODE_DEBUG_SEND_ERROR_DETAILS",
  "GRPC_EXPERIMENTAL_ENABLE_OUTLIER_DETECTION",
];

/**
 * The permission flags for `deno run`.
 *
 * @throws {UsageError} when a path cannot be written in such a flag.
 *
 * @example
 * ```ts ignore
 * permissions(options); // ["--allow-net=127.0.0.1:50051", "--allow-read=…", …]
 * ```
 */
export function permissions(options: Options): string[] {
  const { listen, metricsListen, tlsCert, tlsKey, clientCa, policy, crl, denyList, auditLog } = options;
  const { spoolDir, temporary, config, allowProgram } = options;
  const spool = resolve(spoolDir ?? temporary);
  const files = [tlsCert, tlsKey, clientCa, policy, crl, denyList, config]
    .flatMap((path) => path === undefined ? [] : resolve(path));
  const written = auditLog === undefined ? [spool] : [spool, resolve(auditLog)];
  return [
    `--allow-net=${netPermissions(metricsListen ? [listen, metricsListen] : [listen]).join(",")}`,
    `--allow-read=${list([...files, spool])}`,
    `--allow-write=${list(written)}`,
    `--allow-env=${
      [...VARIABLES, ...BASE_VARIABLES, "XDG_RUNTIME_DIR", LIMIT_VARIABLE, "OTEL_DENO", ...GRPC_VARIABLES].join(",")
    }`,
    "--allow-sys=uid", // whose directory for temporary files
    ...allowProgram ? [`--allow-run=${list([...ownPrograms(options), STAT_PATH])}`] : [
      "--allow-run", // it signals groups itself only so
      // For terminals: the C library, wherever it lies. It can do what any program can, so this opens nothing that is
      // not open already; beside a list in --allow-run it must not stand.
      ...LIBC_PATHS.length > 0 ? [`--allow-ffi=${LIBC_PATHS.join(",")}`] : [],
    ],
  ];
}

/**
 * What the daemon executes: only programs of its own. The first of them becomes whatever it is told to, so the list of what
 * users may run is held by the daemon's own check.
 */
function ownPrograms({ runAs, dieWithDaemon }: Options): string[] {
  return [
    SETSID_PATH,
    PRLIMIT_PATH,
    ...KILL_PATHS, // the runtime signals no groups under a list
    ...runAs === undefined ? [] : [GETENT_PATH, SETPRIV_PATH],
    ...dieWithDaemon ? [GUARD_PATH] : [],
  ];
}

/** What the daemon has to be run under: the words of a launcher. */
export function launcher({ runAs }: Options): string[] {
  // Its children inherit it, and cannot get it back (prctl(2), PR_SET_NO_NEW_PRIVS).
  return runAs === undefined ? [] : ["setpriv", "--no-new-privs", "--inh-caps=-all", "--"];
}

/**
 * The permissions to listen, and to try the own ports. The port that 0 becomes is not known before, so it takes all
 * ports of the address.
 */
function netPermissions(addresses: readonly Address[]): string[] {
  const permissions = addresses.flatMap(({ host, port }) =>
    [host, toReachable(host)].map((host) =>
      port !== 0 ? formatAddress({ host, port }) : host.includes(":") ? `[${host}]` : host
    )
  );
  return [...new Set(permissions)];
}

/**
 * A list of paths. Deno knows no way to write a comma in it, so one in a path would open another path; start.sh takes a
 * line for a flag, so a newline would be another flag.
 */
function list(paths: string[]): string {
  const odd = paths.find((path) => /[,\p{Cc}]/u.test(path));
  if (odd === undefined) return paths.join(",");
  throw new UsageError(`Cannot use ${JSON.stringify(odd)}: a path must not have a comma or a control character in it`);
}
