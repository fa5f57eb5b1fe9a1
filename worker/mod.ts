/**
 * Starts, watches, logs and stops Unix processes.
 *
 * A process leads a session and a process group of its own. Its output goes line by line into a log on the disk, the
 * spool, which any number of readers may read, from the first byte on and live, while the process runs and afterwards. A
 * stop ends the whole group. The library knows nothing of networks or users. It needs Linux, Deno and util-linux;
 * `@paas/worker/requirements` says which permissions.
 *
 * ```ts
 * import { spawn, Spool } from "@paas/worker";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * using spool = await Spool.open(directory);
 *
 * // Start a process. It runs when this resolves.
 * const child = await spawn({ args: ["sh", "-c", "echo ready; echo oops >&2; sleep 60"], spool, timeout: 30_000 });
 *
 * // Read its output live, as chunks of whole lines, until it says that it is ready.
 * for await (const { stream, data } of child.logs({ stream: "stdout" })) {
 *   assertEquals([stream, new TextDecoder().decode(data)], ["stdout", "ready\n"]);
 *   break;
 * }
 *
 * // Stop it: SIGTERM to its group, and SIGKILL after 5 s.
 * const { exit, endReason } = await child.stop({ grace: 5_000 });
 * assertEquals([exit, endReason], [{ signal: 15 }, "stopped"]);
 *
 * // Wait until its log is complete, and read all of it.
 * await child.ended;
 * const output = { stdout: "", stderr: "" };
 * for await (const { stream, data } of child.logs()) output[stream] += new TextDecoder().decode(data);
 * assertEquals(output, { stdout: "ready\n", stderr: "oops\n" });
 *
 * await Deno.remove(directory, { recursive: true });
 * ```
 *
 * Beside this entry, `@paas/worker/records` reads logs without decoding them, `@paas/worker/confinement` has accounts,
 * limits and the guard, and `@paas/worker/spool` has the facts that a spool keeps about processes of earlier programs.
 *
 * @module
 */
export { spawn } from "./spawn.ts";
export type { SpawnOptions } from "./spawn.ts";
export type { Process, StopOptions } from "./process/process.ts";
export type {
  FinishedStatus,
  ProcessStatus,
  RunningStatus,
  Stop,
  StoppingStatus,
  StopReason,
} from "./process/status.ts";
export type { Exit, TerminalOptions, TerminalSize } from "./child/child.ts";
export type { Command } from "./child/program.ts";
export type { Input, InputWriter } from "./process/input.ts";
export { Spool } from "./spool/spool.ts";
export type { SpoolOptions } from "./spool/spool.ts";
export type { SpoolLimits } from "./log/retention.ts";
export type { Account } from "./child/account.ts";
export type { Limits } from "./child/limits.ts";
export type { LogChunk, LogGap, LogStream } from "./log_format/record.ts";
export type { ChunkOptions } from "./log/reader.ts";
export type { LogReaderOptions } from "./log/reading.ts";
export {
  FinishedError,
  IncompleteLogError,
  InputClosedError,
  InputOffsetError,
  OffsetError,
  SignalError,
  SpawnError,
  SpoolError,
  StopInProgressError,
} from "./errors.ts";
export type { SpawnFailure } from "./errors.ts";
