/**
 * `deno task package [DIR]`: makes a package of each program and each library, by default in `dist/packages`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { clientLibrary, workerLibrary } from "./libraries.ts";
import { clientProgram, daemonProgram } from "./programs.ts";
import { read, ROOT } from "./source.ts";
import { pack } from "./tarball.ts";
import manifest from "../paasc/deno.json" with { type: "json" };

/** Makes the packages and returns their paths. */
export async function makePackages(directory: string): Promise<string[]> {
  await Deno.mkdir(directory, { recursive: true });
  const packages = await Promise.all([clientProgram(), daemonProgram(), clientLibrary(), workerLibrary()]);
  const shared = { version: manifest.version, license: read("LICENSE"), directory };
  return await Promise.all(packages.map((content) => pack(content, shared)));
}

if (import.meta.main) {
  const [directory = join(ROOT, "dist/packages"), ...more] = Deno.args;
  if (more.length > 0 || directory.startsWith("-")) {
    console.error("package: usage: deno task package [DIR]");
    Deno.exit(2);
  }
  try {
    for (const path of await makePackages(resolve(directory))) console.log(path);
  } catch (error) {
    console.error(`package: ${error instanceof Error ? error.message : error}`);
    Deno.exitCode = 1;
  }
}
