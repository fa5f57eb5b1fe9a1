/**
 * What strangers can do to a user: a flood of connections, and one that takes all descriptors.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT, RunningDaemon } from "../../tests/support/programs.ts";
import { RawClient } from "../../tests/support/raw_client.ts";
import { type Figure, inTurn, median, progress, quantile, ratio, type Row } from "../figure.ts";
import type { BenchRun } from "../bench_run.ts";

const SILENT = 1_000;
const HANDSHAKES_PER_SECOND = 200;
const CALLS = 1_500;
const PAUSE_MS = 4;

/** So few descriptors that a flood uses them up; what it may take of them is left open. */
const DESCRIPTORS = 256;
const HOLD_MS = 3_000;
const LIMIT_MS = 60_000;

/** Figures of floods. */
export const floodFigures: Figure[] = [
  { name: "flood", measure: flood },
  { name: "descriptors", measure: descriptors },
];

/** Strangers who come and do not get in. */
class Flood implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Resolves when it has begun. */
  static async on({ port }: { port: number }, silent: number, handshakes: number): Promise<Flood> {
    const args = ["run", "--allow-all", join(ROOT, "bench/flooder.ts"), ...[port, silent, handshakes].map(String)];
    const flood = new Flood(
      new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn(),
    );
    await flood.#lines.read();
    return flood;
  }

  /** How many handshakes have failed. */
  async failed(): Promise<number> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("?\n"));
    writer.releaseLock();
    return Number((await this.#lines.read()).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.stdin.close().catch(() => {});
    await this.#lines.cancel();
    await this.#child.status;
  }
}

/** A user asks for a status now and then; compared with the same in quiet. */
async function flood(bench: BenchRun): Promise<Row[]> {
  await using daemon = await bench.startDaemon();
  await using client = new RawClient(daemon);
  const id = await client.exec(["sleep", "600"]);
  await latencies(client, id);
  const { quiet, flooded } = await inTurn(bench, {
    quiet: () => latencies(client, id),
    flooded: async () => {
      await using strangers = await Flood.on(daemon, SILENT, HANDSHAKES_PER_SECOND);
      const begin = performance.now();
      const before = await strangers.failed();
      const found = await latencies(client, id);
      const rate = (await strangers.failed() - before) / (performance.now() - begin) * 1000;
      progress(`  ${rate.toFixed(0)} failed handshakes/s`);
      if (rate < HANDSHAKES_PER_SECOND * 0.8) throw new Error(`There were only ${rate.toFixed(0)} handshakes/s`);
      return found;
    },
  });
  return (["p50", "p99"] as const).map((name) => {
    const ours = median(flooded.map((found) => found[name]));
    const peer = median(quiet.map((found) => found[name]));
    return {
      figure:
        `GetStatus, ${name}, ${SILENT} silent connections and ${HANDSHAKES_PER_SECOND} failing handshakes/s; quiet`,
      paas: ours,
      peer,
      unit: "ms",
      ratio: ratio(ours, peer),
      aim: name === "p99" ? "≤ 3" : "–",
    };
  });
}

async function latencies(client: RawClient, id: string): Promise<{ p50: number; p99: number }> {
  const times = new Float64Array(CALLS);
  for (let call = 0; call < CALLS; call++) {
    const begin = performance.now();
    await client.status(id);
    times[call] = performance.now() - begin;
    await pause(PAUSE_MS);
  }
  times.sort();
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

/** How long it takes until a daemon that had no descriptors left answers again, from when those who took them have gone. */
async function descriptors(bench: BenchRun): Promise<Row[]> {
  const times: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const wanted = String(2 * DESCRIPTORS);
    const flags = ["--max-connections", wanted, "--max-connections-per-address", wanted];
    await using daemon = await RunningDaemon.start(flags, { XDG_RUNTIME_DIR: bench.directory }, {
      descriptors: DESCRIPTORS,
    });
    {
      await using _strangers = await Flood.on(daemon, 2 * DESCRIPTORS, 0);
      await pause(HOLD_MS);
      if (daemon.descriptors() < DESCRIPTORS) throw new Error("It has descriptors left");
    }
    const begin = performance.now();
    while (!await answers(daemon)) {
      if (performance.now() - begin > LIMIT_MS) throw new Error("It is deaf");
    }
    times.push(performance.now() - begin);
    progress(`  round ${round + 1} of ${bench.rounds}: ${times.at(-1)!.toFixed(0)} ms`);
  }
  const figure =
    `until a daemon of ${DESCRIPTORS} descriptors answers again, once those who took all of them have gone`;
  return [{ figure, paas: median(times) / 1000, peer: NaN, unit: "s", ratio: "–", aim: "≤ 10" }];
}

async function answers(daemon: RunningDaemon): Promise<boolean> {
  await using client = new RawClient(daemon);
  return await client.exec(["true"]).then(() => true, () => false);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
