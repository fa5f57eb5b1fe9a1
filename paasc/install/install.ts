/**
 * `deno task install [DIR]`: puts a script `paasc` into a directory (default `~/.local/bin`), which runs this checkout: a
 * bundle that is made of it now, as long as that is up to date.
 *
 * @module
 */
import { bundle } from "./bundle.ts";
import { contextFlag, runFlags } from "./run_flags.ts";

/** The second line of every script that is written here, by which it is known again. */
const mark = "# Written by 'deno task install' of Paas; it may be overwritten by the same.";

/** A word as a shell reads it back unchanged. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The script that runs a program of this checkout with the flags and the Deno given. Who says `context` may write the
 * configuration file; no other command gets that, nor waits for the shell to find it.
 *
 * @param bundled The program's bundle. It runs instead unless it is gone, or some source has changed since it was made.
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
${mark}
# In the place of a stdout that is closed the runtime would open /dev/null, and what is printed would be lost in silence.
{ true 3>&1; } 2>/dev/null || { [ -c /dev/full ] && exec >/dev/full; }
write=
for word; do
  [ "$word" = context ] && write=${contextFlag(quote(`${room}/install/config_directory.sh`))} && break
done
program=${quote(program)}
${bundled === undefined ? 'set -- "$program" "$@"\n' : chooseBundle(quote(bundled), root)}exec ${
    [deno, "run", ...runFlags].map(quote).join(" ")
  } \${write:+"$write"} "$@"
`;
}

/**
 * The lines that choose the bundle while it is newer than all that it was made of. It needs no `deno.json`, and has a cache
 * of its own: in Deno's, each program that runs with other V8 flags replaces the code of all built-in modules.
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
 * Writes the script into a directory, which is made if need be, and returns its path.
 *
 * @throws {Error} When something else stands there under that name
 */
export async function install(directory: string, script: string): Promise<string> {
  await Deno.mkdir(directory, { recursive: true });
  const path = `${directory}/paasc`;
  if (!await isOurs(path)) throw new Error(`${path} exists and was not written by this task: move it away first`);

  // Renamed into place, so that a paasc that starts meanwhile reads the old script or the new one.
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

/** Whether the path is free, or holds a script that was written here. */
async function isOurs(path: string): Promise<boolean> {
  try {
    if (!(await Deno.lstat(path)).isFile) return false;
    return (await Deno.readTextFile(path)).split("\n")[1] === mark;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** What the task says, once the script is there. */
async function main(): Promise<string> {
  const [directory = `${Deno.env.get("HOME") ?? ""}/.local/bin`, ...more] = Deno.args;
  if (more.length > 0 || directory.startsWith("-")) throw new Error("usage: deno task install [DIR]");
  const program = decodeURIComponent(new URL("../main.ts", import.meta.url).pathname);
  let bundled: string | undefined;
  try {
    bundled = await bundle(Deno.execPath());
  } catch (error) {
    console.error(`install: paasc runs from its source, and starts slower: ${(error as Error).message}`);
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
