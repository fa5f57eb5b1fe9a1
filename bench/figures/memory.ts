/**
 * What a long log with readers that stand still costs the daemon.
 *
 * @module
 */
import type { GetLogsResponse__Output } from "@paas/proto";
import type { RunningDaemon } from "../../tests/support/programs.ts";
import { RawClient } from "../../tests/support/raw_client.ts";
import { type Figure, growth, progress, type Row } from "../figure.ts";
import { type BenchRun, flood } from "../bench_run.ts";

const READERS = 20;
const WARM_UP_BYTES = 256 * 1024 * 1024;
const SETTLE_MS = 2_000;
const SAMPLE_MS = 200;
const LIMIT_MS = 10 * 60_000;

/** Figures of memory, in MiB. */
export const memoryFigures: Figure[] = [{ name: "stalled-readers", measure: stalledReaders }];

/**
 * A process prints ten times the usual size; each reader, on a connection of its own, has taken one message and no more.
 * It is compared with the daemon before: idle, and after a first flood without readers, which makes the runtime's heap
 * grow to its usual size.
 */
async function stalledReaders(bench: BenchRun): Promise<Row[]> {
  const bytes = 10 * bench.bytes;
  await using daemon = await bench.startDaemon();
  await using client = new RawClient(daemon);
  await client.untilFinished(await client.exec(["true"]));
  const idle = await settledSize(daemon);
  await client.untilFinished(await client.exec(["sh", "-c", flood("zeros", WARM_UP_BYTES)]), LIMIT_MS);
  const warm = await settledSize(daemon);
  progress(`  idle ${idle.toFixed(0)} MiB, after a first flood ${warm.toFixed(0)} MiB`);

  const gate = bench.gate();
  const id = await client.exec(["sh", "-c", gate.before(flood("zeros", bytes))]);
  await using readers = new AsyncDisposableStack();
  for (let reader = 0; reader < READERS; reader++) readers.use(await StalledReader.of(daemon, id));
  await gate.open();
  let peak = 0;
  for (let state = ""; state !== "PROCESS_STATE_FINISHED";) {
    state = (await client.status(id)).state;
    peak = Math.max(peak, await daemon.residentSize());
    await pause(SAMPLE_MS);
  }
  await logged(client, id, bytes);
  const end = await settledSize(daemon);
  progress(`  peak ${peak.toFixed(0)} MiB, at the end ${end.toFixed(0)} MiB`);

  const what = `daemon memory, ${(bytes / 2 ** 30).toFixed(1)} GiB logged, ${READERS} stalled readers`;
  const row = (figure: string, paas: number, peer: number, aim: string): Row => {
    return { figure: `${what}, ${figure}`, paas, peer, unit: "MiB", ratio: growth(paas, peer), aim };
  };
  return [
    row("peak; idle before", peak, idle, "≤ +64 MiB"),
    row("peak; after a flood of 256 MiB without readers", peak, warm, "≤ +64 MiB"),
    row(`${SETTLE_MS / 1000} s after it; idle before`, end, idle, "–"),
  ];
}

/** A reader that stands still: nothing takes what comes after its first message. */
class StalledReader implements AsyncDisposable {
  private constructor(readonly client: RawClient, readonly stop: () => void) {}

  static async of(daemon: RunningDaemon, processId: string): Promise<StalledReader> {
    const client = new RawClient(daemon);
    const call = client.service.GetLogs({ processId });
    call.on("error", () => {}); // it is cancelled in the end
    // Not pause(), which grpc-js passes over: an iterator that is not asked holds the sender up.
    const messages: AsyncIterator<GetLogsResponse__Output> = call[Symbol.asyncIterator]();
    await messages.next();
    return new StalledReader(client, () => call.cancel());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.client[Symbol.asyncDispose]();
  }
}

/** Sees that a log has its last byte, and its end, and no more. */
async function logged({ service }: RawClient, processId: string, bytes: number): Promise<void> {
  const whole = bytes + "ready\n".length;
  let end = 0;
  const messages: AsyncIterable<GetLogsResponse__Output> = service.GetLogs({ processId, fromOffset: whole - 1 });
  for await (const message of messages) end = message.end?.bytes ?? end;
  if (end !== whole) throw new Error(`The log ends at ${end} instead of ${whole}`);
}

/** The resident size in MiB when nothing has happened for a while. */
async function settledSize(daemon: RunningDaemon): Promise<number> {
  await pause(SETTLE_MS);
  return await daemon.residentSize();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
