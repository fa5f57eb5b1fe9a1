/**
 * What is left after a daemon was killed: whether all that clients had been told is still there, whether anybody runs on,
 * and how fast the next daemon starts.
 *
 * @module
 */
import { Spool } from "@paas/worker";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT, RunningDaemon } from "../../tests/support/programs.ts";
import { RawClient, type RawLog } from "../../tests/support/raw_client.ts";
import { type Figure, median, progress, type Row } from "../figure.ts";
import type { BenchRun } from "../bench_run.ts";

/** Daemons killed, for each round of the run. */
const KILLS = 10;

/** So many clients start processes one after the other. */
const CLIENTS = 4;

/** A daemon is killed at some moment within so many milliseconds of load. */
const LOAD_MS = 800;

/** What is left over has so long to be gone, in milliseconds. */
const LIMIT_MS = 15_000;

const FINISHED = 10_000;

/** Figures of a killed daemon. */
export const crashFigures: Figure[] = [
  { name: "crash", measure: crash },
  { name: "start-finished", measure: start },
];

/** What a client knows of a process. */
interface Known {
  readonly id: string;
  readonly log: RawLog;
  exitCode?: number | undefined;
}

/** The flags of a daemon that keeps all finished processes, in this spool. */
function keeping(spool: string): string[] {
  return ["--spool-dir", spool, "--retain-count", "unlimited"];
}

/** Processes that end soon, that leave somebody behind, and that go on. */
function command(n: number): string[] {
  const print = `i=0; while [ $i -lt 200 ]; do echo ${n} $i; i=$((i + 1)); done`;
  return ["sh", "-c", [`${print}; exit ${n % 100}`, `${print}; sleep 1000 & exit 7`, `${print}; sleep 1000`][n % 3]!];
}

async function crash({ rounds, directory }: BenchRun): Promise<Row[]> {
  const spool = join(directory, "crash-spool");
  const mark = crypto.randomUUID();
  const starts: number[] = [];
  let [lost, orphans, processes, n] = [0, 0, 0, 0];
  let known: Known[] = [];
  for (let round = 0; round <= KILLS * rounds; round++) {
    const begin = performance.now();
    await using daemon = await RunningDaemon.start([...keeping(spool), "--stop-grace", "1s"]);
    starts.push(performance.now() - begin);
    const client = new RawClient(daemon);
    for (const before of known) if (!await isThere(client, before)) lost++;
    orphans += await leftOvers(mark, LIMIT_MS);
    if (round === KILLS * rounds) {
      await client[Symbol.asyncDispose]();
      break;
    }
    known = [];
    const load = async () => {
      for (;;) {
        const id = await client.exec(command(n++), { env: { PAAS_CRASH: mark } });
        const one: Known = { id, log: client.logs(id) };
        known.push(one);
        client.service.Wait({ processId: id }, (error, response) => {
          if (!error) one.exitCode = response?.status?.exitCode;
        });
      }
    };
    const loads = Array.from({ length: CLIENTS }, () => load().catch(() => {})); // until the daemon has gone
    await pause(Math.random() * LOAD_MS);
    daemon.kill("SIGKILL");
    await daemon.exitCode();
    await Promise.all(loads);
    await Promise.allSettled(known.map(({ log }) => log.end));
    await client[Symbol.asyncDispose]();
    processes += known.length;
    if (round % 10 === 9) {
      progress(`  ${round + 1} killed, ${processes} processes: ${lost} not as told, ${orphans} left`);
    }
  }
  const figure = `kill -9 of the daemon under load, ${KILLS * rounds} times, ${processes} processes, restart`;
  const row = (what: string, paas: number, unit: string, aim: string): Row => {
    return { figure: `${figure}; ${what}`, paas, peer: NaN, unit, ratio: "–", aim };
  };
  return [
    row("logs or statuses that are not as a client was told", lost, "processes", "0"),
    row(`left running ${LIMIT_MS / 1000} s later`, orphans, "processes", "0"),
    row("time until it listens", median(starts), "ms", "–"),
  ];
}

/** Whether a process is as its client had known it. */
async function isThere(client: RawClient, { id, log, exitCode }: Known): Promise<boolean> {
  try {
    const status = await client.status(id);
    if (status.state !== "PROCESS_STATE_FINISHED") return false;
    if (exitCode !== undefined && status.exitCode !== exitCode) return false;
    const now = client.logs(id);
    const end = await now.end;
    return end.bytes >= log.bytes && now.text.startsWith(log.text);
  } catch (error) {
    progress(`  ${id}: ${(error as Error).message}`);
    return false;
  }
}

/** How many processes with this mark in their environment live, once none does or the time is over. */
async function leftOvers(mark: string, within: number): Promise<number> {
  for (const deadline = performance.now() + within;; await pause(100)) {
    let count = 0;
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        if (Deno.readTextFileSync(`/proc/${name}/environ`).includes(mark)) count++;
      } catch {
        // It has gone, or is another user's.
      }
    }
    if (count === 0 || performance.now() > deadline) return count;
  }
}

async function start({ rounds, directory }: BenchRun): Promise<Row[]> {
  const spool = join(directory, "finished-spool");
  await fill(spool);
  const times: Record<"empty" | "full", number[]> = { empty: [], full: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [kind, path] of [["empty", join(directory, `empty-${round}`)], ["full", spool]] as const) {
      const begin = performance.now();
      await using daemon = await RunningDaemon.start([...keeping(path), "--retain-total", "unlimited"]);
      times[kind].push(performance.now() - begin);
      if (kind === "empty") continue;
      await using client = new RawClient(daemon);
      const { processes } = await new Promise<{ processes?: unknown[] }>((resolve, reject) =>
        client.service.List({ pageSize: 1_000 }, (error, response) => error ? reject(error) : resolve(response!))
      );
      if (processes?.length !== 1_000) throw new Error("the processes are not there");
    }
  }
  const [full, empty] = [median(times.full), median(times.empty)];
  const figure = `start until it listens with ${FINISHED} finished processes; with none`;
  return [{ figure, paas: full, peer: empty, unit: "ms", ratio: `+${(full - empty).toFixed(0)} ms`, aim: "≤ 1000 ms" }];
}

/** Makes a spool with finished processes of alice. */
async function fill(directory: string): Promise<void> {
  const spool = await Spool.open(directory, { keep: true });
  const pem = await Deno.readTextFile(join(ROOT, "certs/alice.crt"));
  const owner = new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
  const line = new TextEncoder().encode("what it has printed\n");
  for (let sequence = 0; sequence < FINISHED; sequence++) {
    const id = crypto.randomUUID();
    const log = await spool.createLog(id);
    const startTime = Date.now();
    const about = { owner, name: "", labels: { number: `${sequence}` }, note: { ownerSubject: "CN=alice" } };
    const args = ["sh", "-c", `echo ${sequence}`];
    const entry = spool.begin({ id, args, stdin: false, terminal: false, startTime, about });
    entry.started(1, startTime);
    log.append("stdout", line);
    await log.end();
    entry.finished({ state: "finished", startTime, finishTime: startTime, exit: { code: 0 }, endReason: "exited" });
    entry.ended(log.summary, log.segments.bytes);
  }
  spool.close();
}
