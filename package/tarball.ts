/**
 * Tarballs as npm installs them.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** A package for npm. */
export interface Package {
  /** The content of `package.json`, without the version and the fields that all packages share. */
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string; readonly description: string };
  /** Texts of files, by their paths in the package. */
  readonly files: Readonly<Record<string, string>>;
  /** Paths of those files that are programs. */
  readonly programs?: readonly string[];
}

/** Writes the files of a package into a folder, together with what all packages have. */
export async function unpack(
  { manifest, files, programs = [] }: Package,
  { version, license, folder }: { version: string; license: string; folder: string },
): Promise<void> {
  const whole = { version, license: "MIT", type: "module", ...manifest };
  const all = { ...files, "LICENSE": license, "package.json": `${JSON.stringify(whole, null, 2)}\n` };
  for (const [name, text] of Object.entries(all)) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
    await Deno.chmod(path, programs.includes(name) ? 0o755 : 0o644);
  }
}

/**
 * Packs a package into a directory. The same files always make the same tarball.
 *
 * @returns The path of the tarball: `@paas/paasc` becomes `paas-paasc-VERSION.tgz`
 */
export async function pack(
  content: Package,
  { version, license, directory }: { version: string; license: string; directory: string },
): Promise<string> {
  const path = join(directory, `${content.manifest.name.replace("@", "").replace("/", "-")}-${version}.tgz`);
  const draft = await Deno.makeTempDir({ prefix: "paas-package-" });
  try {
    await unpack(content, { version, license, folder: join(draft, "package") });
    const same = [
      "--sort=name",
      "--mtime=@499162500", // the date that npm gives all files, in 1985
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "--mode=u=rwX,go=rX",
    ];
    await run("tar", ["--create", "--gzip", "--file", path, ...same, "--directory", draft, "package"]);
  } finally {
    await Deno.remove(draft, { recursive: true });
  }
  return path;
}

/**
 * Runs a program and returns its stdout.
 *
 * @throws {Error} When the program fails
 */
export async function run(program: string, args: string[], cwd?: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, ...cwd && { cwd } }).output();
  if (!success) throw new Error(`${program} ${args[0]} failed: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}
