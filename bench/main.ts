/**
 * `deno task bench [FIGURE ...] [--rounds N] [--megabytes N]`: a comparison of Paas with others on this machine, side by
 * side in the same run. It prints a markdown table on stdout, and its progress on stderr. A word picks the figures whose
 * names begin with it.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { accessFigures } from "./figures/access.ts";
import { commandFigures } from "./figures/commands.ts";
import { crashFigures } from "./figures/crash.ts";
import { delayFigures } from "./figures/delay.ts";
import { progress, type Row } from "./figure.ts";
import { floodFigures } from "./figures/flood.ts";
import { followersFigures } from "./figures/followers.ts";
import { memoryFigures } from "./figures/memory.ts";
import { BenchRun } from "./bench_run.ts";
import { startFigures } from "./figures/starts.ts";
import { throughputFigures } from "./figures/throughput.ts";

/** Maximum time of one figure, in milliseconds. */
const LIMIT_MS = 10 * 60_000;

const figures = [
  ...throughputFigures,
  ...delayFigures,
  ...memoryFigures,
  ...followersFigures,
  ...commandFigures,
  ...startFigures,
  ...floodFigures,
  ...accessFigures,
  ...crashFigures,
];

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" }, megabytes: { type: "string", default: "1024" } },
});
const [rounds, megabytes] = [Number(values.rounds), Number(values.megabytes)];
const chosen = figures.filter(({ name }) => !positionals.length || positionals.some((word) => name.startsWith(word)));
const whole = [rounds, megabytes].every((number) => Number.isInteger(number) && number >= 1);
if (!whole || chosen.length === 0) {
  console.error("Usage: deno task bench [FIGURE ...] [--rounds N] [--megabytes N]");
  console.error(`Figures: ${figures.map(({ name }) => name).join(", ")}`);
  Deno.exit(2);
}

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => interruption.abort());
Deno.exit(await run());

/** Measures until the end or a signal, cleans up, and gives the exit code. */
async function run(): Promise<number> {
  await using bench = await BenchRun.make({ rounds, bytes: megabytes * 1024 * 1024 });
  const interrupted = new Promise<number>((resolve) => interruption.signal.onabort = () => resolve(130));
  return await Promise.race([measure(bench), interrupted]);
}

async function measure(bench: BenchRun): Promise<number> {
  const begin = performance.now();
  const machine = `${navigator.hardwareConcurrency} cores, Linux ${Deno.osRelease()}, Deno ${Deno.version.deno}`;
  const ssh = bench.ssh ? `sshd of user ${bench.ssh.user}` : "no sshd here, so nothing of ssh";
  console.log(`${new Date().toISOString()}; ${machine}; ${ssh}; medians of ${rounds}, ${megabytes} MiB.\n`);
  console.log("| figure; what it is against | Paas | peer | unit | ratio | aim |\n|---|---:|---:|---|---:|---|");
  let failures = 0;
  for (const { name, measure } of chosen) {
    progress(`${name} (after ${((performance.now() - begin) / 1000).toFixed(0)} s)`);
    try {
      for (const row of await inTime(measure(bench))) console.log(markdown(row));
    } catch (error) {
      if (interruption.signal.aborted) break;
      failures++;
      await bench.endDaemons(); // nothing of it disturbs the next one
      console.log(`| ${name} | failed: ${(error as Error).message} | | | | |`);
    }
  }
  progress(`done (after ${((performance.now() - begin) / 1000).toFixed(0)} s)`);
  return failures === 0 ? 0 : 1;
}

/** Waits for a promise within the limit. */
async function inTime<Value>(promise: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it takes more than ${LIMIT_MS / 60_000} minutes`)), LIMIT_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function markdown({ figure, paas, peer, unit, ratio, aim }: Row): string {
  return `| ${[figure, cell(paas), cell(peer), unit, ratio, aim].join(" | ")} |`;
}

function cell(value: number): string {
  return Number.isNaN(value) ? "–" : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
