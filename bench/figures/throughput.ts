/**
 * Throughput: the history of a log, a log that is being written, and several followers of one.
 *
 * @module
 */
import { join } from "node:path";
import type { RunningDaemon } from "../../tests/support/programs.ts";
import { type Figure, inTurn, median, ratio, type Row } from "../figure.ts";
import { type BenchRun, flood, type Gate, quoted } from "../bench_run.ts";

type Content = Parameters<typeof flood>[0];

const CONTENTS: Record<Content, string> = { zeros: "no lines", lines: "lines of 100 bytes" };
const FOLLOWERS = 10;
const FLOOR = join(import.meta.dirname!, "../floor.ts");

/** Figures of throughput, in MB/s. */
export const throughputFigures: Figure[] = [
  { name: "history-zeros", measure: (bench) => history(bench, "zeros") },
  { name: "history-lines", measure: (bench) => history(bench, "lines") },
  { name: "live-zeros", measure: (bench) => live(bench, "zeros") },
  { name: "live-lines", measure: (bench) => live(bench, "lines") },
  { name: "ten-followers", measure: tenFollowers },
];

/** The whole run of a client that prints a finished log, its start and its connection included. */
async function history(bench: BenchRun, content: Content): Promise<Row[]> {
  const { ssh, bytes, directory } = bench;
  await using daemon = await bench.startDaemon();
  const id = await daemon.exec(["sh", "-c", flood(content, bytes)]);
  const file = join(directory, content);
  await new Deno.Command("sh", { args: ["-c", `${flood(content, bytes)} > ${file}`] }).output();
  await daemon.paasc(["logs", "--tail", "0", id]); // which waits for its end
  const values = await inTurn(bench, {
    paas: () => wholeRun(bench.paascLogs(daemon, id), bytes),
    ssh: ssh && (() => wholeRun(ssh.command(`cat ${file}`), bytes)),
  });
  await Deno.remove(file);
  const [paas, peer] = [median(values.paas), median(values.ssh)];
  return [{
    figure: `history, ${CONTENTS[content]}; ssh cat`,
    paas,
    peer,
    unit: "MB/s",
    ratio: ratio(paas, peer),
    aim: "≥ 0.8, goal 1.0",
  }];
}

/**
 * A process that prints as fast as it can, and one follower that is there from the start: against ssh, and against what
 * the two things that cannot be done without allow when they are done one after the other (`floor.ts`).
 */
async function live(bench: BenchRun, content: Content): Promise<Row[]> {
  const { ssh, bytes } = bench;
  await using daemon = await bench.startDaemon();
  const { paas, ssh: sshd, floor, tls } = await inTurn(bench, {
    paas: () => followed(bench, daemon, 1, flood(content, bytes), bytes),
    ssh: ssh && (() => {
      const gate = bench.gate();
      return fromGate(gate, [ssh.command(gate.before(flood(content, bytes)))], bytes);
    }),
    floor: () => printedNumber([FLOOR, "worker", join(bench.directory, "floor"), flood(content, bytes), `${bytes}`]),
    tls: () => printedNumber([FLOOR, "tls", `${bytes}`]),
  });
  const ours = median(paas);
  const peer = median(sshd);
  const allowed = 1 / (1 / median(floor) + 1 / median(tls));
  const given = `floor ${median(floor).toFixed(0)} and TLS ${median(tls).toFixed(0)}`;
  const row = { figure: `live, ${CONTENTS[content]}`, paas: ours, unit: "MB/s" };
  return [
    { ...row, figure: `${row.figure}; ssh`, peer, ratio: ratio(ours, peer), aim: "≥ 0.4, goal 1.0" },
    {
      ...row,
      figure: `${row.figure}; what ${given} allow`,
      peer: allowed,
      ratio: ratio(ours, allowed),
      aim: "≥ 0.8, goal 1.0",
    },
  ];
}

/** Ten clients that follow one process, all bytes together, against one client. */
async function tenFollowers(bench: BenchRun): Promise<Row[]> {
  await using daemon = await bench.startDaemon();
  const bytes = bench.bytes / 4; // each
  const values = await inTurn(bench, {
    ten: () => followed(bench, daemon, FOLLOWERS, flood("lines", bytes), bytes),
    one: () => followed(bench, daemon, 1, flood("lines", bytes), bytes),
  });
  const [ten, one] = [median(values.ten), median(values.one)];
  return [{
    figure: `live, ${CONTENTS.lines}, sum of ${FOLLOWERS} followers; one follower`,
    paas: ten,
    peer: one,
    unit: "MB/s",
    ratio: ratio(ten, one),
    aim: "≥ 0.9",
  }];
}

async function followed(bench: BenchRun, daemon: RunningDaemon, followers: number, line: string, bytes: number) {
  const gate = bench.gate();
  const id = await daemon.exec(["sh", "-c", gate.before(line)]);
  return await fromGate(gate, Array.from({ length: followers }, () => bench.paascLogs(daemon, id)), bytes);
}

/** Runs words to their end, and gives the MB/s that they printed. */
async function wholeRun(words: string[], bytes: number): Promise<number> {
  const begin = performance.now();
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `${quoted(words)} | wc -c`], stderr: "inherit" })
    .output();
  assertBytes(Number(new TextDecoder().decode(stdout)), bytes);
  return bytes / 1e3 / (performance.now() - begin);
}

/** Runs commands that print behind a gate, side by side, and gives the MB/s of all together from there on. */
async function fromGate(gate: Gate, commands: string[][], bytes: number): Promise<number> {
  const printed = commands.map(countPrinted);
  await Promise.all(printed.map(({ ready }) => ready));
  const begin = performance.now();
  await gate.open();
  for (const count of await Promise.all(printed.map(({ count }) => count))) assertBytes(count, bytes);
  return commands.length * bytes / 1e3 / (performance.now() - begin);
}

/** Runs words; tells when they have printed a line, and how many bytes they printed behind it. */
function countPrinted(words: string[]): { ready: Promise<void>; count: Promise<number> } {
  const child = new Deno.Command("sh", {
    args: ["-c", `${quoted(words)} | { read -r first; echo "$first"; exec wc -c; }`],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const ready = Promise.withResolvers<void>();
  const count = (async () => {
    let printed = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      printed += text;
      ready.resolve();
    }
    await child.status;
    return Number(printed.split("\n")[1]);
  })();
  return { ready: ready.promise, count };
}

/** Runs a script of the benchmark, and gives the number that it prints. */
async function printedNumber(words: string[]): Promise<number> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", ...words],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${words.slice(0, 2).join(" ")} failed`);
  return Number(new TextDecoder().decode(stdout));
}

function assertBytes(count: number, expected: number): void {
  if (count !== expected) throw new Error(`${count} bytes came instead of ${expected}`);
}
