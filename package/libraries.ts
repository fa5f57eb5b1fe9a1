/**
 * The packages of the two libraries. Their types come from `deno pack`, which writes a declaration file for each module
 * and leaves out whatever the public interface does not show.
 *
 * @module
 */
import { stop, transform } from "esbuild";
import { bundleModules } from "../paasc/install/bundle.ts";
import { licencesOf } from "./licences.ts";
import { read, ROOT, texts } from "./source.ts";
import { type Package, run } from "./tarball.ts";
import { basename, dirname, join } from "node:path";

/** The oldest Node that the client library runs on: it has `process.getBuiltinModule`. */
const NODE = "20.16.0";

/** The main module of the client library. */
const CLIENT = "paasc/client/client.ts";

/** Declarations of the class `Calls`, which is not public. Its own would need the types of gRPC. */
const CALLS =
  "/** The calls of one client. This class has no public part. */\nexport declare class Calls {\n  private constructor();\n}\n";

/** The client library, for Node and Deno: one module without dependencies. */
export async function clientLibrary(): Promise<Package> {
  const { files } = await packed("paasc");
  const declarations = reachable("client/client.d.ts", { ...files, "client/client_calls.d.ts": CALLS });
  const code = await forNode(CLIENT);
  return {
    manifest: {
      name: "@paas/client",
      description: "Client library of Paas, processes as a service, for Node and Deno",
      engines: { node: `>=${NODE}` },
      exports: { ".": { types: "./types/client/client.d.ts", default: "./lib/client.js" } },
    },
    files: {
      "lib/client.js": code,
      ...Object.fromEntries(
        Object.entries(declarations).map(([name, text]) => [
          `types/${name}`,
          text.replaceAll("@paas/paasc/client", "@paas/client"),
        ]),
      ),
      ...texts("certs", ["server-ca.crt", "alice.crt", "alice.key"]),
      "LICENSES-OF-LIBRARIES.txt": await licencesOf(CLIENT, [code]),
      "README.md": read("package/readme/client.md"),
    },
  };
}

/** The worker, for Deno. */
export async function workerLibrary(): Promise<Package> {
  const { manifest: { exports }, files } = await packed("worker");
  return {
    manifest: {
      name: "@paas/worker",
      description: "Starts, watches, logs and stops Unix processes; for Deno on Linux",
      engines: { deno: `>=${Deno.version.deno}` },
      os: ["linux"],
      exports,
    },
    files: { ...files, "README.md": read("package/readme/worker.md") },
    programs: ["group/guard.sh"],
  };
}

/** Bundles a module into one that the oldest supported Node reads: `using` is too new for it. */
async function forNode(module: string): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "paas-bundle-" });
  try {
    await bundleModules({ deno: Deno.execPath(), modules: [module], directory, files: "one" });
    const name = basename(module, ".ts");
    const { code } = await transform(await Deno.readTextFile(join(directory, `${name}.js`)), {
      format: "esm",
      target: `node${NODE}`,
    });
    return code;
  } finally {
    await stop();
    await Deno.remove(directory, { recursive: true });
  }
}

/** Packs a member of the workspace by Deno, and reads the result. */
async function packed(member: string): Promise<{ manifest: { exports: unknown }; files: Record<string, string> }> {
  const directory = await Deno.makeTempDir({ prefix: "paas-pack-" });
  try {
    const tarball = join(directory, "package.tgz");
    const args = ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "--output", tarball];
    await run(Deno.execPath(), args, join(ROOT, member));
    await run("tar", ["--extract", "--file", tarball, "--directory", directory]);
    const { "package.json": manifest = "", ...files } = filesIn(join(directory, "package"));
    return { manifest: JSON.parse(manifest), files };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Reads all files of a folder, by their paths in it. */
function filesIn(folder: string, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    [...Deno.readDirSync(join(folder, prefix))].flatMap(({ name, isDirectory }) => {
      const path = `${prefix}${name}`;
      return isDirectory
        ? Object.entries(filesIn(folder, `${path}/`))
        : [[path, Deno.readTextFileSync(join(folder, path))]];
    }),
  );
}

/**
 * Gives a declaration file, and all that it imports.
 *
 * @throws {Error} When a file imports something from outside of the package
 */
function reachable(entry: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  const waiting = [entry];
  for (const path of waiting) {
    const text = files[path];
    if (text === undefined) throw new Error(`there is no declaration file ${path}`);
    found[path] = text;
    for (const [, specifier = ""] of text.matchAll(/^(?:[^*\n]*\*\/ )?(?:import|export)\b[^"\n]*\bfrom "([^"]+)"/gm)) {
      if (!specifier.startsWith(".")) {
        throw new Error(`${path} imports ${specifier}, and this package has no dependency`);
      }
      const next = join(dirname(path), specifier).replace(/\.js$/, ".d.ts");
      if (!(next in found) && !waiting.includes(next)) waiting.push(next);
    }
  }
  return found;
}
