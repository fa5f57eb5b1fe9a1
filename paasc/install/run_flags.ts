/**
 * How Deno runs `paasc`: the one list that the tasks of `deno.json`, the installed script and the compiled program go by.
 *
 * @module
 */
import { variables } from "../settings/settings.ts";

/**
 * The flags of `deno run` for `paasc`. The daemon may be anywhere, and the certificates too; nothing is written, nothing
 * is run; `paasc context use` alone has more, see {@linkcode contextFlag}. Every environment variable but its own is as if it were not set: grpc-js neither fails for lack of permission
 * nor obeys `http_proxy`, `GRPC_TRACE` and the like.
 *
 * The heap is sized so that messages on their way count as little: by default V8 marks the whole heap each time some 14 MB
 * of a log have passed, which takes a third of the time.
 */
export const runFlags: readonly string[] = [
  "--quiet",
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  `--allow-env=${variables.join(",")}`,
  "--ignore-env",
  "--v8-flags=--initial-old-space-size=64",
];

/**
 * The flag that `paasc context` has besides, as a shell makes it of the path of `config_directory.sh`: to write into the
 * directory of the configuration file, and where that is a link into that of the file itself, and nowhere else. It cannot stand above, for it depends on who calls; a compiled
 * program, whose permissions are all fixed before, cannot have it, and says what to write instead.
 */
export function contextFlag(script: string): string {
  return `--allow-write="$(sh ${script})"`;
}
