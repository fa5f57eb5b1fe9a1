/**
 * A bundle of `paasc`, which starts in less time than its source: fewer files, and of grpc-js and protobufjs one.
 *
 * @module
 */

const root = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** Where the installed `paasc` runs from. As deep in the checkout as `paasc/`, so that both find the certificates. */
export const bundleDirectory: string = `${root}dist`;

/**
 * What `deno bundle` begins with, whether a module needs it or not. It loads most of Deno's Node emulation, which takes
 * longer than all else that `paasc --help` does; what is required are built-in modules, and these can be had when they are.
 */
const prelude =
  /import\s*\{\s*createRequire as (\w+)\s*\}\s*from\s*"node:module";\s*(?:var|const) (\w+)\s*=\s*\1\(import\.meta\.url\);/;

/**
 * An import of what is needed later. Deno looks for these in a module before it runs it, and reads what they name at once;
 * one whose name is not written out it leaves alone until then.
 */
const laterImport = /\bimport\(("\.\/[^"]+")\)/g;

/**
 * Bundles `paasc` into a directory, in place of the bundle that may be there; in it is an empty one, `cache`, for Deno.
 *
 * @returns The path of its main module
 * @throws {Error} When `deno bundle` fails; a bundle that was there before is still there then
 */
export async function bundle(deno: string, directory: string = bundleDirectory): Promise<string> {
  const draft = await Deno.makeTempDir({ dir: directory.slice(0, directory.lastIndexOf("/")), prefix: ".paasc-" });
  try {
    const args = ["bundle", "--quiet", "--code-splitting", "--outdir", draft];
    const { success, stderr } = await new Deno.Command(deno, { args: [...args, "paasc/main.ts"], cwd: root }).output();
    if (!success) throw new Error(`deno bundle failed: ${new TextDecoder().decode(stderr).trim()}`);
    for await (const { name } of Deno.readDir(draft)) {
      const text = await Deno.readTextFile(`${draft}/${name}`);
      const lighter = text
        .replace(prelude, (_, _create, require) => `var ${require}=(id)=>process.getBuiltinModule(id);`)
        .replace(laterImport, "import(String($1))");
      if (lighter !== text) await Deno.writeTextFile(`${draft}/${name}`, lighter);
    }
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
