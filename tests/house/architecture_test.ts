import { assert, assertEquals, assertMatch } from "@std/assert";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Daemon, ROOT, text } from "../support/programs.ts";

/** What `deno info --json` tells of a module, as far as it is needed. */
interface Module {
  specifier: string;
  dependencies?: {
    code?: { specifier: string };
    type?: { specifier: string };
    isDynamic?: boolean;
  }[];
}

/** Runs a program at the top of the repository, and gives its stdout. */
async function printed(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd: ROOT }).output();
  assert(success, text(stderr));
  return text(stdout);
}

/**
 * What a file imports, however indirectly, for its code or its types: files of the repository by their path, all else by
 * its name without a version.
 */
async function imports(file: string): Promise<string[]> {
  const { modules } = JSON.parse(await printed(Deno.execPath(), "info", "--json", file)) as { modules: Module[] };
  const found = new Set([pathToFileURL(join(ROOT, file)).href]);
  for (const specifier of found) {
    if (!specifier.startsWith("file:")) continue; // what a library imports is its own affair
    const { dependencies = [] } = modules.find((module) => module.specifier === specifier)!;
    for (const { code, type } of dependencies) {
      for (const dependency of [code, type]) if (dependency) found.add(dependency.specifier);
    }
  }
  return [...found].map((specifier) =>
    specifier.startsWith("file:")
      ? relative(ROOT, fileURLToPath(specifier))
      : specifier.replace(/^npm:\/?((?:@[^/]+\/)?[^@/]+)@[^/]+/, "npm:$1")
  );
}

const EXECUTABLES: Record<string, string[]> = {
  worker: ["confinement.ts", "records.ts", "requirements.ts", "spool.ts", "system.ts"],
  proto: [
    "standard/health.ts",
    "standard/reflection.ts",
    "standard/descriptors.ts",
    "wire/log_wire.ts",
    "words/expiry.ts",
    "words/printable.ts",
    "words/time.ts",
    "words/units.ts",
    "grpc.ts",
  ],
  paasd: ["main.ts"],
  paasc: ["main.ts", "install/install.ts", "install/compile.ts"],
};
const MAY_IMPORT: Record<string, RegExp> = {
  worker: /^(worker\/|node:)/,
  proto: /^(proto\/|node:|npm:(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs\/light\.js)$)/,
  paasd:
    /^((paasd|worker|proto)\/|certs\/[\w-]+\.crt$|node:|npm:(@grpc\/grpc-js$|@grpc\/proto-loader$|protobufjs\/light\.js$|@opentelemetry\/(api|exporter-prometheus|sdk-metrics)$|smol-toml$|leven$|deno-std\/))/,
  paasc:
    /^((paasc|proto)\/|certs\/[\w-]+\.(crt|key)$|node:|npm:(@grpc\/grpc-js$|@grpc\/proto-loader$|protobufjs\/light\.js$|smol-toml$|string-width$|leven$|picocolors$|deno-std\/))/,
};

/** The files of a member that others start or import; `paasd` is a program alone. */
function entryPoints(member: string): string[] {
  return [...member === "paasd" ? [] : ["mod.ts"], ...EXECUTABLES[member] ?? []];
}

for (const [member, allowed] of Object.entries(MAY_IMPORT)) {
  Deno.test(`${member} imports only what the design lets it`, async () => {
    for (const file of entryPoints(member)) {
      const found = await imports(`${member}/${file}`);
      if (/^(mod|main)\.ts$/.test(file)) assert(found.length > 1, `${member}/${file} imports something`);
      assertEquals(found.filter((name) => !allowed.test(name)), [], `what ${member}/${file} imports`);
    }
  });
}

Deno.test("imports() sees what is imported only for its types, only later, and only indirectly", async () => {
  const found = await imports("paasc/main.ts");
  // main.ts → command.ts → import("./connection/connect.ts") → @paas/proto → grpc-js
  for (
    const name of ["paasc/connection/connect.ts", "proto/mod.ts", "proto/gen/paas/v1/LogEnd.ts", "npm:@grpc/grpc-js"]
  ) {
    assert(found.includes(name), `${name} is in ${found.join(" ")}`);
  }
});

/** The files of a member, those of its folders too, by their paths in it. */
function filesIn(member: string, folder = ""): string[] {
  return [...Deno.readDirSync(join(ROOT, member, folder))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(member, `${folder}${name}/`) : [`${folder}${name}`]
  );
}

Deno.test("no file of a member lies outside of what its entry points reach, so that the rules above see all", async () => {
  const apart: Record<string, string[]> = { proto: ["generate.ts", "gen"] };
  for (const member of Object.keys(MAY_IMPORT)) {
    const reached = new Set<string>();
    for (const file of entryPoints(member)) {
      for (const name of await imports(`${member}/${file}`)) reached.add(name);
    }
    const sources = filesIn(member)
      .filter((name) => /\.ts$/.test(name) && !/((^|\/)test_|_test\.ts$|_bench\.ts$)/.test(name))
      .filter((name) => !apart[member]?.includes(name.split("/")[0]!));
    assertEquals(sources.filter((name) => !reached.has(`${member}/${name}`)), [], `sources of ${member}`);
  }
});

Deno.test("paasd loads OpenTelemetry, and what reflection needs, only when they are wanted", async () => {
  for (const entry of ["main.ts", "daemon.ts"]) {
    const { modules } = JSON.parse(await printed(Deno.execPath(), "info", "--json", `paasd/${entry}`)) as {
      modules: Module[];
    };
    const loaded = new Set([pathToFileURL(join(ROOT, "paasd", entry)).href]);
    for (const specifier of loaded) {
      const { dependencies = [] } = modules.find((module) => module.specifier === specifier) ?? {};
      for (const { code, isDynamic } of dependencies) if (code && !isDynamic) loaded.add(code.specifier);
    }
    const late = [...loaded].filter((name) =>
      /opentelemetry|telemetry\/(telemetry|exposition)\.ts|metrics\.ts|descriptor/.test(name)
    );
    assertEquals(late, [], entry);
    assert(modules.some(({ specifier }) => specifier.includes("@opentelemetry/api")), "and yet it is known");
  }
});

/** `-A` in whatever company, and its long form. */
const EVERYTHING = /(^|[\s"'=])(-[a-zA-Z]*A[a-zA-Z]*|--allow-all)(?=$|[\s"'=])/;

Deno.test("no program of ours is granted all permissions", async (t) => {
  for (const flags of ["run -A x", "run -qA", "run --allow-all"]) assertMatch(flags, EVERYTHING);

  await t.step("by a task", async () => {
    const withoutComments = (await Deno.readTextFile(join(ROOT, "deno.json"))).replaceAll(/^\s*\/\/.*$/gm, "");
    const { tasks } = JSON.parse(withoutComments) as { tasks: Record<string, string | { command: string }> };
    const development = ["test", "docs", "bench", "soak", "fuzz", "scan", "day", "ok"];
    for (const [name, task] of Object.entries(tasks)) {
      if (development.includes(name)) continue;
      const command = typeof task === "string" ? task : task.command;
      assert(!EVERYTHING.test(command), `task ${name}: ${command}`);
    }
    for (const name of ["paasd", "paasc", "install", "compile", "demo"]) assert(tasks[name], `there is a task ${name}`);
  });
  await t.step("by start.sh", async () => {
    assert(!EVERYTHING.test(await Deno.readTextFile(join(ROOT, "paasd/start.sh"))));
  });
  await t.step("in a daemon that runs", async () => {
    await using daemon = await Daemon.start();
    const line = (await Deno.readTextFile(`/proc/${daemon.pid}/cmdline`)).split("\0");
    const granted = line.slice(0, line.findIndex((word) => word.endsWith("main.ts")));
    assert(!EVERYTHING.test(granted.join(" ")), granted.join(" "));
    assert(granted.includes("--no-prompt"));
    // To run any program is what the daemon is for; all else is by name.
    const open = granted.filter((word) => word.startsWith("--allow-") && !word.includes("="));
    assertEquals(open.filter((word) => word !== "--allow-run" && word !== "--allow-read"), [], granted.join(" "));
  });
});

Deno.test("no file names a place on the machine of whoever wrote it", async () => {
  const place = new RegExp(`(?<![\\w.*-])/(${["work", "root", "home/[\\w.-]+"].join("|")})/`);
  assertMatch(["", "root", "x"].join("/"), place);
  const files = await printed("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  const guilty: string[] = [];
  for (const file of files.split("\0").filter(Boolean)) {
    const lines = await Deno.readTextFile(join(ROOT, file)).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return ""; // deleted, and not committed yet
      throw error;
    });
    for (const line of lines.split("\n")) if (place.test(line)) guilty.push(`${file}: ${line.trim()}`);
  }
  assertEquals(guilty, []);
});

Deno.test("grpc-js is taken from @paas/proto/grpc alone, which mends node:http2 before it", async () => {
  const files = await printed("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.ts");
  const guilty: string[] = [];
  for (const file of files.split("\0").filter((file) => file && !/^proto\/(gen\/|grpc\.ts$)/.test(file))) {
    const source = await Deno.readTextFile(join(ROOT, file)).catch(() => "");
    if (/^(import|export)?[^"\n]*\bfrom "@grpc\/grpc-js"/m.test(source)) guilty.push(file);
  }
  assertEquals(guilty, []);
});
