/**
 * Requests that have as much in them as they may, one more of it, or all that a message can carry. Longer, or again with the
 * same seed: `deno task fuzz [MINUTES] [SEED]`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Choice } from "./message.ts";
import { methods, Scene, seconds, seed } from "./scene.ts";
import { framed, FuzzSession } from "./session.ts";
import { SizeFuzz } from "./sizes.ts";
import { RunningDaemon } from "../support/programs.ts";

const [INVALID_ARGUMENT, RESOURCE_EXHAUSTED, INTERNAL] = [3, 8, 13];

/** So many processes have finished before, of which calls look through all, or which they have to leave out. */
const PROCESSES = 1_000;
/** The largest message that the daemon takes. */
const MAX_MESSAGE = 3 * 1024 * 1024;
/** A call is cancelled then; those that wait for something without end, much sooner. */
const [ANSWER_LIMIT_MS, WAIT_LIMIT_MS] = [60_000, 100];
const ENDLESS = ["Watch", "Wait", "GetLogs", "Attach"];

Deno.test(`every call of paasd survives requests of any size, and bob does not wait for them (seed ${seed})`, async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1s"]);
  await using scene = await Scene.make(daemon);
  await using session = new FuzzSession(daemon);
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let count = 0; count < PROCESSES / 8; count++) await scene.alice.exec(["true"], { labels: { a: "b" } });
  }));
  await scene.refresh();
  const choice = new Choice(seed + 2);
  let turn = 0;
  const orNothing = (text: string) => () => choice.chance(0.5) ? [text] : [];
  const fuzz = new SizeFuzz(choice, {
    processId: () => [choice.of(scene.ids)],
    args: () => ["true"],
    cwd: orNothing("/"),
    name: () => choice.chance(0.5) ? [`n${turn}`] : [],
    type: orNothing("xterm"),
    requestId: () => choice.chance(0.5) ? [`r${turn}`] : [],
    againOf: () => choice.chance(0.1) ? [choice.of(scene.ids)] : [], // it excludes most other fields
    user: () => ["0".repeat(64)],
    idPrefix: orNothing("a"),
    pageToken: orNothing("900"),
  });
  // The more there can be in a request, the more often it is sent.
  const calls = (await methods()).flatMap((method) => Array(1 + method.request.fieldsArray.length).fill(method));

  const [codes, wrong] = [new Map<string, number>(), [] as string[]];
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; turn++) {
    const { path, request } = choice.of(calls);
    const method = path.split("/").at(-1);
    const { bytes, excess, outline } = fuzz.make(request);
    const what = () => `turn ${turn}, seed ${seed}: ${method} of ${bytes.length} bytes, ${outline.slice(0, 2_000)}`;
    const limit = ENDLESS.includes(method) ? WAIT_LIMIT_MS : ANSWER_LIMIT_MS;
    const { code, message, answered } = await session.call({ ":path": path }, framed(bytes), limit);
    await scene.assertUndisturbed(what);
    assert(code !== INTERNAL && (answered || limit === WAIT_LIMIT_MS), `${what()}: ${code} ${message}`);
    const kind = bytes.length > MAX_MESSAGE ? "too large" : excess.length > 0 ? "too much" : "within bounds";
    const asItShould = {
      "too large": code === RESOURCE_EXHAUSTED,
      "too much": code === INVALID_ARGUMENT,
      "within bounds": !/must have at most|must be at most \d+ \w+$/.test(message),
    }[kind];
    if (answered && !asItShould) wrong.push(`${kind}: ${code} ${message}: ${excess} ${what()}`);
    const key = `${method} ${kind} ${code ?? (answered ? "reset" : "cancelled")}`;
    codes.set(key, (codes.get(key) ?? 0) + 1);
  }
  console.log(`${turn} requests, ${session.connections} connections, ${await scene.disturbance()}`);
  console.log([...codes].sort().map(([name, count]) => `${name}: ${count}`).join(", "));
  assertEquals(wrong.slice(0, 5), [], "each request is refused if it has too much, and only then");
  await scene.assertUnharmed();
});
