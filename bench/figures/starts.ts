/**
 * What a start costs, and whether that grows with the daemon; against a fork, which the runtime does for a session of its own.
 *
 * @module
 */
import { join } from "node:path";
import { type Figure, inTurn, median, ratio, type Row } from "../figure.ts";
import type { BenchRun } from "../bench_run.ts";

/** Resident sizes of the program, in MiB. */
const SIZES = [80, 260, 500];
const CALLS = 60;
const ALIVE = 1_000;

/** Figures of starts. */
export const startFigures: Figure[] = [
  { name: "start-size", measure: bySize },
  { name: "start-rate", measure: byAlive },
];

interface Measured {
  latency: number;
  rate: number;
}

async function measured(mebibytes: number, alive: number): Promise<Record<"chain" | "detached", Measured>> {
  const program = join(import.meta.dirname!, "../start_program.ts");
  const args = ["run", "--allow-all", program, ...[mebibytes, CALLS, alive].map(String)];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function bySize(bench: BenchRun): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const { all } = await inTurn(bench, { all: () => measured(size, 0) });
    const [paas, peer] = (["chain", "detached"] as const).map((way) => median(all.map((one) => one[way].latency)));
    const figure = `start to exit of true by the worker, program of ${size} MiB, p50; by a fork of the runtime`;
    rows.push({ figure, paas: paas!, peer: peer!, unit: "ms", ratio: ratio(paas!, peer!), aim: "≤ 0.5 at 260 MiB" });
  }
  return rows;
}

async function byAlive(bench: BenchRun): Promise<Row[]> {
  const { all } = await inTurn(bench, { all: () => measured(0, ALIVE) });
  const [paas, peer] = (["chain", "detached"] as const).map((way) => median(all.map((one) => one[way].rate)));
  const figure = `starts in a second by the worker while ${ALIVE} live, 8 at a time; by a fork of the runtime`;
  return [{ figure, paas: paas!, peer: peer!, unit: "1/s", ratio: ratio(paas!, peer!), aim: "≥ 2" }];
}
