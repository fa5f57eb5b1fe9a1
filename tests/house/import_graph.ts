/**
 * The files of the repository, and what each of them imports.
 *
 * @module
 */
import { assert } from "@std/assert";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The top of the repository. */
export const ROOT = join(import.meta.dirname!, "../..");

/** The part of `deno info --json` that the tests use. */
interface Module {
  specifier: string;
  error?: string;
  dependencies?: { code?: { specifier: string }; type?: { specifier: string }; isDynamic?: boolean }[];
}

/** One import of a file. */
interface Import {
  /** A file of the repository by its path, all else by its name without a version. */
  readonly name: string;
  /** True when the import is for types only. */
  readonly typeOnly: boolean;
  /** True when the file calls `import()`. */
  readonly dynamic: boolean;
}

/** Runs a program at the top of the repository, and gives its stdout. */
export async function printed(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd: ROOT }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The files that git knows or would add, and that exist. */
export async function filesOfRepository(pattern?: string): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", ...pattern ? [pattern] : []];
  const files = (await printed("git", ...args)).split("\0").filter(Boolean);
  return files.filter((file) => {
    try {
      return Deno.lstatSync(join(ROOT, file)).isFile;
    } catch {
      return false; // deleted, and not committed yet
    }
  });
}

/** Reports whether a file is part of a program: TypeScript, neither generated nor a test. */
export function isSource(file: string): boolean {
  return /(?<!\.d)\.ts$/.test(file) && !/(^|\/)gen\/|_(test|bench)\.ts$/.test(file);
}

/** The imports of all files of the repository, of libraries only their names. */
export class ImportGraph {
  readonly #imports: ReadonlyMap<string, readonly Import[]>;

  private constructor(imports: ReadonlyMap<string, readonly Import[]>) {
    this.#imports = imports;
  }

  /** Asks Deno once, by a module that imports every file. */
  static async read(): Promise<ImportGraph> {
    const files = (await filesOfRepository("*.ts")).filter((file) => !file.endsWith(".d.ts"));
    const entry = files.map((file) => `import ${JSON.stringify(pathToFileURL(join(ROOT, file)).href)};`).join("");
    const url = `data:application/typescript,${encodeURIComponent(entry)}`;
    const { modules } = JSON.parse(await printed(Deno.execPath(), "info", "--json", url)) as { modules: Module[] };
    const imports = new Map<string, Import[]>();
    for (const { specifier, error, dependencies = [] } of modules) {
      if (!specifier.startsWith("file:")) continue;
      assert(error === undefined, error);
      imports.set(
        nameOf(specifier),
        dependencies.flatMap(({ code, type, isDynamic }) => [
          ...code ? [{ name: nameOf(code.specifier), typeOnly: false, dynamic: isDynamic ?? false }] : [],
          ...type ? [{ name: nameOf(type.specifier), typeOnly: true, dynamic: isDynamic ?? false }] : [],
        ]),
      );
    }
    return new ImportGraph(imports);
  }

  /** All files. */
  get files(): string[] {
    return [...this.#imports.keys()];
  }

  /** The files of the repository that a file imports, for its code or its types, at once or later. */
  importsOf(file: string): string[] {
    const names = (this.#imports.get(file) ?? []).map(({ name }) => name);
    return [...new Set(names.filter((name) => this.#imports.has(name)))];
  }

  /** All that files import, however indirectly, and the files themselves. */
  reachedFrom(files: readonly string[], counts: (dependency: Import) => boolean = () => true): Set<string> {
    const reached = new Set(files);
    for (const file of reached) { // a set gives what is added during the loop too
      for (const dependency of this.#imports.get(file) ?? []) if (counts(dependency)) reached.add(dependency.name);
    }
    return reached;
  }

  /** The circles: sets of files that all import each other, however indirectly. */
  circles(): string[][] {
    const found: string[][] = [];
    const numbers = new Map<string, number>();
    const lowest = new Map<string, number>();
    const open: string[] = [];
    const visit = (file: string) => { // Tarjan's algorithm for strongly connected components
      numbers.set(file, numbers.size);
      lowest.set(file, numbers.get(file)!);
      open.push(file);
      for (const next of this.importsOf(file)) {
        if (!numbers.has(next)) visit(next);
        if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
      }
      if (lowest.get(file) !== numbers.get(file)) return;
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1 || this.importsOf(file).includes(file)) found.push(circle.sort());
    };
    for (const file of this.files) if (!numbers.has(file)) visit(file);
    return found;
  }
}

function nameOf(specifier: string): string {
  return specifier.startsWith("file:")
    ? relative(ROOT, fileURLToPath(specifier))
    : specifier.replace(/^npm:\/?((?:@[^/]+\/)?[^@/]+)@[^/]+/, "npm:$1");
}
