import { ProcessService } from "@paas/proto";
import type { ExecRequest, ExecRequest__Output } from "@paas/proto";
import { assertEquals, assertThrows } from "@std/assert";
import { InvalidArgumentError, NotRepeatableError } from "../errors.ts";
import { checkChanges, recipeOf, repeatOf } from "./recipe.ts";

/** A request as the daemon gets it. */
function received(request: ExecRequest): ExecRequest__Output {
  const { requestSerialize, requestDeserialize } = ProcessService.service.Exec;
  return requestDeserialize(requestSerialize(request));
}

const ENV = { A: "1", __proto__x: "é\u2028\0", EMPTY: "" };
const WHOLE = received({
  args: ["sh", "-c", "exit 3"],
  env: { ...ENV, ["__proto__"]: "own" },
  cwd: "/tmp",
  timeout: { seconds: 60, nanos: 5 },
  grace: { seconds: 0 },
  name: "web",
  labels: { team: "red" },
  requestId: "first",
  maxOutputBytes: 4_096,
  stdin: true,
  stopAfterDisconnect: { seconds: 30 },
  terminal: { columns: 80, rows: 24, type: "vt100" },
  limits: { nofile: 0, cpu: 5 },
  restart: { condition: "RESTART_CONDITION_ON_FAILURE", maxRestarts: 5 },
});

/** A process that was started by a request. */
function entryOf(request: ExecRequest__Output) {
  return { recipe: recipeOf(request), args: request.args, name: request.name, labels: request.labels };
}

Deno.test("repeatOf() makes the same request again, without its lease and its request_id", () => {
  const expected = { ...WHOLE, requestId: "", stopAfterDisconnect: null };
  const { env, ...rest } = repeatOf(entryOf(WHOLE));
  const { env: wanted, ...others } = expected;
  assertEquals(Object.entries(env), Object.entries(wanted));
  assertEquals(rest, others as typeof rest);
  const bare = received({ args: ["true"] });
  assertEquals(repeatOf(entryOf(bare)), bare);
  assertEquals(recipeOf(bare), "{}");
});

Deno.test("repeatOf() takes name, labels, lease and request_id of the client, and nothing else", () => {
  const client = received({
    againOf: crypto.randomUUID(),
    name: "web-2",
    labels: { team: "blue" },
    requestId: "second",
    stopAfterDisconnect: { seconds: 5 },
  });
  const { name, labels, requestId, stopAfterDisconnect, cwd, stdin, againOf } = repeatOf(entryOf(WHOLE), client);
  assertEquals([name, labels, requestId], ["web-2", { team: "blue" }, "second"]);
  assertEquals(stopAfterDisconnect, { seconds: 5, nanos: 0 });
  assertEquals([cwd, stdin, againOf], ["/tmp", true, ""]);
  assertEquals(repeatOf(entryOf(WHOLE), received({ againOf: "x" })).labels, { team: "red" });
});

Deno.test("repeatOf() refuses a process without a recipe", () => {
  assertThrows(() => repeatOf({ ...entryOf(WHOLE), recipe: undefined }), NotRepeatableError);
});

Deno.test("checkChanges() refuses each field that a repeat takes from the process, by its name in the contract", () => {
  const fields = {
    args: ["true"],
    env: { A: "" },
    cwd: "/",
    timeout: { seconds: 0 },
    grace: { seconds: 0 },
    maxOutputBytes: 1,
    stdin: true,
    terminal: {},
    limits: { cpu: 0 },
    restart: { maxRestarts: 0 },
  } satisfies ExecRequest;
  for (const [field, value] of Object.entries(fields)) {
    const name = field === "maxOutputBytes" ? "max_output_bytes" : field;
    assertThrows(
      () => checkChanges(received({ againOf: "x", [field]: value })),
      InvalidArgumentError,
      `must not set ${name}`,
    );
  }
  checkChanges(received({ againOf: "x", name: "n", labels: { a: "b" }, requestId: "r", stopAfterDisconnect: {} }));
});
