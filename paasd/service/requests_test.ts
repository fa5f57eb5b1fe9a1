import { ProcessService, type ProcessServiceDefinition } from "@paas/proto";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import protobuf from "protobufjs";
import { load } from "../../proto/generate.ts";
import contract from "../../proto/paas/v1/paas.proto" with { type: "text" };
import { InvalidArgumentError } from "../errors.ts";
import { toAbsence } from "./attachment.ts";
import { toDescription, toRequestKey, toRestarts, toSpawnOptions } from "./exec_request.ts";
import { toDrainTimeout, toGrace, toSignal, toTerminalSize } from "./fields.ts";
import { toListQuery } from "./list_request.ts";
import { toReaderOptions, toSelection } from "./log_request.ts";
import { toGrant } from "./sharing.ts";

const root = load(contract);
const { service } = ProcessService;

type Call = keyof ProcessServiceDefinition;
type Received<Name extends Call> = ReturnType<ProcessServiceDefinition[Name]["requestDeserialize"]>;

/** A request as the daemon gets it; numbers may be strings, for those that JavaScript has not. */
function received<Name extends Call>(name: Name, message: object): Received<Name> {
  const type = root.lookupType(`paas.v1.${name}Request`);
  const bytes = Buffer.from(type.encode(type.fromObject(message)).finish());
  return service[name]!.requestDeserialize(bytes) as Received<Name>;
}

const user = "0".repeat(64);

/** What is made of each number of a request, at any depth. */
const CHECKS: Record<string, (value: unknown) => unknown> = {
  "ExecRequest.timeout": (timeout) => toSpawnOptions(received("Exec", { timeout })),
  "ExecRequest.grace": (grace) => toSpawnOptions(received("Exec", { grace })),
  "ExecRequest.max_output_bytes": (maxOutputBytes) => toSpawnOptions(received("Exec", { maxOutputBytes })),
  "ExecRequest.stop_after_disconnect": (value) => toDescription(received("Exec", { stopAfterDisconnect: value })),
  ...Object.fromEntries(["as", "core", "cpu", "fsize", "nofile", "nproc"].map((name) => [
    `Limits.${name}`,
    (value: unknown) => toSpawnOptions(received("Exec", { limits: { [name]: value } })),
  ])),
  "RestartPolicy.condition": (condition) => toRestarts(received("Exec", { restart: { condition } })),
  "RestartPolicy.max_restarts": (maxRestarts) =>
    toRestarts(received("Exec", { restart: { condition: "RESTART_CONDITION_ON_FAILURE", maxRestarts } })),
  "Terminal.columns": (columns) => toSpawnOptions(received("Exec", { terminal: { columns, rows: 1 } })),
  "Terminal.rows": (rows) => toSpawnOptions(received("Exec", { terminal: { columns: 1, rows } })),
  "TerminalSize.columns": (columns) => toTerminalSize(received("Attach", { size: { columns, rows: 1 } }).size!),
  "TerminalSize.rows": (rows) => toTerminalSize(received("Attach", { size: { columns: 1, rows } }).size!),
  "AttachRequest.absence": (absence) => toAbsence(received("Attach", { absence }).absence!),
  "GetLogsRequest.since": (since) => toReaderOptions(received("GetLogs", { since })),
  "GetLogsRequest.until": (until) => toReaderOptions(received("GetLogs", { until })),
  "GetLogsRequest.stream": (stream) => toReaderOptions(received("GetLogs", { stream })),
  "GetLogsRequest.on_slow": (onSlow) => toReaderOptions(received("GetLogs", { onSlow })),
  "Grep.before": (before) => toSelection(received("GetLogs", { grep: { pattern: "x", before } })),
  "Grep.after": (after) => toSelection(received("GetLogs", { grep: { pattern: "x", after } })),
  "StopRequest.grace": (grace) => toGrace(received("Stop", { grace }).grace!),
  "DrainRequest.timeout": (timeout) => toDrainTimeout(received("Drain", { timeout }).timeout!),
  "SignalRequest.signal": (signal) => toSignal(received("Signal", { signal })),
  "SignalRequest.target": (target) => toSignal(received("Signal", { signal: 1, target })),
  "ListRequest.states": (state) => toListQuery(received("List", { states: [state] })),
  "ListRequest.started_since": (startedSince) => toListQuery(received("List", { startedSince })),
  "ListRequest.started_until": (startedUntil) => toListQuery(received("List", { startedUntil })),
  "ListRequest.page_size": (pageSize) => toListQuery(received("List", { pageSize })),
  "ShareRequest.permission": (permission) => toGrant(received("Share", { user, permission }), { id: "" }),
  "ShareRequest.until": (until) => toGrant(received("Share", { user, until }), { id: "" }),
};

/** Numbers that only the log or the input that they are for can tell to be wrong; what is too large there is no harm. */
const POSITIONS = [
  "GetLogsRequest.from_offset",
  "GetLogsRequest.tail_lines",
  "AttachRequest.from_offset",
  "AttachRequest.tail_lines",
  "AttachRequest.input_offset",
];

const [MAX_INT64, MIN_INT64] = ["9223372036854775807", "-9223372036854775808"];
const DURATIONS = {
  wrong: [
    { seconds: -1 },
    { seconds: MIN_INT64 },
    { seconds: MAX_INT64 },
    { seconds: 25 * 24 * 60 * 60 },
    { seconds: 1, nanos: -1 },
    { seconds: 1, nanos: 1_000_000_000 },
    { seconds: 1, nanos: -2_147_483_648 },
  ],
  right: [{ seconds: 1 }, { seconds: 0, nanos: 1 }, { seconds: 86_399, nanos: 999_999_999 }],
};
const TIMESTAMPS = {
  wrong: [
    { seconds: MAX_INT64 },
    { seconds: MIN_INT64 },
    { seconds: 253_402_300_800 },
    { seconds: -62_135_596_801 },
    { seconds: 4_000_000_000, nanos: -1 },
    { seconds: 4_000_000_000, nanos: 1_000_000_000 },
  ],
  right: [{ seconds: 253_402_300_799, nanos: 999_999_999 }, { seconds: 4_000_000_000 }],
};

/** What a number must not be, and what it may be; both as far as its type holds it. */
const NUMBERS: Record<string, { wrong: unknown[]; right: unknown[] }> = {
  "ExecRequest.max_output_bytes": { wrong: ["18446744073709551615", "9007199254740992"], right: [0, 2 ** 53 - 1] },
  "Limits.*": { wrong: ["18446744073709551615", "9007199254740992"], right: [0, 2 ** 53 - 1] },
  "RestartPolicy.max_restarts": { wrong: [101, 2 ** 32 - 1], right: [0, 1, 100] },
  "Terminal.*": { wrong: [0, 10_001, 2 ** 32 - 1], right: [1, 10_000] },
  "TerminalSize.*": { wrong: [0, 10_001, 2 ** 32 - 1], right: [1, 10_000] },
  "Grep.*": { wrong: [201, 2 ** 32 - 1], right: [0, 200] },
  "SignalRequest.signal": { wrong: [0, -1, 65, 2 ** 31 - 1, -(2 ** 31)], right: [1, 31, 64] },
  "ListRequest.page_size": { wrong: [-1, -(2 ** 31)], right: [0, 1_000, 2 ** 31 - 1] },
};

/** The fields of all requests, and of the messages in them, by their names in the contract. */
function requestFields(): Map<string, protobuf.Field> {
  const contractRoot = load(contract, { keepCase: true });
  const fields = new Map<string, protobuf.Field>();
  const types = new Set(
    contractRoot.lookupService("paas.v1.ProcessService").methodsArray.map((method) => method.resolvedRequestType!),
  );
  for (const type of types) {
    for (const field of type.fieldsArray) {
      fields.set(`${type.name}.${field.name}`, field);
      const inner = field.resolvedType;
      if (inner instanceof protobuf.Type && !inner.fullName.startsWith(".google.")) types.add(inner);
    }
  }
  return fields;
}

function valuesOf(name: string, { resolvedType }: protobuf.Field): { wrong: unknown[]; right: unknown[] } {
  if (resolvedType?.name === "Duration") return DURATIONS;
  if (resolvedType?.name === "Timestamp") return TIMESTAMPS;
  if (resolvedType instanceof protobuf.Enum) {
    const known = Object.values(resolvedType.values);
    const right = name === "ListRequest.states" ? known.slice(1) : known; // unset is no state
    return { wrong: [known.length, -1, 2 ** 31 - 1], right };
  }
  return NUMBERS[name] ?? NUMBERS[name.replace(/\..*/, ".*")]!;
}

Deno.test("requests: each number, enum, time and duration of a request is refused beyond what it may be", () => {
  const numeric = [...requestFields()].filter(([, { type, resolvedType }]) =>
    !["string", "bytes", "bool"].includes(type) &&
    (!(resolvedType instanceof protobuf.Type) || resolvedType.fullName.startsWith(".google."))
  );
  assertEquals(
    numeric.map(([name]) => name).toSorted(),
    [...Object.keys(CHECKS), ...POSITIONS].toSorted(),
    "each has a check",
  );
  for (const [name, field] of numeric) {
    const check = CHECKS[name];
    if (!check) continue;
    const { wrong, right } = valuesOf(name, field);
    assert(wrong.length > 0 && right.length > 0, name);
    for (const value of wrong) {
      assertThrows(() => check(value), InvalidArgumentError, "", `${name} ${JSON.stringify(value)}`);
    }
    for (const value of right) check(value);
  }
});

Deno.test("toRestarts() refuses restarts of a process that depends on its client, and a number without the condition", () => {
  const restart = { condition: "RESTART_CONDITION_ON_FAILURE" };
  assertEquals(toRestarts(received("Exec", { restart })), 10);
  assertEquals(toRestarts(received("Exec", { restart: { ...restart, maxRestarts: 3 } })), 3);
  assertEquals(toRestarts(received("Exec", {})), 0);
  const wrong = [
    { restart, stdin: true },
    { restart, terminal: { columns: 1, rows: 1 } },
    { restart, stopAfterDisconnect: { seconds: 0 } },
    { restart: { condition: "RESTART_CONDITION_NO", maxRestarts: 1 } },
    { restart: { maxRestarts: 1 } },
  ];
  for (const request of wrong) assertThrows(() => toRestarts(received("Exec", request)), InvalidArgumentError);
});

Deno.test("toRequestKey() gives the digest of earlier versions to a request that sets no newer field", () => {
  const request = received("Exec", { args: ["true"], requestId: "one" });
  const { againOf: _, restart: __, ...earlier } = request;
  const digest = createHash("sha256").update(JSON.stringify(earlier)).digest("base64");
  assertEquals(toRequestKey(request), { id: "one", digest });
  const others = [{ againOf: crypto.randomUUID() }, { restart: { condition: "RESTART_CONDITION_ON_FAILURE" } }];
  for (const other of others) {
    assert(toRequestKey(received("Exec", { args: ["true"], requestId: "one", ...other })).digest !== digest);
  }
});
