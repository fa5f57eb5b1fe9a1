/**
 * Many followers of one process, in one program: that they get all, how late, and what they cost the daemon.
 *
 * @module
 */
import { type GetLogsRequest, ProcessService } from "@paas/proto";
import type { ClientReadableStream } from "@paas/proto/grpc";
import { readLogMessage } from "@paas/proto/log_wire";
import type { RunningDaemon } from "../../tests/support/programs.ts";
import { RawClient } from "../../tests/support/raw_client.ts";
import { type Figure, inTurn, median, progress, quantile, type Row } from "../figure.ts";
import { type BenchRun, clock } from "../bench_run.ts";

const FOLLOWERS = 1_000;
const STREAMS_PER_CONNECTION = 100;
const SECONDS = 60;
const LINES_PER_SECOND = 100;
/** Until garbage of what just happened is gone. */
const SETTLE_MS = 2_000;

/** Figures of a thousand followers. */
export const followersFigures: Figure[] = [
  { name: "thousand-idle", measure: thousandIdle },
  { name: "thousand-live", measure: thousandLive },
];

/** Streams that follow one log, over as few connections as there may be. */
class Followers implements AsyncDisposable {
  /** Resolves when each has received something. */
  readonly ready: Promise<unknown>;
  /** How many received the log from its first byte to its end, when all have ended. */
  readonly complete: Promise<number>;
  readonly #clients: RawClient[];
  readonly #calls: ClientReadableStream<Uint8Array>[];

  /** @param received Is called with each piece of output that one of them receives */
  constructor(daemon: RunningDaemon, processId: string, received: (data: Uint8Array) => void) {
    this.#clients = Array.from({ length: FOLLOWERS / STREAMS_PER_CONNECTION }, () => new RawClient(daemon));
    this.#calls = this.#clients.flatMap((client) =>
      Array.from({ length: STREAMS_PER_CONNECTION }, () => follow(client, { processId }))
    );
    this.ready = Promise.all(this.#calls.map((call) => new Promise((resolve) => call.once("data", resolve))));
    this.complete = Promise.all(this.#calls.map((call) => isComplete(call, received)))
      .then((complete) => complete.filter(Boolean).length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const call of this.#calls) call.cancel();
    await this.complete;
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
  }
}

/** The log of a process, as messages that are not decoded: what this program takes for that is not the daemon's. */
function follow({ service }: RawClient, request: GetLogsRequest): ClientReadableStream<Uint8Array> {
  const { path, requestSerialize } = ProcessService.service.GetLogs;
  return service.makeServerStreamRequest(path, requestSerialize, (bytes): Uint8Array => bytes, request);
}

/** Whether a call gives each byte of a log, in order, and says that it was all. */
function isComplete(call: ClientReadableStream<Uint8Array>, received: (data: Uint8Array) => void): Promise<boolean> {
  return new Promise((resolve) => {
    let position = 0;
    call.on("error", () => resolve(false));
    call.on("data", (message: Uint8Array) => {
      const { pieces, end } = readLogMessage(message);
      for (const { offset, data } of pieces) {
        if (offset !== position) call.cancel();
        position += data.length;
        received(data);
      }
      if (end) resolve(end.bytes === position);
    });
  });
}

async function thousandIdle(bench: BenchRun): Promise<Row[]> {
  const { each } = await inTurn(bench, {
    each: async () => {
      await using daemon = await bench.startDaemon();
      await using client = new RawClient(daemon);
      const id = await client.exec(["sh", "-c", "echo ready; exec sleep 60"]);
      await pause(SETTLE_MS);
      const before = await daemon.residentSize();
      await using followers = new Followers(daemon, id, () => {});
      await followers.ready;
      await pause(SETTLE_MS);
      return (await daemon.residentSize() - before) * 1024 / FOLLOWERS;
    },
  });
  return [{
    figure: `daemon memory for each of ${FOLLOWERS} idle followers`,
    paas: median(each),
    peer: NaN,
    unit: "KiB",
    ratio: "–",
    aim: "≤ 64 KiB",
  }];
}

async function thousandLive(bench: BenchRun): Promise<Row[]> {
  await using daemon = await bench.startDaemon();
  await using client = new RawClient(daemon);
  const lines = SECONDS * LINES_PER_SECOND;
  const gate = bench.gate();
  const id = await client.exec(["sh", "-c", gate.before(clock(lines, 1000 / LINES_PER_SECOND))]);
  await pause(SETTLE_MS);
  const before = await daemon.residentSize();

  const late = new Float64Array(FOLLOWERS * lines);
  let count = 0;
  const decoder = new TextDecoder();
  await using followers = new Followers(daemon, id, (data) => {
    const now = performance.timeOrigin + performance.now();
    for (const line of decoder.decode(data).trimEnd().split("\n")) {
      if (line !== "ready") late[count++] = now - Number(line) * 1000;
    }
  });
  await followers.ready;
  const [begin, daemonCpu, ownCpu] = [performance.now(), await cpuSeconds(daemon.pid), await cpuSeconds(Deno.pid)];
  await gate.open();
  progress(`  ${FOLLOWERS} followers are there`);
  const sizes: number[] = [];
  const sampling = setInterval(async () => sizes.push(await daemon.residentSize()), 1_000);
  const complete = await followers.complete;
  clearInterval(sampling);
  const seconds = (performance.now() - begin) / 1000;
  const usage = async (pid: number, before: number) => (await cpuSeconds(pid) - before) / seconds * 100;
  const sorted = late.subarray(0, count).sort();

  const what = `${FOLLOWERS} followers of ${LINES_PER_SECOND} lines/s for ${seconds.toFixed(0)} s`;
  const row = { peer: NaN, ratio: "–", aim: "–" };
  return [
    { ...row, figure: `${what}: complete`, paas: complete, unit: `of ${FOLLOWERS}`, aim: "all" },
    { ...row, figure: `${what}: delay of a line, p50`, paas: quantile(sorted, 0.5), unit: "ms" },
    { ...row, figure: `${what}: delay of a line, p99`, paas: quantile(sorted, 0.99), unit: "ms" },
    {
      ...row,
      figure: `${what}: CPU of the daemon; of all clients in one program`,
      paas: await usage(daemon.pid, daemonCpu),
      peer: await usage(Deno.pid, ownCpu),
      unit: "% of a core",
    },
    {
      ...row,
      figure: `${what}: daemon memory for each, at its peak`,
      paas: (Math.max(...sizes) - before) * 1024 / FOLLOWERS,
      unit: "KiB",
      aim: "≤ 64 KiB",
    },
  ];
}

/** The processor time of a process, in seconds. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third one on: proc_pid_stat(5)
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
