/**
 * Warnings of files that the daemon's safety depends on, if accounts other than root and its own may change them, or
 * may read secret ones. The daemon starts all the same, because it cannot know these accounts.
 *
 * @module
 */
import { dirname } from "node:path";
import { DEVELOPMENT_DIRECTORY } from "../development_files.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import type { Options } from "../options/options.ts";

/** Bits of a mode (inode(7)). */
const GROUP_READS = 0o040;
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o022; // the group or anybody

/** A file, and the consequence when others change or read it. */
interface Sensitive {
  readonly what: string;
  readonly path: string | undefined;
  readonly secret?: boolean;
  readonly consequence: string;
}

/** Logs a `warning` for each file that others may write, and for a private key that others may read. */
export async function warnOfFiles(
  options: Pick<Options, "tlsKey" | "clientCa" | "crl" | "denyList" | "policy" | "config">,
  log: DaemonLog,
): Promise<void> {
  const { tlsKey, clientCa, crl, denyList, policy, config } = options;
  const comesIn = "whoever changes it decides who comes in";
  const files: Sensitive[] = [
    {
      what: "private key (--tls-key)",
      path: tlsKey,
      secret: true,
      consequence: "whoever has it can pass for the server",
    },
    { what: "client CA (--client-ca)", path: clientCa, consequence: comesIn },
    { what: "revocation list (--crl)", path: crl, consequence: comesIn },
    { what: "deny list (--deny-list)", path: denyList, consequence: comesIn },
    { what: "policy (--policy)", path: policy, consequence: "whoever changes it decides who sees and stops what" },
    { what: "configuration (--config)", path: config, consequence: "whoever changes it decides what the daemon does" },
  ];
  for (const { what, path, secret, consequence } of files) {
    if (path === undefined || dirname(path) === DEVELOPMENT_DIRECTORY) continue;
    const status = await Deno.stat(path).catch(() => undefined); // the reader of the file says what is wrong with it
    const cause = status && causeOf(status, secret);
    if (cause !== undefined) log.write("warning", { what, file: path, cause, consequence });
  }
}

function causeOf({ uid, mode }: Deno.FileInfo, secret = false): string | undefined {
  if (uid === null || mode === null) return undefined;
  if (uid !== 0 && uid !== Deno.uid()) return `it belongs to another account (uid ${uid}), which may change it`;
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  if (mode & OTHERS_WRITE) return `others than root and the daemon's account may write it (mode ${octal})`;
  // The daemon reads a key of root's by way of a group; PostgreSQL takes this mode for its keys as well.
  const mayRead = uid === 0 ? OTHERS_READ : OTHERS_READ | GROUP_READS;
  if (secret && mode & mayRead) return `others than root and the daemon's account may read it (mode ${octal})`;
  return undefined;
}
