/**
 * The way to a file: each directory and link on it, with owner and mode. An account that may write to one of these may
 * put another file in its place.
 *
 * @module
 */
import { join } from "node:path";

/**
 * The program that shows owners and modes (coreutils). The runtime would not do: it reads the mode of a directory only
 * if it may read everything in it. This program shows no content, so a list in `--allow-run` can have it.
 */
export const STAT_PATH = "/usr/bin/stat";

/** Maximum number of links on a way, as the kernel has it (path_resolution(7)). */
const MAX_LINKS = 40;

/** Owner and mode of a file (inode(7)), and the target of a link. */
export interface FileMode {
  /** The mode, with the type of the file. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly target?: string | undefined;
}

/** A directory or link on the way to a file, or the file itself. */
export interface Step extends FileMode {
  /** The path, without links before its last name. */
  readonly path: string;
  /** The directory that it is in; `undefined` for `/`. */
  readonly parent: Step | undefined;
}

/** The way to a file. */
export interface Way {
  /** The steps from `/` on, as far as they exist. */
  readonly steps: readonly Step[];
  /** The end of the way, if it exists and may be looked at. */
  readonly file: Step | undefined;
}

/** Looks at files without following links, and leaves out those that do not exist. */
type Look = (paths: readonly string[]) => Promise<Map<string, FileMode>>;

/**
 * Finds the ways to files.
 *
 * @param paths Absolute paths.
 */
export async function waysTo(paths: readonly string[], look: Look = lookByProgram): Promise<Way[]> {
  const known = new Map<string, FileMode | undefined>();
  // Each round comes to the next link, and looks at all steps before it together.
  for (let round = 0; round <= MAX_LINKS; round++) {
    const unknown = new Set(paths.flatMap((path) => walk(path, known).ahead).filter((path) => !known.has(path)));
    if (unknown.size === 0) break;
    const found = await look([...unknown]);
    for (const path of unknown) known.set(path, found.get(path));
  }
  return paths.map((path) => walk(path, known));
}

/** Goes as far as files are known. Gives the paths to look at in order to go on, if that would help. */
function walk(path: string, known: ReadonlyMap<string, FileMode | undefined>): Way & { ahead: string[] } {
  const steps: Step[] = [];
  const stop = (ahead: string[]) => ({ steps, file: undefined, ahead });
  const left = path.split("/").filter((name) => name !== "" && name !== ".");
  const root = known.get("/");
  if (!root) return stop(known.has("/") ? [] : prefixes("/", left));
  let at: Step = { ...root, path: "/", parent: undefined };
  steps.push(at);
  let directory = at;
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === "..") {
      at = directory = directory.parent ?? directory;
      continue;
    }
    const next = join(directory.path, name);
    const found = known.get(next);
    if (!found) return stop(known.has(next) ? [] : prefixes(directory.path, [name, ...left]));
    at = { ...found, path: next, parent: directory };
    steps.push(at);
    if (found.target === undefined) {
      directory = at;
      continue;
    }
    if (++links > MAX_LINKS) return stop([]);
    left.unshift(...found.target.split("/").filter((name) => name !== "" && name !== "."));
    if (found.target.startsWith("/")) directory = steps[0]!;
    at = directory;
  }
  return { steps, file: at, ahead: [] };
}

/** Gives a directory and the steps below it, as if there were no links. */
function prefixes(directory: string, names: readonly string[]): string[] {
  const below = names.includes("..") ? names.slice(0, names.indexOf("..")) : names;
  return [directory, ...below.map((_, index) => join(directory, ...below.slice(0, index + 1)))];
}

/** Looks by stat(1). */
async function lookByProgram(paths: readonly string[]): Promise<Map<string, FileMode>> {
  const { stdout } = await new Deno.Command(STAT_PATH, {
    args: ["--printf=%f %u %g %n\\0%N\\0", "--", ...paths],
    clearEnv: true,
    env: { LC_ALL: "C", QUOTING_STYLE: "literal" }, // "NAME -> TARGET" for a link
    cwd: "/",
    stdin: "null",
    stderr: "null", // it names the files that do not exist
  }).output();
  // stat(1) always knows "/": without an answer it is another program of that name.
  if (stdout.length === 0 && paths.includes("/")) {
    throw new Deno.errors.NotFound(`${STAT_PATH} is not that of coreutils`);
  }
  const fields = new TextDecoder().decode(stdout).split("\0");
  const found = new Map<string, FileMode>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, mode, uid, gid, path] = /^([0-9a-f]+) (\d+) (\d+) (.*)$/s.exec(fields[index]!) ?? [];
    if (path === undefined) continue;
    const type = Number.parseInt(mode!, 16);
    const target = isLink({ mode: type }) ? targetOf(path, fields[index + 1]!) : undefined;
    found.set(path, { mode: type, uid: Number(uid), gid: Number(gid), target });
  }
  return found;
}

/** Gives the target of a link from `PATH -> TARGET`; some stat(1) quote both in spite of QUOTING_STYLE. */
function targetOf(path: string, names: string): string | undefined {
  const arrow = `${path} -> `;
  return names.startsWith(arrow) ? names.slice(arrow.length) : /' -> '(.*)'$/s.exec(names)?.[1];
}

const TYPE = 0o170000;

/** Tells whether a file is a regular one. */
export function isRegular({ mode }: Pick<FileMode, "mode">): boolean {
  return (mode & TYPE) === 0o100000;
}

/** Tells whether a file is a symbolic link. */
export function isLink({ mode }: Pick<FileMode, "mode">): boolean {
  return (mode & TYPE) === 0o120000;
}
