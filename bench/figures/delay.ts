/**
 * How long it takes: from the process's write to the client's print, to the first byte of a tail, to start a command.
 *
 * @module
 */
import type { GetLogsResponse__Output } from "@paas/proto";
import type { RunningDaemon } from "../../tests/support/programs.ts";
import { RawClient } from "../../tests/support/raw_client.ts";
import { duration, type Figure, inTurn, median, quantile, ratio, type Row } from "../figure.ts";
import { type BenchRun, clock, flood } from "../bench_run.ts";

const LINES = 300;
const INTERVAL_MS = 30;
const MIB = 1024 * 1024;
const SMALL_LOG = 5 * MIB;
/** So many calls make one measurement where a single one takes a millisecond. */
const CALLS = 11;

/** Figures of time, in milliseconds. */
export const delayFigures: Figure[] = [
  { name: "delay", measure: delay },
  { name: "tail", measure: tail },
  { name: "start", measure: start },
];

async function delay(bench: BenchRun): Promise<Row[]> {
  const { ssh } = bench;
  await using daemon = await bench.startDaemon();
  const line = clock(LINES, INTERVAL_MS);
  const { paas, ssh: sshd } = await inTurn(bench, {
    paas: async () => await delays(bench.paascLogs(daemon, await daemon.exec(["sh", "-c", line]))),
    ssh: ssh && (() => delays(ssh.command(line))),
  });
  return (["p50", "p99"] as const).map((name) => {
    const ours = median(paas.map((delays) => delays[name]));
    const peer = median(sshd.map((delays) => delays[name]));
    return {
      figure: `delay of a line, ${name}; ssh`,
      paas: ours,
      peer,
      unit: "ms",
      ratio: ratio(ours, peer),
      aim: "≤ 1.0",
    };
  });
}

/**
 * Runs words that print the time, and gives how late a line came. What was printed before the first one came waited for
 * the connection, not for the way.
 */
async function delays(words: string[]): Promise<{ p50: number; p99: number }> {
  const child = new Deno.Command(words[0]!, { args: words.slice(1), stdout: "piped", stderr: "inherit" }).spawn();
  const late: number[] = [];
  let first: number | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const now = performance.timeOrigin + performance.now();
    first ??= now;
    for (const printed of text.trim().split("\n").map((line) => Number(line) * 1000)) {
      if (printed > first) late.push(now - printed);
    }
  }
  await child.status;
  if (late.length < LINES / 2) throw new Error(`Only ${late.length} lines came live`);
  const sorted = Float64Array.from(late).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

async function tail(bench: BenchRun): Promise<Row[]> {
  await using daemon = await bench.startDaemon();
  await using client = new RawClient(daemon);
  const large = await finishedLog(daemon, 5 * bench.bytes);
  const small = await finishedLog(daemon, SMALL_LOG);
  const programs = await inTurn(bench, {
    large: () => firstPrint(bench.paascLogs(daemon, "--tail", "10", large)),
    small: () => firstPrint(bench.paascLogs(daemon, "--tail", "10", small)),
  });
  const calls = await inTurn(bench, {
    large: () => firstMessage(client, large),
    small: () => firstMessage(client, small),
  });
  const sizes = `${5 * bench.bytes / MIB} MiB; ${SMALL_LOG / MIB} MiB`;
  const row = (figure: string, { large, small }: typeof programs): Row => {
    const [ours, peer] = [median(large), median(small)];
    return { figure, paas: ours, peer, unit: "ms", ratio: ratio(ours, peer), aim: "≤ 1.5" };
  };
  return [
    row(`first byte of paasc logs --tail 10 on a log of ${sizes}`, programs),
    row(`first message of that call over an open connection: ${sizes}`, calls),
  ];
}

async function finishedLog(daemon: RunningDaemon, bytes: number): Promise<string> {
  const id = await daemon.exec(["sh", "-c", flood("lines", bytes)]);
  await daemon.paasc(["logs", "--tail", "0", id]); // which waits for its end
  return id;
}

/** Milliseconds until the first byte that words print. */
async function firstPrint(words: string[]): Promise<number> {
  const begin = performance.now();
  const child = new Deno.Command(words[0]!, { args: words.slice(1), stdout: "piped", stderr: "inherit" }).spawn();
  let first: number | undefined;
  for await (const _ of child.stdout) first ??= performance.now() - begin;
  await child.status;
  if (first === undefined) throw new Error("Nothing was printed");
  return first;
}

/** Milliseconds until the first message of a tail, the median of some calls. */
async function firstMessage({ service }: RawClient, processId: string): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const begin = performance.now();
    let first: number | undefined;
    const messages: AsyncIterable<GetLogsResponse__Output> = service.GetLogs({ processId, tailLines: 10 });
    for await (const _ of messages) first ??= performance.now() - begin;
    times.push(first!);
  }
  return median(times);
}

async function start(bench: BenchRun): Promise<Row[]> {
  const { ssh } = bench;
  await using daemon = await bench.startDaemon();
  const values = await inTurn(bench, {
    paas: () => duration(bench.paasc(daemon, "exec", "true")),
    ssh: ssh && (() => duration(ssh.command("true"))),
  });
  const [paas, peer] = [median(values.paas), median(values.ssh)];
  return [{ figure: "start of a command; ssh", paas, peer, unit: "ms", ratio: ratio(paas, peer), aim: "–" }];
}
