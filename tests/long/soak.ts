/**
 * `deno task soak [MINUTES] [SEED]`: one daemon, processes whose output is known, and readers that come, stand still, die
 * and resume at random, and check every byte. It exits with 1 if anything was not as it should be.
 *
 * @module
 */
import { RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";
import { pause, seeded } from "../support/random.ts";
import { emptyTally, type Process, Reader, type Tally } from "./soak_reader.ts";

const READERS = 20;
const SAMPLE_MS = 2_000;
/** Readers choose among the processes that were started last. */
const RECENT = 8;

/** Numbers of different lengths, and others that stdout never prints. */
const [OUT, ERR] = [1, 1_000_000_000];

/** What processes run, and what they print on each stream: so many lines from a number on, as `seq` does. */
const PROGRAMS = [
  { script: slowly(OUT, 500, 0.05), out: 500, err: 0 },
  { script: `exec seq 4000000`, out: 4_000_000, err: 0 },
  { script: inBursts(OUT, 2_000_000, 40), out: 2_000_000, err: 0 },
  {
    script: `{ ${inBursts(OUT, 1_000_000, 20)}; } & { ${inBursts(ERR, 500_000, 25)}; } >&2; wait`,
    out: 1_000_000,
    err: 500_000,
  },
  { script: `{ ${slowly(OUT, 300, 0.05)}; } & { ${slowly(ERR, 400, 0.04)}; } >&2; wait`, out: 300, err: 400 },
];

const minutes = Number(Deno.args[0] ?? 10);
const seed = Number(Deno.args[1] ?? Math.floor(Math.random() * 2 ** 31));
if (!(minutes > 0 && Number.isInteger(seed))) {
  console.error("Usage: deno task soak [MINUTES] [SEED]");
  Deno.exit(2);
}
const interrupted = Promise.withResolvers<number>();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => interrupted.resolve(130));
Deno.exit(await run());

/** A soak; gives the exit code. */
async function run(): Promise<number> {
  const directory = await Deno.makeTempDir({ prefix: "paas-soak-" });
  try {
    await using daemon = await RunningDaemon.start([], { XDG_RUNTIME_DIR: directory }); // where its spool is
    return await Promise.race([soak(daemon), interrupted.promise]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function soak(daemon: RunningDaemon): Promise<number> {
  console.log(`Soak of ${minutes} minutes, ${READERS} readers at a time, seed ${seed}.`);
  const over = AbortSignal.timeout(minutes * 60_000);
  const tally = emptyTally();
  await using client = new RawClient(daemon);
  await client.untilFinished(await client.exec(["true"]));
  const descriptors = daemon.descriptors();
  const sizes: number[] = [];
  const sampling = setInterval(async () => {
    sizes.push(await daemon.residentSize());
    if (sizes.length % 15 === 0) console.error(`${sizes.at(-1)!.toFixed(0)} MiB ${JSON.stringify(tally)}`);
  }, SAMPLE_MS);

  const processes: Process[] = [];
  const writing = PROGRAMS.map((_, program) => write(client, program, processes, over));
  await until("each program runs", () => processes.length >= PROGRAMS.length);
  const reading = Array.from({ length: READERS }, async (_, index) => {
    const random = seeded(seed + 1_000 + index);
    while (!over.aborted) {
      const recent = processes.slice(-RECENT);
      await new Reader(daemon, recent[Math.floor(random() * recent.length)]!, tally, random, over).read();
      await pause(random() * 200);
    }
  });
  try {
    await Promise.all([...writing, ...reading]);
  } finally {
    clearInterval(sampling);
  }
  await until("the connections are gone", () => daemon.descriptors() <= descriptors).catch(() => {}); // it is told below
  return report(tally, processes.length, sizes, await daemon.residentSize(), descriptors, daemon.descriptors());
}

/** Runs a program again and again. */
async function write(client: RawClient, program: number, processes: Process[], over: AbortSignal): Promise<void> {
  const { script, out, err } = PROGRAMS[program]!;
  const random = seeded(seed + program);
  const [stdout, stderr] = [await numbers(OUT, out), await numbers(ERR, err)];
  while (!over.aborted) {
    const id = await client.exec(["sh", "-c", script]);
    processes.push({ id, stdout, stderr });
    await client.untilFinished(id, 10 * 60_000);
    if (!over.aborted) await pause(2_000 + random() * 6_000);
  }
}

function report(
  tally: Tally,
  processes: number,
  sizes: number[],
  size: number,
  descriptorsBefore: number,
  descriptors: number,
): number {
  const minute = 60_000 / SAMPLE_MS;
  const largest = (sizes: number[]) => Math.max(...sizes).toFixed(0);
  const { readers, resumes, deaths, departures, stalls, ends, checked, lost, repeated, errors } = tally;
  console.log(`processes:    ${processes}`);
  console.log(`readers:      ${readers}; resumes ${resumes}, deaths ${deaths}, departures ${departures}, ends ${ends}`);
  console.log(`stalls:       ${stalls} of 1 to 5 s`);
  console.log(`checked:      ${(checked / 2 ** 20).toFixed(0)} MiB; lost ${lost} bytes, repeated ${repeated} bytes`);
  console.log(
    `memory:       at most ${largest(sizes.slice(0, minute))} MiB in the first minute, ` +
      `${largest(sizes.slice(-minute))} MiB in the last one, ${size.toFixed(0)} MiB at the end`,
  );
  console.log(`descriptors:  ${descriptorsBefore} before, ${descriptors} after`);
  console.log(`errors:       ${errors.length}`);
  for (const error of errors.slice(0, 20)) console.log(`  ${error}`);
  return errors.length === 0 && lost === 0 && repeated === 0 && ends > 0 ? 0 : 1;
}

/** A script that prints lines one by one. */
function slowly(first: number, lines: number, seconds: number): string {
  return `for n in $(seq ${first} ${first + lines - 1}); do echo $n; sleep ${seconds}; done`;
}

/** A script that prints as many lines, in so many bursts, two each second. */
function inBursts(first: number, lines: number, bursts: number): string {
  const step = lines / bursts;
  return `n=${first}; while [ $n -lt ${first + lines} ]; do seq $n $((n + ${
    step - 1
  })); n=$((n + ${step})); sleep 0.5; done`;
}

/** What `seq` prints. */
async function numbers(first: number, lines: number): Promise<Uint8Array> {
  if (lines === 0) return new Uint8Array();
  return (await new Deno.Command("seq", { args: [`${first}`, `${first + lines - 1}`] }).output()).stdout;
}
