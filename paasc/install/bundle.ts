/**
 * Bundles a program into few files, which start faster than its source. This module is part of the installation (see
 * `install.ts`) and of the packages (see `package/`), not of the client.
 *
 * @module
 */
import { basename, relative } from "node:path";

/** Path of the checkout, with a slash at its end. */
const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/**
 * Directory that the installed `paasc` runs from. The directory is as deep in the checkout as `paasc/`, so that the bundle
 * and the source find the certificates by the same relative path.
 */
export const BUNDLE_DIRECTORY: string = `${ROOT}.paasc`;

/**
 * Lines that `deno bundle` puts at the head of each module, needed or not. These lines load most of Deno's Node emulation,
 * which takes longer than the whole rest of `paasc --help`. The bundle requires only built-in modules, which
 * `process.getBuiltinModule` loads on demand.
 */
const PRELUDE =
  /import\s*\{\s*createRequire as (\w+)\s*\}\s*from\s*"node:module";\s*(?:var|const) (\w+)\s*=\s*\1\(import\.meta\.url\);/;

/**
 * A dynamic import. Deno searches a module for these before it runs the module, and reads the named files at once. Deno
 * does not see an import whose name is computed, and reads that file only when the import runs.
 */
const DYNAMIC_IMPORT = /\bimport\(("\.\/[^"]+")\)/g;

/** Options of {@linkcode bundleModules}. */
export interface BundleOptions {
  /** Path of the Deno to run. */
  readonly deno: string;
  /** Paths of the main modules, from the top of the checkout. */
  readonly modules: readonly string[];
  /** Directory that the files are written into. */
  readonly directory: string;
  /**
   * Number of files. With `several`, a module that is imported dynamically is a file of its own. With `lazy`, Deno reads
   * that file only when the import runs; the program then needs the permission to read the directory.
   */
  readonly files: "one" | "several" | "lazy";
}

/**
 * Bundles modules and everything that they import.
 *
 * @throws {Error} When `deno bundle` fails
 */
export async function bundleModules({ deno, modules, directory, files }: BundleOptions): Promise<void> {
  const splitting = files === "one" ? [] : ["--code-splitting"];
  await run(deno, ["bundle", "--quiet", ...splitting, "--outdir", directory, ...modules]);
  const libraries = await Promise.all(modules.map((module) => librariesOf(deno, module)));
  const folders = libraries.flatMap((paths) => [...paths].map(([library, path]) => path.slice(0, -library.length)));
  // A bundle has paths from the working directory. It must not name places of the machine that made it.
  const root = await Deno.realPath(ROOT);
  const places = new Set(folders.map((folder) => `${relative(root, folder)}/`));
  for await (const { name } of Deno.readDir(directory)) {
    const text = await Deno.readTextFile(`${directory}/${name}`);
    let lighter = text
      .replace(PRELUDE, (_, _create, require) => `var ${require}=(id)=>process.getBuiltinModule(id);`)
      .replace(DYNAMIC_IMPORT, files === "lazy" ? "import(String($1))" : "$&");
    for (const place of places) lighter = lighter.replaceAll(place, "npm:");
    if (lighter !== text) await Deno.writeTextFile(`${directory}/${name}`, lighter);
  }
}

/**
 * Gives the folders of the libraries that a module may use, by `NAME/VERSION`. The folders lie in Deno's cache, and their
 * paths end with these words. The part before depends on the registry that the libraries came from.
 */
export async function librariesOf(deno: string, module: string): Promise<ReadonlyMap<string, string>> {
  const { npmPackages } = JSON.parse(await run(deno, ["info", "--json", module])) as {
    npmPackages: Record<string, { name: string; localPath: string }>;
  };
  return new Map(
    Object.values(npmPackages).map(({ name, localPath }) => [`${name}/${basename(localPath)}`, localPath]),
  );
}

/** Runs Deno in the checkout and returns its stdout. */
async function run(deno: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(deno, { args, cwd: ROOT }).output();
  if (!success) throw new Error(`deno ${args[0]} failed: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

/**
 * Bundles `paasc` into a directory and replaces the bundle that the directory may hold. The directory also gets an empty
 * folder `cache` for Deno.
 *
 * @returns The path of the bundle's main module
 * @throws {Error} When `deno bundle` fails; an earlier bundle stays in place then
 */
export async function bundle(deno: string, directory: string = BUNDLE_DIRECTORY): Promise<string> {
  const draft = await Deno.makeTempDir({ dir: directory.slice(0, directory.lastIndexOf("/")), prefix: ".paasc-" });
  try {
    await bundleModules({ deno, modules: ["paasc/main.ts"], directory: draft, files: "lazy" });
    await Deno.mkdir(`${draft}/cache`);
    await Deno.chmod(draft, 0o755);
    await Deno.remove(directory, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    await Deno.rename(draft, directory);
  } catch (error) {
    await Deno.remove(draft, { recursive: true }).catch(() => {});
    throw error;
  }
  return `${directory}/main.js`;
}
