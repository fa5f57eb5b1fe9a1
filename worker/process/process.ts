/**
 * A process, whether it was started by this program or by an earlier one on the same spool.
 *
 * @module
 */
import type { TerminalSize } from "../child/child.ts";
import type { ChunkOptions, LogReader } from "../log/reader.ts";
import type { LogReaderOptions } from "../log/reading.ts";
import type { LogChunk } from "../log_format/record.ts";
import type { Input } from "./input.ts";
import type { FinishedStatus, ProcessStatus, StopReason } from "./status.ts";

/** How to stop a process. */
export interface StopOptions {
  /** The time from SIGTERM until SIGKILL, in milliseconds; default is the `stopGrace` of the process. */
  grace?: number | undefined;
  /** The one who asks, for the status. */
  by?: string | undefined;
  /** The name of that one, for the status. */
  byName?: string | undefined;
  /** The reason, for the status; default is `stopped`. */
  reason?: StopReason | undefined;
}

/**
 * A process: its status, its log and its stop.
 *
 * A process has finished when its leader has exited, even if others still hold its pipes. The rest of its group then has a
 * moment to end by itself, and is ended otherwise. So a process leaves nobody of its group behind, and its log always ends.
 */
export interface Process {
  /** The id of the process: a UUID. */
  readonly id: string;
  /** A number that is larger for a process that was started later in the same spool. */
  readonly sequence: number;
  /** The process id of the leader, which is the number of its group; 0 if it is not known whether the leader was started. */
  readonly pid: number;
  /** The status now. */
  readonly status: ProcessStatus;
  /** The output so far, in bytes and lines; an unfinished line counts too. */
  readonly output: { readonly bytes: number; readonly lines: number };
  /** Whether the process was started with a stdin or in a terminal. */
  readonly stdin: boolean;
  /**
   * The stdin of the process, if it was started with one by this program. In a terminal it is the keyboard: to close it is
   * to type ^D.
   */
  readonly input: Input | undefined;
  /** The terminal of the process, if it was started in one. Nothing happens at a resize after the end. */
  readonly terminal: { resize(size: TerminalSize): void } | undefined;
  /** Resolves when the leader has exited. Never rejects. */
  readonly finished: Promise<FinishedStatus>;
  /** Resolves when nothing of the group is left and the log is complete. Never rejects. */
  readonly ended: Promise<void>;

  /**
   * Resolves when the leader has exited. Unlike at `finished`, a caller is forgotten when its signal aborts.
   *
   * @throws The reason of the signal, when the signal aborts first.
   */
  wait(signal?: AbortSignal): Promise<FinishedStatus>;

  /**
   * Reads the output as chunks, from its first byte on, and follows it until the log ends.
   *
   * Bytes that the spool does not have (a limit has dropped them, the disk was full or is damaged) are never passed over in
   * silence: `onGap` is called with them, and without `onGap` the reading ends with an error. The bytes that the reader did
   * not ask for are no gap.
   *
   * The chunks share their memory with other readers: do not change their bytes.
   *
   * @throws {OffsetError} When the log ends before `fromOffset`.
   * @throws {IncompleteLogError} When bytes are missing, or may be missing at the end, and no callback takes that.
   * @throws {SpoolError} When the spool cannot be read.
   * @throws The reason of the signal, when the signal aborts.
   *
   * @example The last lines, and what follows
   * ```ts no-assert
   * import { spawn, Spool } from "@paas/worker";
   *
   * const directory = await Deno.makeTempDir();
   * using spool = await Spool.open(directory);
   * const child = await spawn({ args: ["seq", "1000"], spool });
   * await child.ended;
   * for await (const { data } of child.logs({ tailLines: 10 })) await Deno.stdout.write(data);
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  logs(options?: ChunkOptions): AsyncGenerator<LogChunk, void, void>;

  /**
   * Reads the output as it lies in the spool: slices of whole records, in protobuf wire form. A program that sends the
   * output on need not decode them; `@paas/worker/records` has the functions for one that looks inside.
   *
   * @throws {OffsetError} When the log ends before `fromOffset`.
   */
  records(options?: LogReaderOptions): Promise<LogReader>;

  /**
   * Stops the process: SIGTERM to its group, and SIGKILL after the grace period, one deadline from that SIGTERM on.
   * Resolves with the final status when the leader has exited and the group is gone or was killed; at once when the
   * process has finished already.
   *
   * @throws {StopInProgressError} While another stop has not resolved.
   * @throws {SignalError} When the process may not be signalled.
   *
   * @example
   * ```ts
   * import { spawn, Spool } from "@paas/worker";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * using spool = await Spool.open(directory);
   * const child = await spawn({ args: ["sleep", "60"], spool });
   * const { exit, endReason } = await child.stop({ grace: 5_000 });
   * assertEquals([exit.signal, endReason], [15, "stopped"]);
   * await child.ended;
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  stop(options?: StopOptions): Promise<FinishedStatus>;

  /**
   * Sends a signal to the group, or to its leader alone.
   *
   * @param signal The number of the signal, 1 to 64 (signal(7)).
   * @throws {FinishedError} When the process has finished.
   * @throws {SignalError} When the process may not be signalled.
   */
  signal(signal: number, to?: "group" | "leader"): void;

  /**
   * Kills the whole group now.
   *
   * @throws {SignalError} When the process may not be signalled.
   */
  kill(): void;
}
