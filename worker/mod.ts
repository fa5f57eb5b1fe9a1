/**
 * The worker: starts, watches, logs and stops Unix processes. It knows nothing of gRPC, TLS or users.
 *
 * @module
 */
export { spawn } from "./process/spawned_process.ts";
export type { KnownProcess, Process, SpawnOptions, StopOptions } from "./process/spawned_process.ts";
export { RestoredProcess } from "./spool/restored_process.ts";
export type { Input, InputWriter } from "./process/input.ts";
export type { Command } from "./child/program.ts";
export { SETPRIV_PATH, verifyAccount } from "./child/account.ts";
export { LIMIT_NAMES } from "./child/limits.ts";
export type { Account } from "./child/account.ts";
export type { LimitName, Limits } from "./child/limits.ts";
export { Guard, GUARD_PATH } from "./group/guard.ts";
export type { GuardOptions } from "./group/guard.ts";
export { KILL_PATHS } from "./system/kill.ts";
export { SETSID_PATH } from "./child/launch.ts";
export { inheritedLimits, PRLIMIT_PATH } from "./child/limits.ts";
export type { Terminal } from "./child/terminal.ts";
export type { TerminalOptions, TerminalSize } from "./child/child.ts";
export { keepDescriptors } from "./system/libc.ts";
export { LIBC_PATHS } from "./system/library.ts";
export { Spool } from "./spool/spool.ts";
export type { SpoolOptions } from "./spool/spool.ts";
export type { History, HistoryEntry, RecoverLog, RecoveryEvent, RecoveryOptions } from "./spool/history.ts";
export { descriptionBytes } from "./spool/process_store.ts";
export type {
  About,
  Beginning,
  Candidate,
  ProcessRecord,
  Records,
  Removable,
  Search,
  StoredGrant,
  Usage,
} from "./spool/process_store.ts";
export { Clock, clock } from "./system/clock.ts";
export { WeakValues } from "./spool/weak_values.ts";
export type { Log, LogSummary } from "./log/log.ts";
export type { LogDamage } from "./log/damage.ts";
export type { LogIndex } from "./log_format/index.ts";
export type { Mark } from "./log_format/mark.ts";
export { LogReader } from "./log/reader.ts";
export type { LogReaderOptions } from "./log/reader.ts";
export { decodeLogChunks, decodeLogRecords } from "./log_format/decode.ts";
export type { LogChunk, LogGap, LogGapReason, LogRecord, LogSlice, LogStream } from "./log_format/record.ts";
export type { Segment } from "./log/segment.ts";
export { pieces } from "./log_format/slice.ts";
export { MIN_LIMIT_BYTES } from "./log/retention.ts";
export type { Retention, SpoolLimits, StoredLogs } from "./log/retention.ts";
export type { Database, Row } from "./spool/database.ts";
export type { Trace } from "./spool/left_over.ts";
export { BASE_VARIABLES, baseEnvironment, SYSTEM_PATH } from "./child/environment.ts";
export {
  FinishedError,
  InputClosedError,
  InputOffsetError,
  OffsetError,
  SignalError,
  SpawnError,
  SpoolError,
  StopInProgressError,
} from "./errors.ts";
export type { SpawnFailure } from "./errors.ts";
export type {
  FinishedStatus,
  ProcessStatus,
  RunningStatus,
  Started,
  Stop,
  StoppingStatus,
  StopReason,
} from "./process/status.ts";
export type { Exit } from "./child/child.ts";
