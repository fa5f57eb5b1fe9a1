/**
 * Messages and headers that no client of ours sends, on every call of the contract. Longer, or again with the same seed:
 * `deno task fuzz [MINUTES] [SEED]`.
 *
 * @module
 */
import { ProcessService } from "@paas/proto";
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { Choice, MessageFuzz, readTexts } from "./message.ts";
import { GONE, methods, Scene, seconds, SECRET, seed, UNKNOWN } from "./scene.ts";
import { framed, FuzzSession, type Headers, type Outcome } from "./session.ts";
import { RunningDaemon } from "../support/programs.ts";

const AT_A_TIME = 8;
/** After so many turns somebody looks at the daemon. */
const LOOK_EACH = 20;
/** Some calls wait for something, and are cancelled. */
const CALL_LIMIT_MS = 100;
/** Every other call must be answered in time. */
const ANSWER_LIMIT_MS = 60_000;
/** The runtime lets its heap grow to some 250 MiB before it looks for what is not needed any more. */
const MAX_SIZE_MIB = 350;
const INTERNAL = 13;

/** Does something again and again, some at a time, for a while and at least so many times. */
async function forSeconds(seconds: number, least: number, action: (turn: number) => Promise<void>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let turn = 0;
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (performance.now() < end || turn < least) await action(turn++);
  }));
  return turn;
}

/** Sees that an answer is one that a daemon in good order gives to anybody. */
function assertHarmless(outcome: Outcome, bobs: string, what: () => string): void {
  assert(outcome.code !== INTERNAL, `${what()}: INTERNAL ${outcome.message}`);
  assert(!outcome.body.includes(bobs) && !outcome.body.includes(SECRET), `${what()} shows bob's process`);
  assert(!/\.ts\b|\.js\b|file:|Error:|\n/.test(outcome.message), `${what()} shows insides: ${outcome.message}`);
}

Deno.test(`every call of paasd survives messages that are wrong in any way, and bob never notices (seed ${seed})`, async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1s"]);
  await using scene = await Scene.make(daemon);
  await using session = new FuzzSession(daemon);
  const choice = new Choice(seed);
  const calls = await methods();
  for (const name of Object.keys(ProcessService.service)) {
    assert(calls.some(({ path }) => path.endsWith(`/${name}`)), name);
  }
  const ids = () => [choice.of([...scene.ids, scene.bobs, GONE, UNKNOWN])];
  const commands = [["true"], ["echo", "a", "", "b"], ["cat"], ["sleep", "0.01"], ["/"], [""], ["true", "\0"], []];
  const fuzz = new MessageFuzz(choice, {
    processId: ids,
    args: () => choice.of(commands),
    againOf: () => choice.chance(0.2) ? ids() : [],
  });

  const started = new Set([JSON.stringify(["cat"]), JSON.stringify(["echo", "hello"])]);
  const codes = new Map<string, number>();
  const turns = await forSeconds(seconds, 3 * calls.length, async (turn) => {
    if (turn % 200 === 0) await scene.refresh();
    const { path, request, streams } = calls[turn % calls.length]!;
    const messages = Array.from(
      { length: streams ? 1 + choice.below(4) : 1 },
      () => fuzz.make(request),
    );
    if (path.endsWith("Exec")) {
      const args = readTexts(messages[0]!, 1);
      if (args) started.add(JSON.stringify(args));
    }
    const hex = () =>
      `turn ${turn}, seed ${seed}, ${path} ${messages.map((bytes) => Buffer.from(bytes).toString("hex"))}`;
    const outcome = await session.call(
      { ":path": path },
      Buffer.concat(messages.map((bytes) => framed(bytes))),
      CALL_LIMIT_MS,
    );
    assertHarmless(outcome, scene.bobs, hex);
    if (turn % LOOK_EACH === 0) await scene.assertUndisturbed(hex);
    const name = `${path.split("/").at(-1)} ${outcome.code ?? (outcome.answered ? "reset" : "cancelled")}`;
    codes.set(name, (codes.get(name) ?? 0) + 1);
  });
  await scene.assertUnharmed(started);
  const size = await daemon.residentSize();
  console.log(
    `${turns} messages, ${session.connections} connections, ${size.toFixed(0)} MiB; ${await scene.disturbance()}`,
  );
  console.log([...codes].sort().map(([name, count]) => `${name}: ${count}`).join(", "));
  assert(size < MAX_SIZE_MIB, `it has ${size} MiB`);
  for (const { path } of calls) {
    const name = path.split("/").at(-1);
    assert([...codes].some(([key]) => key.startsWith(`${name} `)), `${name} was called`);
  }
});

Deno.test(`paasd survives headers and frames that are wrong in any way, and bob never notices (seed ${seed})`, async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1s"]);
  await using scene = await Scene.make(daemon);
  await using session = new FuzzSession(daemon);
  const choice = new Choice(seed + 1);
  const calls = await methods();
  const status = ProcessService.service.GetStatus.path;
  const question = (id = choice.of([...scene.ids, scene.bobs])) =>
    Buffer.from(ProcessService.service.GetStatus.requestSerialize({ processId: id }));
  const garbage = () => Buffer.from(choice.bytes(choice.below(500)));
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

  const wrongHeaders: (() => Headers)[] = [
    () => ({
      ":path": choice.of([
        "/",
        "//",
        "*",
        "/paas.v1.ProcessService",
        `${status}/`,
        `${status}?x`,
        "/../Exec",
        `/${"x".repeat(5_000)}`,
      ]),
    }),
    () => ({ ":path": status.toLowerCase() }),
    () => ({ ":method": choice.of(["GET", "PUT", "OPTIONS", "HEAD", "CONNECT", "\u{e9}"]) }),
    () => ({
      "content-type": choice.of([
        "",
        "text/html",
        "application/grpc-web",
        "application/json",
        "application/grpc+json",
        "application/grpcx",
      ]),
    }),
    () => ({ te: choice.of(["", "gzip", "x"]) }),
    () => ({ "grpc-encoding": choice.of(["gzip", "deflate", "br", "", "identity", "x", "gzip,gzip", "__proto__"]) }),
    () => ({ "grpc-accept-encoding": choice.of(["", "x", "gzip,gzip", ",".repeat(1_000)]) }),
    () => ({
      "grpc-timeout": choice.of([
        "",
        "-1S",
        "1n",
        "1u",
        "0S",
        "99999999H",
        "100000000H",
        "1.5S",
        "1X",
        "S",
        "NaN",
        "1 S",
      ]),
    }),
    () => ({ "x-bin": choice.of(["!", "=", "a", "AAA=", "\u{ff}", "A".repeat(4_000)]) }),
    () =>
      Object.fromEntries(
        Array.from({ length: choice.of([50, 1_000]) }, (_, n) => [`x-${n}`, "y".repeat(choice.of([1, 30]))]),
      ),
    () => ({ "x-large": "z".repeat(choice.of([8_000, 20_000, 70_000])) }),
    () => ({ "grpc-trace-bin": "AAAA", "grpc-tags-bin": "!!", "grpc-status": "0", "grpc-message": "%zz" }),
    () => ({ ":authority": choice.of(["", "x", "localhost:1", "\u{e9}", "a".repeat(300)]) }),
    () => ({ ":path": choice.of(calls).path }),
  ];
  const wrongBodies: (() => Buffer)[] = [
    () => framed(question()),
    () => question(),
    () => Buffer.alloc(0),
    () => garbage(),
    () => framed(question(), { flag: 1 }),
    () => framed(question(), { flag: choice.of([2, 3, 127, 255]) }),
    () => framed(question(), { length: choice.of([0, 1, 1_000, 2 ** 31, 2 ** 32 - 1]) }),
    () => framed(gzipSync(question()), { flag: 1 }),
    () => framed(bomb, { flag: 1 }),
    () => framed(gzipSync(question()).subarray(0, 12), { flag: 1 }),
    () => Buffer.concat([framed(question()), garbage()]),
    () => Buffer.concat(Array.from({ length: choice.of([2, 100]) }, () => framed(question()))),
    () => framed(question()).subarray(0, choice.below(6)),
  ];
  const unanswered: string[] = [];
  const codes = new Map<string, number>();
  const turns = await forSeconds(seconds, 3 * calls.length, async (turn) => {
    const headers: Headers = { ":path": status };
    const [whichHeader, whichBody] = [choice.below(wrongHeaders.length + 1), choice.below(wrongBodies.length)];
    Object.assign(headers, wrongHeaders[whichHeader]?.());
    const endless = ["Watch", "Wait", "GetLogs", "Attach", "Info"].some((name) => headers[":path"]!.includes(name));
    const body = wrongBodies[whichBody]!();
    let outcome = await session.call(headers, body, endless ? CALL_LIMIT_MS : 1_000);
    if (!outcome.answered && !endless) { // another call may have broken the connection: ask on one of its own
      await using apart = new FuzzSession(daemon);
      outcome = await apart.call(headers, body, ANSWER_LIMIT_MS);
    }
    if (!outcome.answered && !endless) unanswered.push(`${JSON.stringify(headers).slice(0, 200)}, body ${whichBody}`);
    assert(!outcome.body.includes(SECRET), "bob's output is visible");
    // Reflection repeats what it was asked.
    assert(!outcome.body.includes(scene.bobs) || body.includes(scene.bobs), "bob's process is visible");
    if (turn % LOOK_EACH === 0) await scene.assertUndisturbed(() => `turn ${turn}, seed ${seed}`);
    const name = `${outcome.http} ${outcome.code ?? (outcome.answered ? "reset" : "cancelled")}`;
    codes.set(name, (codes.get(name) ?? 0) + 1);
  });
  await scene.assertUnharmed(new Set([JSON.stringify(["cat"]), JSON.stringify(["echo", "hello"])]));
  const size = await daemon.residentSize();
  console.log(
    `${turns} calls, ${session.connections} connections, ${size.toFixed(0)} MiB; ${await scene.disturbance()}`,
  );
  console.log([...codes].sort().map(([name, count]) => `${name}: ${count}`).join(", "));
  assertEquals(unanswered, []);
  assert(size < MAX_SIZE_MIB, `it has ${size} MiB`);
});
