/**
 * `deno task install [DIR]`: puts a script `paasc` into a directory (default `~/.local/bin`). The script runs a bundle of
 * this checkout, made now, and runs the source itself when the source has changed since.
 *
 * The folder of this module is no part of the client: nothing in it runs as `paasc`. Its modules put `paasc` on a PATH, as
 * a script (`install.ts`, `bundle.ts`) or as a program of its own (`compile.ts`), under the permissions of `run_flags.ts`.
 *
 * @module
 */
import { bundle } from "./bundle.ts";
import { RUN_FLAGS } from "./run_flags.ts";
import { quote, scriptHead } from "./script.ts";

/** Second line of every script that this task writes. The task overwrites only files that have this line. */
const MARK = "# Written by 'deno task install' of Paas; it may be overwritten by the same.";

/**
 * Makes the script that runs a program of this checkout.
 *
 * Deno may disappear after the installation: a Deno that came by `npx` lies in a cache that users clean. The script then
 * runs the `deno` of the PATH, or says what to do.
 *
 * @param deno Path of the Deno to run
 * @param program Path of the main module
 * @param bundled Path of the bundle, which runs in place of the program unless it is gone or older than a source
 *
 * @example
 * ```ts
 * import { scriptFor } from "./install.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const script = scriptFor("/usr/bin/deno", "/home/o'neil/paasc/main.ts");
 * assertStringIncludes(script, `program='/home/o'\\''neil/paasc/main.ts'\n`);
 * ```
 */
export function scriptFor(deno: string, program: string, bundled?: string): string {
  const room = program.slice(0, program.lastIndexOf("/"));
  const root = quote(room.slice(0, room.lastIndexOf("/")));
  return `#!/bin/sh
${MARK}
${scriptHead(quote(`${room}/install/config_directory.sh`))}program=${quote(program)}
${bundled === undefined ? 'set -- "$program" "$@"\n' : chooseBundle(quote(bundled), root)}deno=${quote(deno)}
if [ ! -x "$deno" ]; then
  gone=$deno
  deno=$(command -v deno) || {
    printf '%s\n' "paasc: Deno is gone from $gone, and the PATH has no 'deno': install Deno and run 'deno task install' again" >&2
    exit 127
  }
fi
# Deno would make a missing home for its cache. It works without a cache, and nobody can make one in /dev/null.
case \${XDG_CACHE_HOME-} in /*) home=$XDG_CACHE_HOME ;; *) home=\${HOME:-/} ;; esac
[ -n "\${DENO_DIR-}" ] || [ -d "$home" ] || export DENO_DIR=/dev/null
exec "$deno" ${["run", ...RUN_FLAGS].map(quote).join(" ")} \${write:+"$write"} "$@"
`;
}

/**
 * Makes the lines of the script that choose the bundle while it is newer than all of its sources. The bundle needs no
 * `deno.json`. It has a cache of its own: in Deno's common cache, each program that runs with other V8 flags replaces the
 * compiled code of all built-in modules.
 */
function chooseBundle(bundled: string, root: string): string {
  return `bundle=${bundled}
for source in ${root}/paasc/*.* ${root}/paasc/*/* ${root}/paasc/*/*/* ${root}/proto/*.ts ${root}/proto/*/*.ts ${root}/proto/paas/v1/* ${root}/deno.*; do
  [ "$source" -nt "$bundle" ] && bundle= && break
done
if [ -f "$bundle" ]; then
  set -- --no-config "$bundle" "$@"
  [ -w "\${bundle%/*}/cache" ] && export DENO_DIR="\${bundle%/*}/cache"
else
  set -- "$program" "$@"
fi
`;
}

/**
 * Writes the script into a directory and returns its path. The directory is created if it does not exist.
 *
 * @throws {Error} When the directory has another file or a link of that name
 */
export async function install(directory: string, script: string): Promise<string> {
  await Deno.mkdir(directory, { recursive: true });
  const path = `${directory}/paasc`;
  if (!await isOurs(path)) throw new Error(`${path} exists and was not written by this task: move it away first`);

  // A rename: a paasc that starts meanwhile reads either the old script or the new one.
  const draft = await Deno.makeTempFile({ dir: directory, prefix: ".paasc-" });
  try {
    await Deno.writeTextFile(draft, script);
    await Deno.chmod(draft, 0o755);
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft);
    throw error;
  }
  return path;
}

/** Whether the path is free or holds a script that this task wrote. */
async function isOurs(path: string): Promise<boolean> {
  try {
    if (!(await Deno.lstat(path)).isFile) return false;
    return (await Deno.readTextFile(path)).split("\n")[1] === MARK;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** Installs the script and returns the sentence that the task prints. */
async function main(): Promise<string> {
  const [directory = `${Deno.env.get("HOME") ?? ""}/.local/bin`, ...more] = Deno.args;
  if (more.length > 0 || directory.startsWith("-")) throw new Error("usage: deno task install [DIR]");
  const program = decodeURIComponent(new URL("../main.ts", import.meta.url).pathname);
  let bundled: string | undefined;
  try {
    bundled = await bundle(Deno.execPath());
  } catch (error) {
    console.error(`install: no bundle, so paasc runs from its source and starts slower: ${(error as Error).message}`);
  }
  const path = await install(directory, scriptFor(Deno.execPath(), program, bundled));
  const real = await Deno.realPath(directory);
  const onPath = (Deno.env.get("PATH") ?? "").split(":").includes(real);
  const hint = onPath
    ? "that directory is on your PATH"
    : `that directory is not on your PATH: add it by export PATH=${quote(real)}:"$PATH"`;
  return `Installed ${path}; ${hint}.`;
}

if (import.meta.main) {
  try {
    console.log(await main());
  } catch (error) {
    console.error(`install: ${error instanceof Error ? error.message : error}`);
    Deno.exitCode = 1;
  }
}
