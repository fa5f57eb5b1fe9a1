/**
 * `deno task package [DIR]`: makes a package of each program and each library, by default in `dist/packages`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { makeDebianPackage } from "./debian.ts";
import { clientLibrary, workerLibrary } from "./libraries.ts";
import { clientProgram, daemonProgram } from "./programs.ts";
import { read, ROOT } from "./source.ts";
import { pack } from "./tarball.ts";
import manifest from "../paasc/deno.json" with { type: "json" };

/** Makes the packages for npm and returns their paths. */
export async function makePackages(directory: string): Promise<string[]> {
  const packages = await Promise.all([clientProgram(), daemonProgram(), clientLibrary(), workerLibrary()]);
  const shared = await sharedBy(directory);
  return await Promise.all(packages.map((content) => pack(content, shared)));
}

/** Makes the package for Debian, if there is a dpkg-deb, and returns its path. */
export async function makeDebian(directory: string): Promise<string | undefined> {
  return await makeDebianPackage(await sharedBy(directory));
}

async function sharedBy(directory: string) {
  await Deno.mkdir(directory, { recursive: true });
  return { version: manifest.version, license: read("LICENSE"), directory };
}

if (import.meta.main) {
  const [directory = join(ROOT, "dist/packages"), ...more] = Deno.args;
  if (more.length > 0 || directory.startsWith("-")) {
    console.error("package: usage: deno task package [DIR]");
    Deno.exit(2);
  }
  try {
    for (const path of await makePackages(resolve(directory))) console.log(path);
    console.log(await makeDebian(resolve(directory)) ?? "no package for Debian: there is no dpkg-deb");
  } catch (error) {
    console.error(`package: ${error instanceof Error ? error.message : error}`);
    Deno.exitCode = 1;
  }
}
