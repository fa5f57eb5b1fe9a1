import { loadSync, type MethodDefinition, type PackageDefinition } from "@grpc/proto-loader";
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { definition } from "./definition.ts";

const LOADED: PackageDefinition = loadSync(["paas/v1/paas.proto", "grpc/health/v1/health.proto"], {
  includeDirs: [import.meta.dirname!],
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

type Methods = Record<string, MethodDefinition<object, object>>;

/** A message for some of the calls. Together they have a field of each kind. */
const MESSAGES: Record<string, [message: object, direction: "request" | "response"]> = {
  Exec: [
    { args: ["a", "é"], env: { A: "1" }, timeout: { seconds: 3 }, stdin: true, maxOutputBytes: 2 ** 40 },
    "request",
  ],
  GetLogs: [{ processId: "x", follow: false, onSlow: "ON_SLOW_SKIP" }, "request"],
  GetStatus: [{ status: { exitCode: 0, state: "PROCESS_STATE_FINISHED", labels: { a: "b" } } }, "response"],
  List: [{ states: ["PROCESS_STATE_RUNNING"], pageSize: 7 }, "request"],
  Watch: [{ processId: "x", status: null }, "response"],
};

Deno.test("definition() makes what proto-loader makes of the .proto", () => {
  for (const [packageName, service] of [["paas.v1", "ProcessService"], ["grpc.health.v1", "Health"]] as const) {
    const ours = definition(packageName, service);
    const theirs = LOADED[`${packageName}.${service}`] as Methods;
    const facts = (methods: typeof ours | Methods) =>
      Object.entries(methods).map(([name, { path, originalName, requestStream, responseStream }]) => [
        ...[name, path, originalName, requestStream, responseStream],
      ]);
    assertEquals(facts(ours), facts(theirs));
  }
});

Deno.test("definition() encodes and decodes as proto-loader does", () => {
  const ours = definition("paas.v1", "ProcessService");
  const theirs = LOADED["paas.v1.ProcessService"] as Methods;
  for (const [name, [message, direction]] of Object.entries(MESSAGES)) {
    const [encoded, expected] = [ours, theirs].map((methods) => methods[name]![`${direction}Serialize`](message));
    assertEquals(encoded, expected, name);
    const [decoded, known] = [ours, theirs].map((methods) => methods[name]![`${direction}Deserialize`](encoded!));
    assertEquals(decoded, known, name);
    const [empty, none] = [ours, theirs].map((methods) => methods[name]![`${direction}Deserialize`](Buffer.alloc(0)));
    assertEquals(empty, none, name);
  }
});
