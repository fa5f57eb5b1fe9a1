/**
 * Readers of the soak: they come, read at their own pace, stand still, die and come again, and check every byte.
 *
 * @module
 */
import type { GetLogsResponse__Output, LogChunk__Output } from "@paas/proto";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import type { RunningDaemon } from "../support/programs.ts";
import { pause, type Random } from "../support/random.ts";
import { RawClient, type RawClientOptions } from "../support/raw_client.ts";

/** A process whose output is known beforehand: each stream byte for byte, but not how the two are mixed. */
export interface Process {
  id: string;
  stdout: Uint8Array;
  stderr: Uint8Array;
}

/** What all readers have seen; bytes unless it says otherwise. */
export interface Tally {
  /** Readers that came; one that resumes is the same one. */
  readers: number;
  /** Times a reader came again. */
  resumes: number;
  /** Times a connection was destroyed under a reader. */
  deaths: number;
  /** Times a reader went away in good order before the end. */
  departures: number;
  /** Times a reader stood still for seconds. */
  stalls: number;
  /** Logs that were read to their end. */
  ends: number;
  checked: number;
  lost: number;
  repeated: number;
  /** What else should not be, in words. */
  errors: string[];
}

/** What readers have seen before the first of them came. */
export function emptyTally(): Tally {
  return {
    readers: 0,
    resumes: 0,
    deaths: 0,
    departures: 0,
    stalls: 0,
    ends: 0,
    checked: 0,
    lost: 0,
    repeated: 0,
    errors: [],
  };
}

/** How far a reader has come: in the log, and in each stream. */
interface Position {
  offset: number;
  stdout: number;
  stderr: number;
}

/** Something is not as it should be. */
class Mismatch extends Error {}

/** From so many places that a reader remembers, one is where it resumes. */
const MAX_PLACES = 50;

/** A reader of one log, through all of its connections. */
export class Reader {
  readonly #daemon: Pick<RunningDaemon, "port">;
  readonly #process: Process;
  readonly #tally: Tally;
  readonly #random: Random;
  readonly #hurry: AbortSignal;
  readonly #identity: RawClientOptions;
  readonly #places: Position[] = [{ offset: 0, stdout: 0, stderr: 0 }];

  /**
   * @param hurry From then on it reads as fast as it can, up to the end
   * @param identity Who reads
   */
  constructor(
    daemon: Pick<RunningDaemon, "port">,
    process: Process,
    tally: Tally,
    random: Random,
    hurry: AbortSignal,
    identity: RawClientOptions = {},
  ) {
    this.#identity = identity;
    this.#daemon = daemon;
    this.#process = process;
    this.#tally = tally;
    this.#random = random;
    this.#hurry = hurry;
  }

  /** Reads until the end of the log, or until the reader has had enough. Never rejects: what is wrong is tallied. */
  async read(): Promise<void> {
    this.#tally.readers++;
    try {
      while (!await this.#connect()) {
        if (this.#random() < 0.3) return;
        this.#tally.resumes++;
      }
    } catch (error) {
      this.#tally.errors.push(`process ${this.#process.id}: ${(error as Error).message}`);
    }
  }

  /** One connection, from one of the places that were reached; says whether it came to the end of the log. */
  async #connect(): Promise<boolean> {
    await using proxy = await TcpProxy.to(this.#daemon.port);
    await using client = new RawClient({ address: `127.0.0.1:${proxy.port}` }, this.#identity);
    let position = this.#places[Math.floor(this.#random() * this.#places.length)]!;
    const { offset, stdout, stderr } = position;
    const rest = this.#process.stdout.length + this.#process.stderr.length - stdout - stderr;
    const share = this.#random() * 1.5; // a third of all connections come to the end
    const delay = this.#random() < 0.5 ? 0 : this.#random() * 20;
    const call = client.service.GetLogs({ processId: this.#process.id, fromOffset: offset });
    let cut = false;
    try {
      for await (const message of call as AsyncIterable<GetLogsResponse__Output>) {
        position = this.#check(message, position);
        if (message.end) return true;
        if (this.#hurry.aborted || cut) continue; // what was received before the cut is checked too
        await this.#dawdle(delay);
        if (position.offset - offset < rest * share) continue;
        if (this.#random() < 0.3) return this.#tally.departures++, false;
        cut = true;
        this.#tally.deaths++;
        proxy.cut();
      }
    } catch (error) {
      if (!cut || error instanceof Mismatch) throw error;
      return false;
    }
    throw new Mismatch("the stream closed without an end");
  }

  async #dawdle(delay: number): Promise<void> {
    if (delay > 0) await pause(this.#random() * delay);
    if (this.#random() < 0.005) {
      this.#tally.stalls++;
      await pause(1_000 + this.#random() * 4_000);
    }
  }

  /** Compares a message with what must come at that position; gives the position behind it. */
  #check({ chunks, gap, end }: GetLogsResponse__Output, position: Position): Position {
    if (gap) {
      this.#tally.lost += gap.to - gap.from;
      throw new Mismatch(`a gap from ${gap.from} to ${gap.to}`);
    }
    for (const chunk of chunks) position = this.#checkChunk(chunk, position);
    if (end) {
      const { stdout, stderr } = this.#process;
      const whole = stdout.length + stderr.length;
      if (end.bytes !== whole || position.stdout !== stdout.length || position.stderr !== stderr.length) {
        throw new Mismatch(`it ends at ${end.bytes} of ${whole}, after ${JSON.stringify(position)}`);
      }
      if (end.status?.exitCode !== 0) throw new Mismatch(`its end says ${JSON.stringify(end.status)}`);
      this.#tally.ends++;
    }
    return position;
  }

  #checkChunk({ offset, stream, data }: LogChunk__Output, position: Position): Position {
    const skipped = offset - position.offset;
    if (skipped > 0) this.#tally.lost += skipped;
    if (skipped < 0) this.#tally.repeated -= skipped;
    if (skipped !== 0) throw new Mismatch(`a chunk begins at ${offset} instead of ${position.offset}`);
    const name = stream === "LOG_STREAM_STDERR" ? "stderr" : "stdout";
    const at = position[name];
    if (!data.equals(this.#process[name].subarray(at, at + data.length))) {
      throw new Mismatch(`wrong bytes of ${name} in the chunk at ${offset}`);
    }
    this.#tally.checked += data.length;
    const behind = (length: number) => ({ ...position, offset: offset + length, [name]: at + length });
    if (this.#random() < 0.05) {
      const place = this.#places.length < MAX_PLACES ? this.#places.length : Math.floor(this.#random() * MAX_PLACES);
      this.#places[place] = behind(Math.floor(this.#random() * data.length));
    }
    return behind(data.length);
  }
}
