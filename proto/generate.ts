/**
 * Makes the message types of `proto/gen/` from the `.proto`: `deno task gen`.

 *
 * @module
 */
import { join, relative } from "node:path";

const PROTO = import.meta.dirname!;
const GEN = join(PROTO, "gen");

/** How messages look in TypeScript: the same choices as in `service.ts`. */
const STYLE = ["--longs=Number", "--enums=String", "--defaults", "--oneofs", "--grpcLib=@grpc/grpc-js"];

/** Generates the types into a directory. */
export async function generate(outDir: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-env",
      "--allow-sys",
      "--allow-read",
      `--allow-write=${outDir}`,
      "npm:@grpc/proto-loader@0.8.1/proto-loader-gen-types",
      ...STYLE,
      "--importFileExtension=.ts",
      `--outDir=${outDir}`,
      "--includeDirs=proto",
      "--",
      "paas/v1/paas.proto",
    ],
    cwd: join(PROTO, ".."),
  }).output();
  if (!success) throw new Error(`Cannot generate types: ${new TextDecoder().decode(stderr)}`);
}

/** The files that differ between a fresh generation and what is committed, by name. */
export async function staleFiles(): Promise<string[]> {
  const fresh = await Deno.makeTempDir();
  try {
    await generate(fresh);
    const [expected, actual] = await Promise.all([contents(fresh), contents(GEN)]);
    const names = new Set([...expected.keys(), ...actual.keys()]);
    return [...names].filter((name) => expected.get(name) !== actual.get(name)).sort();
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
}

async function contents(directory: string, files = new Map<string, string>(), root = directory) {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) await contents(path, files, root);
    else files.set(relative(root, path), await Deno.readTextFile(path));
  }
  return files;
}

if (import.meta.main) {
  await Deno.remove(GEN, { recursive: true });
  await generate(GEN);
}
