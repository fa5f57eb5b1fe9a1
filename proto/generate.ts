/**
 * Makes `proto/gen/` from the `.proto` files: `deno task gen`.
 *
 * - the types of messages, by `proto-loader-gen-types`;
 * - `contract.json`: the declarations that `wire/messages.ts` loads at run time;
 * - `descriptors.json`: the compiled files that `standard/descriptors.ts` serves, by `buf build`.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";

const PROTO = import.meta.dirname!;
const GEN = join(PROTO, "gen");
const BUF = "@bufbuild/buf@1.75.0";

/** The form of messages in TypeScript: the same choices as in `wire/messages.ts`. */
const STYLE = ["--longs=Number", "--enums=String", "--defaults", "--oneofs", "--grpcLib=@grpc/grpc-js"];

/** The files that a `.proto` may import. */
const IMPORTS = ["google/protobuf/duration.proto", "google/protobuf/timestamp.proto"];

/** A `google.protobuf.FileDescriptorProto`, or a part of one: the names in it. */
interface Descriptor extends Partial<Record<"field" | "method", { name: string }[]>> {
  readonly name: string;
  readonly package?: string;
  readonly dependency?: string[];
  readonly messageType?: Descriptor[];
  readonly nestedType?: Descriptor[];
  readonly service?: Descriptor[];
  readonly enumType?: { name: string; value: { name: string }[] }[];
}

/** Reads the `.proto` files, by their paths in imports. */
export function sources(): Record<string, string> {
  const read = (path: string) => Deno.readTextFileSync(join(PROTO, path));
  const reflection = read("grpc/reflection/v1/reflection.proto");
  return {
    "paas/v1/paas.proto": read("paas/v1/paas.proto"),
    "grpc/health/v1/health.proto": read("grpc/health/v1/health.proto"),
    "grpc/reflection/v1/reflection.proto": reflection,
    // The two versions of reflection have the same messages.
    "grpc/reflection/v1alpha/reflection.proto": reflection.replaceAll("grpc.reflection.v1", "grpc.reflection.v1alpha"),
  };
}

/** Parses a `.proto`, together with all files that it may import. */
export function load(source: string, options?: protobuf.IParseOptions): protobuf.Root {
  const root = new protobuf.Root();
  for (const imported of IMPORTS) root.addJSON(protobuf.common.get(imported)?.nested ?? {});
  protobuf.parse(source, root, options);
  root.resolveAll();
  return root;
}

/** Generates the types and `contract.json` into a directory. */
export async function generate(outDir: string): Promise<void> {
  await run(Deno.execPath(), [
    "run",
    "--no-prompt",
    "--allow-env",
    "--allow-sys",
    "--allow-read",
    `--allow-write=${outDir}`,
    "npm:@grpc/proto-loader@0.8.1/proto-loader-gen-types",
    ...STYLE,
    "--includeComments",
    "--importFileExtension=.ts",
    `--outDir=${outDir}`,
    "--includeDirs=proto",
    "--",
    "paas/v1/paas.proto",
  ], join(PROTO, ".."));
  const packages = Object.entries(sources()).map(([path, source]) => [
    dirname(path).replaceAll("/", "."),
    load(source).toJSON(),
  ]);
  await writeJson(join(outDir, "contract.json"), Object.fromEntries(packages));
}

/** Generates `descriptors.json` into a directory. */
async function generateDescriptors(outDir: string): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [path, source] of Object.entries(sources())) {
      await Deno.mkdir(join(directory, dirname(path)), { recursive: true });
      await Deno.writeTextFile(join(directory, path), source);
    }
    const args = ["--yes", BUF, "build", "--exclude-source-info", "--as-file-descriptor-set", "-o", "set.binpb"];
    await run("npx", args, directory);
    const set = new protobuf.Type("Set").add(new protobuf.Field("file", 1, "bytes", "repeated"));
    const { file: files } = set.decode(await Deno.readFile(join(directory, "set.binpb"))).toJSON() as {
      file: string[];
    };
    await writeJson(join(outDir, "descriptors.json"), files.map(describe));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Describes a compiled file, which is given in base64. */
function describe(bytes: string) {
  const { FileDescriptorProto } = descriptor;
  const file = FileDescriptorProto.toObject(FileDescriptorProto.decode(Uint8Array.fromBase64(bytes))) as Descriptor;
  const { name, package: scope = "", dependency: dependencies = [], service: services = [] } = file;
  return {
    name,
    dependencies,
    services: services.map(({ name }) => `${scope}.${name}`),
    symbols: [...symbolsIn(scope, file)],
    bytes,
  };
}

/** Yields the full names of all declarations in a scope. */
function* symbolsIn(scope: string, declared: Descriptor): Generator<string> {
  const { messageType = [], nestedType = [], service = [], enumType = [], field = [], method = [] } = declared;
  for (const item of [...messageType, ...nestedType, ...service]) {
    yield `${scope}.${item.name}`;
    yield* symbolsIn(`${scope}.${item.name}`, item);
  }
  // The scope of a value is that of its enum.
  for (const { name } of [...enumType, ...enumType.flatMap(({ value }) => value), ...field, ...method]) {
    yield `${scope}.${name}`;
  }
}

/** Returns the names of the generated files that differ from a fresh generation; `descriptors.json` is not among them. */
export async function staleFiles(): Promise<string[]> {
  const fresh = await Deno.makeTempDir();
  try {
    await generate(fresh);
    const [expected, actual] = await Promise.all([contents(fresh), contents(GEN)]);
    actual.delete("descriptors.json");
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

async function run(program: string, args: string[], cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, cwd }).output();
  if (!success) throw new Error(`Cannot generate: ${new TextDecoder().decode(stderr)}`);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

if (import.meta.main) {
  await Deno.remove(GEN, { recursive: true });
  await generate(GEN);
  await generateDescriptors(GEN);
}
