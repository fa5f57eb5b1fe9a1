import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { filesOfRepository, ImportGraph, isSource, ROOT } from "./import_graph.ts";

/**
 * The rooms of each member, in order: a room may import itself and the rooms before it. A room is a folder with all
 * that it holds, or a single file.
 */
const ROOMS: Record<string, string[]> = {
  worker: [
    ...["errors", "system", "log_format", "log", "group", "child", "process", "spool", "spawn"],
    ...["confinement", "records", "requirements", "mod"],
  ],
  proto: ["patches", "grpc", "words", "wire", "definition", "standard", "service", "mod", "generate"],
  paasd: [
    ...["errors", "address", "development_files", "bell", "files", "identity", "quotas", "search"],
    ...["telemetry", "access", "options", "trust", "processes", "rpc", "restarts", "preflight"],
    ...["door", "figures", "service"],
    ...["server", "drain", "shutdown", "parts", "daemon"],
    ...["termination", "main"],
  ],
  paasc: [
    ...["errors", "development_certificates", "words", "settings", "connection", "streams", "client", "exit", "print"],
    ...["command", "options", "session", "copy", "completions", "commands", "command_line", "main", "mod", "install"],
  ],
};

/** The files of each member that are run or imported from outside. */
const ENTRIES: Record<string, string[]> = {
  worker: ["mod.ts", "confinement.ts", "records.ts", "requirements.ts", "spool.ts", "system.ts"],
  proto: [
    ...["mod.ts", "grpc.ts", "generate.ts", "standard/health.ts", "standard/reflection.ts", "standard/descriptors.ts"],
    ...["wire/log_wire.ts", "words/expiry.ts", "words/printable.ts", "words/time.ts", "words/units.ts"],
  ],
  paasd: ["main.ts"],
  paasc: ["mod.ts", "main.ts", "install/install.ts", "install/compile.ts"],
};

/** Everything that a member may import, of libraries and of other members. */
const MAY_IMPORT: Record<string, RegExp> = {
  worker: /^(worker\/|node:)/,
  proto:
    /^(proto\/|node:|npm:(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs(\/light\.js|\/ext\/descriptor\/index\.js)?)$)/,
  paasd:
    /^((paasd|worker|proto)\/|certs\/[\w-]+\.crt$|node:|npm:(@grpc\/grpc-js$|@grpc\/proto-loader$|protobufjs\/light\.js$|@opentelemetry\/(api|exporter-prometheus|sdk-metrics)$|smol-toml$|leven$|re2js$|deno-std\/))/,
  paasc:
    /^((paasc|proto)\/|certs\/[\w-]+\.(crt|key)$|node:|npm:(@grpc\/grpc-js$|@grpc\/proto-loader$|protobufjs\/light\.js$|smol-toml$|string-width$|leven$|modern-tar$|picocolors$|deno-std\/))/,
};

/** The largest number of source files in one folder. */
const MAX_SOURCES = 12;

const graph = await ImportGraph.read();

const entriesOf = (member: string) => ENTRIES[member]!.map((file) => `${member}/${file}`);
const sourcesOf = (member: string) => graph.files.filter((file) => file.startsWith(`${member}/`) && isSource(file));

/** The position of a file's room in the table; -1 when the file has none. */
function roomOf(file: string): number {
  const [member, top] = file.split("/") as [string, string];
  return ROOMS[member]!.indexOf(top.replace(/\.ts$/, ""));
}

for (const [member, allowed] of Object.entries(MAY_IMPORT)) {
  Deno.test(`${member} imports only what the design lets it`, () => {
    assert(graph.reachedFrom(entriesOf(member)).size > 10, "its entries import something");
    for (const entry of entriesOf(member)) {
      const found = [...graph.reachedFrom([entry])];
      assertEquals(found.filter((name) => !allowed.test(name)), [], entry);
    }
  });

  Deno.test(`${member} holds nothing besides its programs and their tests: no fixture, no file that nothing uses`, () => {
    const reached = graph.reachedFrom(entriesOf(member));
    assertEquals(sourcesOf(member).filter((file) => !reached.has(file)), []);
  });

  Deno.test(`${member} has each file in a room of the table, and each room of the table`, () => {
    assertEquals(sourcesOf(member).filter((file) => roomOf(file) === -1), []);
    const found = new Set(sourcesOf(member).map(roomOf));
    assertEquals(ROOMS[member]!.filter((_, room) => !found.has(room)), []);
  });

  Deno.test(`${member} has no import against the order of its rooms`, () => {
    const wrong = sourcesOf(member).flatMap((file) =>
      graph.importsOf(file)
        .filter((name) => name.startsWith(`${member}/`) && isSource(name) && roomOf(name) > roomOf(file))
        .map((name) => `${file} imports ${name}`)
    );
    assertEquals(wrong, []);
  });
}

Deno.test("no files import each other in a circle", () => {
  assertEquals(graph.circles().filter((circle) => !circle.every((file) => file.startsWith("proto/gen/"))), []);
});

Deno.test(`no folder holds more than ${MAX_SOURCES} source files`, async () => {
  const folders = Map.groupBy((await filesOfRepository("*.ts")).filter(isSource), (file) => dirname(file));
  const full = [...folders].filter(([, files]) => files.length > MAX_SOURCES);
  assertEquals(full.map(([folder, { length }]) => `${folder}: ${length}`), []);
});

Deno.test("the tests of worker need nothing of the other members", () => {
  const tests = graph.files.filter((file) => /^worker\/.*_test\.ts$/.test(file));
  assert(tests.length > 0);
  assertEquals([...graph.reachedFrom(tests)].filter((name) => /^(paas[cd]|proto)\//.test(name)), []);
});

Deno.test("ImportGraph sees what is imported only for its types, only later, and only indirectly", () => {
  const found = graph.reachedFrom(["paasc/main.ts"]);
  // main.ts → commands/mod.ts → commands/observe/logs.ts → import("../../connection/connect.ts") → @paas/proto → grpc-js
  for (
    const name of ["paasc/connection/connect.ts", "proto/mod.ts", "proto/gen/paas/v1/LogEnd.ts", "npm:@grpc/grpc-js"]
  ) {
    assert(found.has(name), `${name} is in ${[...found].join(" ")}`);
  }
});

Deno.test("paasd loads OpenTelemetry, and what reflection needs, only when they are wanted", () => {
  for (const entry of ["paasd/main.ts", "paasd/daemon.ts"]) {
    const loaded = graph.reachedFrom([entry], ({ typeOnly, dynamic }) => !typeOnly && !dynamic);
    const late = [...loaded].filter((name) =>
      /opentelemetry|telemetry\/(telemetry|exposition)\.ts|metrics\.ts|descriptor|re2js/.test(name)
    );
    assertEquals(late, [], entry);
    assert(graph.reachedFrom([entry]).has("npm:@opentelemetry/api"), "and yet it is known");
  }
});

Deno.test("grpc-js is taken from @paas/proto/grpc alone, which mends node:http2 before it", async () => {
  const guilty: string[] = [];
  for (const file of (await filesOfRepository("*.ts")).filter((file) => !/^proto\/(gen\/|grpc\.ts$)/.test(file))) {
    const source = await Deno.readTextFile(join(ROOT, file));
    if (/^(import|export)?[^"\n]*\bfrom "@grpc\/grpc-js"/m.test(source)) guilty.push(file);
  }
  assertEquals(guilty, []);
});
