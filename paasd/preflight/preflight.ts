/**
 * The checks before a daemon starts, beside those of the files that it trusts: whether its options can be kept, and
 * what its operator should know about them.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Account } from "@paas/worker";
import { Confinement } from "../processes/confinement.ts";
import type { Credentials } from "../trust/credentials.ts";
import { isDevelopment } from "../trust/development_certificates.ts";
import { mayChange, mayRead } from "../files/file_access.ts";
import { STAT_PATH, type Way, waysTo } from "../files/file_steps.ts";
import { type Address, isLoopback } from "../address.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import type { Options } from "../options/options.ts";
import { inspectPrograms } from "../processes/programs.ts";

/** The daemon's program: an account that may change it has all rights of the daemon. */
const OWN_PROGRAM = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * Checks whether the options for commands can be kept, and logs a `warning` for each thing that an operator should
 * know.
 *
 * @throws {StartError} When an option cannot be kept.
 */
export async function preflight(options: Options, { cert, ca }: Credentials, log: DaemonLog): Promise<void> {
  const warn = (what: string, cause: string) => log.write("warning", { what, cause });
  const account = await Confinement.check(options);
  const misnamed = whyMisnamed(cert, options.listen);
  if (misnamed) warn("tls-cert", `${options.tlsCert} ${misnamed}`);
  // With the development certificates everybody who has the repository is a user anyway.
  if (!account && !(isDevelopment(cert) && isDevelopment(ca))) {
    warn(
      "run-as",
      "commands run under the daemon's own account: whoever may start one can read the key and all logs, and end the " +
        "daemon; where there is more than one user, start it as root with --run-as",
    );
  }
  try {
    for (const cause of await inspectPrograms(options.allowProgram ?? [], Deno.uid() ?? 0)) {
      warn("allow-program", cause);
    }
    if (account) { for (const [what, cause] of await exposures(options, account)) warn(what, cause); }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
    warn("files", `owners and modes were not checked: ${STAT_PATH} (coreutils) is missing, or may not be run`);
  }
}

/** Gives the daemon's files that the account of commands may read or change, each as an option and a sentence. */
async function exposures(options: Options, account: Account): Promise<[string, string][]> {
  const files = filesOf(options);
  const ways = await waysTo(files.map(({ path }) => path));
  return files.flatMap(({ what, path, secret }, index) =>
    exposed(path, secret, account, ways[index]!).map((cause): [string, string] => [what, cause])
  );
}

/** Gives the files and directories of a daemon, each with its option. A secret one must not even be read. */
function filesOf(options: Options): { what: string; path: string; secret: boolean }[] {
  const files: [string, string | undefined, "secret" | "public"][] = [
    ["tls-key", options.tlsKey, "secret"],
    ["spool-dir", options.spoolDir, "secret"],
    ["audit-log", options.auditLog, "secret"],
    ["config", options.config, "secret"],
    ["policy", options.policy, "secret"],
    ["tls-cert", options.tlsCert, "public"],
    ["client-ca", options.clientCa, "public"],
    ["crl", options.crl, "public"],
    ["deny-list", options.denyList, "public"],
    ["paasd", OWN_PROGRAM, "public"],
  ];
  return files.flatMap(([what, path, kind]) =>
    path === undefined ? [] : [{ what, path: resolve(path), secret: kind === "secret" }]
  );
}

/**
 * Gives sentences that say what an account may do to a file and must not.
 *
 * @param secret Whether the account must not read the file either.
 */
export function exposed(
  path: string,
  secret: boolean,
  account: Pick<Account, "name" | "uid" | "gid">,
  way: Way,
): string[] {
  const changed = mayChange(account, way);
  if (changed && !way.file && changed === way.steps.at(-1)) {
    return [`the account of commands, ${account.name}, may make ${path} before the daemon does: make it yourself`];
  }
  if (changed) {
    const where = changed.path === path ? "it" : changed.path;
    return [`the account of commands, ${account.name}, may change ${path}: give ${where} to root, and chmod go-w`];
  }
  if (!secret || !mayRead(account, way)) return [];
  return [
    `the account of commands, ${account.name}, may read ${path}: chmod go-rwx, for it or for ${dirname(path)}`,
  ];
}

/**
 * Gives the reason why no client could find the name or address of the daemon in the certificate (RFC 9525, section
 * 6.3).
 */
function whyMisnamed(cert: string, { host }: Address): string | undefined {
  const names = [...(new X509Certificate(cert).subjectAltName ?? "").matchAll(/\b(?:DNS|IP Address):([^,]+)/g)];
  if (names.length === 0) return "has no subject alternative name: clients look for the daemon's name or address there";
  if (isLoopback(host) || names.some(([, name]) => name !== "localhost" && !isLoopback(name!))) return undefined;
  return `is for ${names.map(([, name]) => name).join(", ")} alone: no client on another machine takes it`;
}
