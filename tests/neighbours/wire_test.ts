/**
 * What one user can put into a single request: too much of anything is refused before anything is made of it, whatever it
 * is too much of. The daemon's memory does not grow by it, and others are served all the time.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { Bystander } from "./bystander.ts";
import { framed, FuzzSession } from "../fuzz/session.ts";
import { RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { delimited, entry, times } from "../support/wire/bytes.ts";
import { until } from "../support/until.ts";

const [INVALID_ARGUMENT, RESOURCE_EXHAUSTED] = [3, 8];

/** Each must be answered by then: a limit for a machine that is busy with other things. */
const ANSWER_LIMIT_MS = 60_000;
/** The messages themselves are in memory, of each a few copies, until the runtime collects garbage. */
const MAX_GROWTH_MIB = 250;
/** So many requests of 2 MB are held back. */
const HELD = 200;
/** What is looked through for a List. */
const PROCESSES = 300;

/** Fields of the contract. */
const [ARGS, ENV, CWD, LABELS, REQUEST_ID, TERMINAL, LIMITS] = [1, 2, 3, 7, 8, 12, 13];
const [STATES, LIST_LABELS] = [1, 3];

const program = delimited(ARGS, "true");

/** So many entries of a map, with keys of their own. */
function entries(field: number, count: number): Uint8Array {
  return Buffer.concat(Array.from({ length: count }, (_, key) => entry(field, `k${key}`, "")));
}

/** Requests with more in them than anybody needs, each valid as a message of protobuf: the call, the message, the answer. */
const ATTACKS: Record<string, [call: string, message: () => Uint8Array, refusal: string]> = {
  "a program's name of megabytes, and as many directories to look for it": [
    "Exec",
    () =>
      Buffer.concat([
        delimited(ARGS, "a".repeat(1_500_000)),
        entry(ENV, "PATH", ":".repeat(1_500_000)),
        delimited(LIMITS, Uint8Array.of(0x10, 0)),
      ]),
    "The program's name must have at most 4,095 bytes, not 1,500,000",
  ],
  "a program's name of kilobytes, and as many directories": [
    "Exec",
    () =>
      Buffer.concat([
        delimited(ARGS, "a".repeat(60_000)),
        entry(ENV, "PATH", ":".repeat(60_000)),
        delimited(LIMITS, Uint8Array.of(0x10, 0)),
      ]),
    "The program's name must have at most 4,095 bytes, not 60,000",
  ],
  "a PATH of 1.9 MB": [
    "Exec",
    () => Buffer.concat([program, entry(ENV, "PATH", ":".repeat(1_900_000))]),
    'The variable "PATH" must have at most 131,063 bytes with its name, not 1,900,005',
  ],
  "1,400,000 empty arguments": [
    "Exec",
    () => Buffer.concat([program, times(1_400_000, delimited(ARGS, ""))]),
    "There must be at most 65,536 arguments",
  ],
  "arguments of 3 MB in all": [
    "Exec",
    () => Buffer.concat([program, times(23, delimited(ARGS, "x".repeat(131_000)))]),
    "The arguments and variables must have at most 2,097,152 bytes together",
  ],
  "200,000 variables": [
    "Exec",
    () => Buffer.concat([program, entries(ENV, 200_000)]),
    "There must be at most 4,096 variables",
  ],
  "200,000 times the same variable": [
    "Exec",
    () => Buffer.concat([program, times(200_000, entry(ENV, "a", "b"))]),
    "There must be at most 4,096 variables",
  ],
  "200,000 labels": [
    "Exec",
    () => Buffer.concat([program, entries(LABELS, 200_000)]),
    "There must be at most 64 labels",
  ],
  "a label of 2 MB": [
    "Exec",
    () => Buffer.concat([program, entry(LABELS, "a".repeat(2_000_000), "")]),
    `The key of the label "${"a".repeat(64)}…" must have at most 63 bytes, not 2,000,000`,
  ],
  "a working directory of 2 MB": [
    "Exec",
    () => Buffer.concat([program, delimited(CWD, "/".repeat(2_000_000))]),
    "The working directory must have at most 4,095 bytes, not 2,000,000",
  ],
  "a terminal whose type has 2 MB": [
    "Exec",
    () => Buffer.concat([program, delimited(TERMINAL, delimited(3, "x".repeat(2_000_000)))]),
    "The type of the terminal must have at most 64 bytes, not 2,000,000",
  ],
  "a field that is no list, 700,000 times": [
    "Exec",
    () => Buffer.concat([program, times(700_000, delimited(REQUEST_ID, "ab"))]),
    "Cannot decode the request: the field request_id is given more than once; send what the contract says",
  ],
  "1,000,000 fields that nobody knows": [
    "Exec",
    () => Buffer.concat([program, times(1_000_000, Uint8Array.of(0xf8, 0x07, 1))]),
    "Cannot decode the request: it has too many fields that the daemon does not know; send what the contract says",
  ],
  "a request id that makes a name of 2 MB": [
    "Exec",
    () => Buffer.concat([program, delimited(REQUEST_ID, "x".repeat(2_000_000))]),
    "The request_id must have at most 128 bytes, not 2,000,000",
  ],
  "3,000,000 states": [
    "List",
    () => delimited(STATES, new Uint8Array(3_000_000).fill(1)),
    "There must be at most 3 states",
  ],
  "1,500,000 states, one by one": [
    "List",
    () => times(1_500_000, Uint8Array.of(0x08, 1)),
    "There must be at most 3 states",
  ],
  "200,000 labels to look for": ["List", () => entries(LIST_LABELS, 200_000), "There must be at most 64 labels"],
  "a process id of 2 MB": [
    "GetStatus",
    () => delimited(1, "a".repeat(2_000_000)),
    "The process id must have at most 36 bytes, not 2,000,000: use one that Exec has given",
  ],
  "a piece of input of 2 MB": [
    "Attach",
    () => delimited(4, new Uint8Array(2_000_000)),
    "The input of a message must have at most 262,144 bytes, not 2,000,000",
  ],
};

/** A call with one message. */
function call(session: FuzzSession, path: string, message: Uint8Array) {
  return session.call({ ":path": path }, framed(message), ANSWER_LIMIT_MS);
}

Deno.test("paasd refuses a request with too much of anything, by what it is, and nobody else notices", async (t) => {
  await using daemon = await RunningDaemon.start();
  await using alice = new RawClient(daemon);
  await using session = new FuzzSession(daemon);
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let count = 0; count < PROCESSES / 8; count++) await alice.exec(["true"]);
  }));
  await using bob = new Bystander(daemon);
  const before = await daemon.residentSize();
  for (const [name, [method, message, refusal]] of Object.entries(ATTACKS)) {
    await t.step(name, async () => {
      const { code, message: details } = await call(session, `/paas.v1.ProcessService/${method}`, message());
      assertEquals([code, details], [INVALID_ARGUMENT, refusal]);
      const { answers } = bob;
      await until("bob is answered", () => bob.answers > answers);
    });
  }
  await t.step("a message beyond all bounds", async () => {
    const path = "/paas.v1.ProcessService/Exec";
    const { code, message } = await call(
      session,
      path,
      Buffer.concat([program, times(30, delimited(ARGS, "x".repeat(131_000)))]),
    );
    assertEquals([code, message], [RESOURCE_EXHAUSTED, "Received message larger than max (3930126 vs 3145728)"]);
  });
  const growth = await daemon.peakSize() - before;
  console.log(
    `bob has waited ${bob.worst.waited.toFixed(0)} ms at most; the daemon has grown by ${growth.toFixed(0)} MiB`,
  );
  assert(growth < MAX_GROWTH_MIB, `it has grown by ${growth} MiB`);
});

Deno.test("paasd keeps only so much of requests that do not come whole, and takes others when these have gone", async () => {
  await using daemon = await RunningDaemon.start();
  const before = await daemon.residentSize();
  await using bob = new Bystander(daemon);
  await using alice = new RawClient(daemon);
  const path = "/paas.v1.ProcessService/Exec";
  const body = framed(new Uint8Array(2_000_000), { length: 3_000_000 });
  {
    await using session = new FuzzSession(daemon);
    const refusals: string[] = [];
    const held = Array.from({ length: HELD }, async () => {
      const { code, message } = await session.call({ ":path": path }, body, ANSWER_LIMIT_MS, { end: false });
      if (code !== undefined) refusals.push(`${code} ${message}`);
    });
    await until("all that is too much is refused", () => refusals.length >= HELD - 33, ANSWER_LIMIT_MS);
    const refusal = "8 Your requests that have not come whole have too many bytes: send fewer at a time";
    assertEquals(new Set(refusals), new Set([refusal]));
    const { answers } = bob;
    await until("bob is answered", () => bob.answers > answers);
    await session[Symbol.asyncDispose]();
    await Promise.all(held);
  }
  const growth = await daemon.peakSize() - before;
  assert(growth < MAX_GROWTH_MIB, `it has grown by ${growth} MiB`);
  await until(
    "there is room again",
    () => alice.exec(["true", ...Array(15).fill("x".repeat(131_071))]).then(() => true, () => false),
  );
  assert(daemon.log.includes("calls too much: Your requests that have not come whole"), daemon.log);
});

Deno.test("paasd bounds the questions of the standard services", async () => {
  await using daemon = await RunningDaemon.start();
  await using session = new FuzzSession(daemon);
  const long = "x".repeat(2_000_000);
  for (
    const [path, message] of [
      ["/grpc.health.v1.Health/Check", delimited(1, long)],
      ["/grpc.health.v1.Health/Watch", delimited(1, long)],
      ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", delimited(1, long)],
      ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", delimited(4, long)],
      ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", delimited(5, delimited(1, long))],
    ] as const
  ) {
    const { code, message: details, body } = await call(session, path, message);
    assertEquals([code, body.length], [INVALID_ARGUMENT, 0], `${path} ${details}`);
    assert(details.endsWith(" must have at most 255 bytes, not 2,000,000"), details);
  }
});

Deno.test("paasd takes as much as there may be, and paasc says what is too much", async () => {
  await using daemon = await RunningDaemon.start();
  await using alice = new RawClient(daemon);
  // What the kernel takes of it is not ours to say, but all that is less than the bounds comes to it.
  const args = ["true", ...Array(15).fill("x".repeat(131_071))];
  const id = await alice.exec(args, {
    env: Object.fromEntries(Array.from({ length: 1_000 }, (_, name) => [`V${name}`, ""])),
    labels: Object.fromEntries(Array.from({ length: 64 }, (_, key) => [`${key}`.padStart(63, "k"), "v".repeat(255)])),
    requestId: "r".repeat(128),
    name: "n".repeat(63),
  });
  assertEquals((await alice.untilFinished(id)).exitCode, 0);
  assertEquals((await alice.untilFinished(await alice.exec(["true", ...Array(65_535).fill("")]))).exitCode, 0);

  const directory = await Deno.makeTempDir();
  try {
    const said = async (env: string) => {
      await Deno.writeTextFile(`${directory}/env`, env);
      const { code, stdout, stderr } = await daemon.paasc(["run", "--env-file", `${directory}/env`, "true"]);
      return [code, text(stdout), stderr];
    };
    assertEquals(await said(`BIG=${"x".repeat(140_000)}\n`), [
      125,
      "",
      'paasc: The variable "BIG" must have at most 131,063 bytes with its name, not 140,004\n',
    ]);
    const many = (count: number) =>
      Array.from({ length: count }, (_, name) => `V${name}=${"x".repeat(100_000)}\n`).join("");
    assertEquals(await said(many(25)), [
      125,
      "",
      "paasc: The arguments and variables must have at most 2,097,152 bytes together\n",
    ]);
    const [code, stdout, stderr] = await said(many(45));
    assertEquals([code, stdout], [125, ""]);
    assert(
      /^paasc: The request must have at most 3,145,728 bytes, not 4,50\d,\d{3}: give it fewer arguments, or smaller variables\n$/
        .test(`${stderr}`),
      `${stderr}`,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
