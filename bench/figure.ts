/**
 * A figure of the table, and its measurement. Both sides run in turn, since no machine is quiet, and the result is the ratio
 * of the medians.
 *
 * @module
 */
import type { BenchRun } from "./bench_run.ts";

/** A row of the table. */
export interface Row {
  figure: string;
  /** The value of Paas, in `unit`. */
  paas: number;
  /** The value of the peer, in `unit`; `NaN` without a peer. */
  peer: number;
  unit: string;
  /** The printed comparison; see {@linkcode ratio} and {@linkcode growth}. */
  ratio: string;
  aim: string;
}

/** A measurement that gives one or more rows of the table. */
export interface Figure {
  name: string;
  measure(bench: BenchRun): Promise<Row[]>;
}

/** Measures each side in turn, for all rounds, and gives the values of each. A missing side has none. */
export async function inTurn<Side extends string, Value>(
  { rounds }: BenchRun,
  sides: Record<Side, (() => Promise<Value>) | undefined>,
): Promise<Record<Side, Value[]>> {
  const names = Object.keys(sides) as Side[];
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, Value[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      const value = await sides[name]?.();
      if (value === undefined) continue;
      values[name].push(value);
      progress(`  round ${round} of ${rounds}, ${name}: ${rounded(value)}`);
    }
  }
  return values;
}

/** Prints the progress on stderr. */
export function progress(text: string): void {
  console.error(text);
}

/** Measures the time that a command takes, in milliseconds. */
export async function duration(words: string[]): Promise<number> {
  const begin = performance.now();
  const { success } = await new Deno.Command(words[0]!, { args: words.slice(1), stdout: "null", stderr: "inherit" })
    .output();
  if (!success) throw new Error(`${words[0]} failed`);
  return performance.now() - begin;
}

/** The median; `NaN` of no values. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/** The value below which a share `q` of sorted values lies; `NaN` of no values. */
export function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.floor((sorted.length - 1) * q)] ?? NaN;
}

/** `paas` as a multiple of `peer`. */
export function ratio(paas: number, peer: number): string {
  return Number.isNaN(paas / peer) ? "–" : (paas / peer).toFixed(2);
}

/** The difference of `paas` and `peer`, in MiB, with its sign. */
export function growth(paas: number, peer: number): string {
  return `${paas < peer ? "−" : "+"}${Math.abs(paas - peer).toFixed(0)} MiB`;
}

function rounded(value: unknown): string {
  return JSON.stringify(value, (_, part) => typeof part === "number" ? Math.round(part * 100) / 100 : part);
}
