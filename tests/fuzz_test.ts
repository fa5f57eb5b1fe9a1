/**
 * Messages and headers that no client of ours sends, on every call of the contract. Longer, or again with the same seed:
 * `deno task fuzz [MINUTES] [SEED]`.
 *
 * @module
 */
import { ProcessService } from "@paas/proto"; // first: it mends node:http2
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { load } from "../proto/definition.ts";
import { Choice, MessageFuzz, readTexts } from "./fuzz_message.ts";
import { framed, FuzzSession, type Headers, type Outcome } from "./fuzz_session.ts";
import { Daemon, ROOT } from "./paas.ts";
import { RawClient } from "./raw_client.ts";
import { until } from "./until.ts";

const seconds = Number(Deno.env.get("PAAS_FUZZ_SECONDS") ?? 8);
const seed = Number(Deno.env.get("PAAS_FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));

const AT_A_TIME = 8;
/** Some calls wait for something, and are cancelled. */
const CALL_LIMIT_MS = 100;
/** Every other call must be answered in time. */
const ANSWER_LIMIT_MS = 15_000;
/** The runtime lets its heap grow to some 250 MiB before it looks for what is not needed any more. */
const MAX_SIZE_MIB = 350;
/** What the other user's process prints. */
const SECRET = "a line of bob's";

const INTERNAL = 13;
const [GONE, UNKNOWN] = ["00000000-0000-4000-8000-000000000000", "no id"];

/** A call of the contract. */
interface Method {
  path: string;
  request: protobuf.Type;
  /** Whether it takes many messages. */
  streams: boolean;
}

/** The calls of all services that the daemon's `.proto` files declare. */
async function methods(directory = join(ROOT, "proto")): Promise<Method[]> {
  const found: Method[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory) found.push(...await methods(path));
    else if (name.endsWith(".proto")) found.push(...methodsOf(load(await Deno.readTextFile(path))));
  }
  return found;
}

function methodsOf(space: protobuf.NamespaceBase): Method[] {
  return space.nestedArray.flatMap((item) => {
    if (!(item instanceof protobuf.Service)) return item instanceof protobuf.Namespace ? methodsOf(item) : [];
    return item.methodsArray.map((method) => ({
      path: `/${item.fullName.slice(1)}/${method.name}`,
      request: method.resolvedRequestType!,
      streams: method.requestStream ?? false,
    }));
  });
}

/** Two users of a daemon: bob has a process, and alice attacks. */
class Scene implements AsyncDisposable {
  /** Processes that alice may use. */
  readonly ids: string[] = [];
  /** Bob's process. */
  bobs!: string;
  /** Ids that alice has been told of while she watched. */
  readonly watched = new Set<string>();
  readonly alice: RawClient;
  readonly bob: RawClient;
  #before!: { status: unknown; descriptors: number };
  readonly #watch: ReturnType<RawClient["service"]["Watch"]>;

  private constructor(readonly daemon: Daemon) {
    this.alice = new RawClient(daemon);
    this.bob = new RawClient(daemon, { as: "bob" });
    this.#watch = this.alice.service.Watch({});
    this.#watch.on("data", ({ processId }) => this.watched.add(processId)).on("error", () => {});
  }

  static async make(daemon: Daemon): Promise<Scene> {
    const scene = new Scene(daemon);
    scene.bobs = await scene.bob.exec(["sh", "-c", `echo "${SECRET}"; exec sleep 10000`], { stdin: true });
    await scene.refresh();
    await until("bob's process has printed", async () => (await scene.bob.status(scene.bobs)).logBytes! > 0);
    scene.#before = { status: await scene.bob.status(scene.bobs), descriptors: daemon.descriptors() };
    return scene;
  }

  /** Sees that alice has a process that lives and one that has finished. */
  async refresh(): Promise<void> {
    this.ids.push(await this.alice.exec(["cat"], { stdin: true }), await this.alice.exec(["echo", "hello"]));
    this.ids.splice(0, this.ids.length - 8);
  }

  /** All processes of alice. */
  async processes() {
    const all = [];
    for (let pageToken = "";;) {
      const page = await new Promise<{ processes: { processId: string; args: string[] }[]; nextPageToken: string }>(
        (resolve, reject) =>
          this.alice.service.List(
            { pageSize: 1_000, pageToken },
            (error, response) => error ? reject(error) : resolve(response as never),
          ),
      );
      all.push(...page.processes);
      if (!(pageToken = page.nextPageToken)) return all;
    }
  }

  /** Sees that nothing has happened to bob, and that the daemon is as it was. */
  async assertUnharmed(started: Set<string>): Promise<void> {
    const processes = await this.processes();
    for (const { args } of processes) {
      assert(started.has(JSON.stringify(args)), `nobody asked for ${JSON.stringify(args)}`);
    }
    assert(![...processes.map(({ processId }) => processId), ...this.watched].includes(this.bobs), "bob is visible");
    assertEquals(await this.bob.status(this.bobs), this.#before.status);
    const log = this.bob.logs(this.bobs, { follow: false });
    await log.end;
    assertEquals(log.text, `${SECRET}\n`);

    for (const { processId } of await this.processes()) {
      await this.alice.stop(processId).catch(() => {}); // it may be stopping
    }
    await until("only bob's process is left", async () => (await childrenOf(this.daemon.pid)).length === 1);
    await until("the descriptors are back", () => this.daemon.descriptors() <= this.#before.descriptors + 3);
    const unforeseen = /^.*(unforeseen|Uncaught|panicked).*$/m.exec(this.daemon.log)?.[0];
    assert(!unforeseen, unforeseen);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch.cancel();
    await this.alice[Symbol.asyncDispose]();
    await this.bob[Symbol.asyncDispose]();
  }
}

/** The children of a process that live. */
async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    const [state, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(ppid) === parent && state !== "Z") children.push(Number(name));
  }
  return children;
}

/** Does something again and again for a while, some at a time. */
async function forSeconds(seconds: number, action: (turn: number) => Promise<void>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let turn = 0;
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (performance.now() < end) await action(turn++);
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
  await using daemon = await Daemon.start(["--stop-grace", "1s"]);
  await using scene = await Scene.make(daemon);
  await using session = new FuzzSession(daemon);
  const choice = new Choice(seed);
  const calls = await methods();
  for (const name of Object.keys(ProcessService.service)) {
    assert(calls.some(({ path }) => path.endsWith(`/${name}`)), name);
  }
  const ids = () => [choice.of([...scene.ids, scene.bobs, GONE, UNKNOWN])];
  const commands = [["true"], ["echo", "a", "", "b"], ["cat"], ["sleep", "0.01"], ["/"], [""], ["true", "\0"], []];
  const fuzz = new MessageFuzz(choice, { processId: ids, args: () => choice.of(commands) });

  const started = new Set([JSON.stringify(["cat"]), JSON.stringify(["echo", "hello"])]);
  const codes = new Map<string, number>();
  const turns = await forSeconds(seconds, async (turn) => {
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
    const name = `${path.split("/").at(-1)} ${outcome.code ?? (outcome.answered ? "reset" : "cancelled")}`;
    codes.set(name, (codes.get(name) ?? 0) + 1);
  });
  await scene.assertUnharmed(started);
  const size = await daemon.residentSize();
  console.log(`${turns} messages, ${session.connections} connections, ${size.toFixed(0)} MiB`);
  console.log([...codes].sort().map(([name, count]) => `${name}: ${count}`).join(", "));
  assert(size < MAX_SIZE_MIB, `it has ${size} MiB`);
  for (const { path } of calls) {
    const name = path.split("/").at(-1);
    assert([...codes].some(([key]) => key.startsWith(`${name} `)), `${name} was called`);
  }
});

Deno.test(`paasd survives headers and frames that are wrong in any way, and bob never notices (seed ${seed})`, async () => {
  await using daemon = await Daemon.start(["--stop-grace", "1s"]);
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
  const turns = await forSeconds(seconds, async () => {
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
    const name = `${outcome.http} ${outcome.code ?? (outcome.answered ? "reset" : "cancelled")}`;
    codes.set(name, (codes.get(name) ?? 0) + 1);
  });
  await scene.assertUnharmed(new Set([JSON.stringify(["cat"]), JSON.stringify(["echo", "hello"])]));
  const size = await daemon.residentSize();
  console.log(`${turns} calls, ${session.connections} connections, ${size.toFixed(0)} MiB`);
  console.log([...codes].sort().map(([name, count]) => `${name}: ${count}`).join(", "));
  assertEquals(unanswered, []);
  assert(size < MAX_SIZE_MIB, `it has ${size} MiB`);
});
