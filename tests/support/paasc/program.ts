/**
 * The `paasc` that tests start: the bundle that `deno task install` makes, which users run and which starts faster, or else
 * the source. As a program, this module makes the bundle; `deno task test` begins with that.
 *
 * @module
 */
import { join } from "node:path";
import { bundle, BUNDLE_DIRECTORY } from "../../../paasc/install/bundle.ts";
import { RUN_FLAGS } from "../../../paasc/install/run_flags.ts";

const ROOT = join(import.meta.dirname!, "../../..");

/** What a bundle is made of; the installed script looks at the same. */
const SOURCES = ["paasc", "proto", "deno.json", "deno.lock"];

/** The time of the last change of a file, or of any in a directory. */
function lastChange(path: string): number {
  const { isDirectory, mtime } = Deno.statSync(path);
  if (!isDirectory) return mtime!.getTime();
  return Math.max(...[...Deno.readDirSync(path)].map(({ name }) => lastChange(join(path, name))));
}

/** Whether there is a bundle, and no source is newer. */
function isBundled(): boolean {
  try {
    const made = lastChange(join(BUNDLE_DIRECTORY, "main.js"));
    return SOURCES.every((source) => lastChange(join(ROOT, source)) <= made);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const run = [Deno.execPath(), "run", ...RUN_FLAGS];

/** The words that start `paasc`, before its own; as the installed script has them. */
export const PAASC: readonly string[] = isBundled()
  ? ["env", `DENO_DIR=${BUNDLE_DIRECTORY}/cache`, ...run, "--no-config", `${BUNDLE_DIRECTORY}/main.js`]
  : [...run, join(ROOT, "paasc/main.ts")];

if (import.meta.main && !isBundled()) await bundle(Deno.execPath());
