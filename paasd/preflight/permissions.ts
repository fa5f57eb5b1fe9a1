/**
 * The Deno permissions of the daemon: exactly those that its options need.
 *
 * @module
 */
import { requirements } from "@paas/worker/requirements";
import { resolve } from "node:path";
import { GETENT_PATH } from "../processes/confinement.ts";
import { UsageError } from "../errors.ts";
import { STAT_PATH } from "../files/file_steps.ts";
import { type Address, formatAddress, toReachable } from "../address.ts";
import { LIMIT_VARIABLE } from "../quotas/open_files.ts";
import { type Options, VARIABLES } from "../options/options.ts";

/** The variables that grpc-js reads; without permission to read them it fails. */
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
 * Returns the permission flags for `deno run`.
 *
 * @throws {UsageError} When a path cannot be written in such a flag.
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
  const { libraries, variables } = requirements({ terminal: true });
  const read = [
    ...VARIABLES, // options
    ...variables, // for the environment of commands
    "XDG_RUNTIME_DIR", // like TMPDIR, which is one of those, for the place of temporary files
    LIMIT_VARIABLE, // start.sh sets it
    "OTEL_DENO", // whether telemetry is exported
    ...GRPC_VARIABLES,
  ];
  return [
    `--allow-net=${netPermissions(metricsListen ? [listen, metricsListen] : [listen]).join(",")}`,
    `--allow-read=${list([...files, spool])}`,
    `--allow-write=${list(written)}`,
    `--allow-env=${read.join(",")}`,
    // The account of the daemon: for the name of the directory of temporary files, for --run-as, and for warnings of files.
    "--allow-sys=uid",
    ...allowProgram ? [`--allow-run=${list(ownPrograms(options))}`] : [
      "--allow-run", // without a list the runtime signals groups itself
      // The C library can do all that a program can. So it opens nothing that is not open already; but it must not stand
      // beside a list in --allow-run.
      ...libraries.length > 0 ? [`--allow-ffi=${libraries.join(",")}`] : [],
    ],
  ];
}

/**
 * Returns the programs that the daemon executes, all of them its own. The first one becomes any program that it is given,
 * so the daemon's own check holds the list of the programs that users may run.
 */
function ownPrograms({ runAs, dieWithDaemon }: Options): string[] {
  const programs = new Set([
    ...requirements({ limits: true }).programs, // each user may ask for limits
    ...runAs === undefined ? [] : [GETENT_PATH, ...requirements({ account: true }).programs],
    ...requirements({ guard: dieWithDaemon }).programs,
    STAT_PATH,
  ]);
  return [...programs];
}

/** Returns the words of a launcher that the daemon has to be run under: start.sh puts them before the runtime. */
export function launcher({ runAs }: Options): string[] {
  // The children inherit this, and cannot undo it (prctl(2), PR_SET_NO_NEW_PRIVS).
  return runAs === undefined ? [] : ["setpriv", "--no-new-privs", "--inh-caps=-all", "--"];
}

/**
 * Returns the addresses to listen on, and to probe the own ports. Port 0 may become any port, so it needs all of them.
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
 * Joins a list of paths. A comma in a path would open another path, for Deno has no way to escape it; a newline would be
 * another flag, for start.sh reads a flag a line.
 */
function list(paths: string[]): string {
  const odd = paths.find((path) => /[,\p{Cc}]/u.test(path));
  if (odd === undefined) return paths.join(",");
  throw new UsageError(`Cannot use ${JSON.stringify(odd)}: a path must not have a comma or a control character in it`);
}
