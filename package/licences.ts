/**
 * Licences of the libraries that a bundle contains: most of them must go wherever the code goes.
 *
 * @module
 */
import { join } from "node:path";
import { librariesOf } from "../paasc/install/bundle.ts";

/** A module of a library, as a bundle names it. */
const LIBRARY = /\bnpm:((?:@[\w.-]+\/)?[\w.-]+)\/(\d[\w.+-]*)\//g;

/**
 * Collects the licences of the libraries that the bundle of a module contains.
 *
 * @param module Path of the module, from the top of the checkout
 * @param bundle Texts of the bundle
 * @throws {Error} When a library has neither a licence file nor a licence in its manifest
 */
export async function licencesOf(module: string, bundle: Iterable<string>): Promise<string> {
  const folders = await librariesOf(Deno.execPath(), module);
  const libraries = new Set<string>();
  for (const text of bundle) {
    for (const [, name, version] of text.matchAll(LIBRARY)) libraries.add(`${name}/${version}`);
  }
  const parts = [...libraries].sort().map((library) => {
    const folder = folders.get(library);
    if (folder === undefined) {
      throw new Error(`${library} is in the bundle of ${module}, and Deno does not know its folder`);
    }
    const file = [...Deno.readDirSync(folder)].find(({ name }) => /^licen[cs]e/i.test(name))?.name;
    const text = file ? Deno.readTextFileSync(join(folder, file)) : declared(folder);
    return `${library.replace(/\/(?=\d[^/]*$)/, " ")}\n\n${text.trim()}\n`;
  });
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

/** The licence that the manifest of a library declares. */
function declared(folder: string): string {
  const { license, author } = JSON.parse(Deno.readTextFileSync(join(folder, "package.json")));
  if (typeof license !== "string") throw new Error(`${folder} has no licence`);
  const holder = typeof author === "string" ? author : author?.name;
  return `Licence: ${license}${holder ? `\nAuthor: ${holder}` : ""}`;
}
