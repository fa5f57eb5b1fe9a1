/**
 * Flags that Deno runs `paasc` with. The tasks of `deno.json`, the scripts of installations and packages, and the compiled program share this
 * list. This module is part of the installation (see `install.ts`), not of the client.
 *
 * @module
 */
import { VARIABLES } from "../settings/settings.ts";

/**
 * Flags of `deno run` for `paasc`. The daemon may be at any address and the certificates at any path, so `paasc` may use
 * the whole network and read any file. `paasc` may not write files and may not run programs; only some commands may
 * write, see {@linkcode contextFlag} and {@linkcode COPY_FLAG}. Environment variables other than its own appear unset:
 * grpc-js neither fails for lack of permission nor obeys `http_proxy`, `GRPC_TRACE` and the like.
 *
 * The large initial heap saves garbage collection: by default V8 marks the whole heap after each 14 MB of a log or so,
 * which takes a third of the time.
 */
export const RUN_FLAGS: readonly string[] = [
  "--quiet",
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  `--allow-env=${VARIABLES.join(",")}`,
  "--ignore-env",
  "--v8-flags=--initial-old-space-size=64",
];

/**
 * Makes the additional flag of `paasc context` and `paasc join`, as a word that a shell expands. The flag permits writing
 * into the directory of the configuration file and, if the file is a link, into the directory of its target, and nowhere
 * else. The flag depends on the caller's environment, so it is no part of the list above. A compiled program has fixed
 * permissions and cannot get this flag; it prints what to write by hand.
 *
 * @param script Path of `config_directory.sh`, quoted for the shell
 */
export function contextFlag(script: string): string {
  return `--allow-write="$(sh ${script})"`;
}

/**
 * The additional flag of `paasc cp` with a destination on this machine. The flag names no directory: to make a symbolic link
 * the runtime wants the permission to write anywhere, and it follows links that lead out of a permitted directory anyway.
 * `paasc/copy/receive.ts` keeps to the destination.
 */
export const COPY_FLAG = "--allow-write";
