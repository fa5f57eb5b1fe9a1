/**
 * Licences of the libraries that a bundle contains: most of them must go wherever the code goes.
 *
 * @module
 */
import { join } from "node:path";
import { run } from "./tarball.ts";

/** A module of a library, as a bundle names it. */
const LIBRARY = /\bnpm:((?:@[\w.-]+\/)?[\w.-]+)\/(\d[\w.+-]*)\//g;

/**
 * Collects the licences of the libraries in these modules.
 *
 * @throws {Error} When a library has neither a licence file nor a licence in its manifest
 */
export async function licencesOf(modules: Iterable<string>): Promise<string> {
  const { npmCache } = JSON.parse(await run(Deno.execPath(), ["info", "--json"])) as { npmCache: string };
  const libraries = new Set<string>();
  for (const text of modules) {
    for (const [, name, version] of text.matchAll(LIBRARY)) libraries.add(`${name}/${version}`);
  }
  const parts = [...libraries].sort().map((library) => {
    const folder = join(npmCache, "registry.npmjs.org", library);
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
