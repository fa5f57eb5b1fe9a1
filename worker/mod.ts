/**
 * The worker: starts, watches, logs and stops Unix processes. It knows nothing of gRPC, TLS or users.
 *
 * @module
 */
export { spawn } from "./process.ts";
export type { KnownProcess, Process, SpawnOptions, StopOptions } from "./process.ts";
export { RestoredProcess } from "./restored_process.ts";
export type { Input, InputWriter } from "./input.ts";
export type { Command } from "./command.ts";
export { LIMIT_NAMES, SETPRIV_PATH, verifyAccount } from "./confinement.ts";
export type { Account, LimitName, Limits } from "./confinement.ts";
export { Guard, GUARD_PATH } from "./guard.ts";
export type { GuardOptions } from "./guard.ts";
export { KILL_PATHS } from "./kill.ts";
export { inheritedLimits, PRLIMIT_PATH, SETSID_PATH } from "./launch.ts";
export type { Terminal, TerminalOptions, TerminalSize } from "./terminal.ts";
export { keepDescriptors, LIBC_PATHS } from "./libc.ts";
export { Spool } from "./spool.ts";
export type { SpoolOptions } from "./spool.ts";
export type { History, HistoryEntry, RecoverLog, RecoveryEvent, RecoveryOptions } from "./history.ts";
export { descriptionBytes } from "./records.ts";
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
} from "./records.ts";
export { Clock, clock } from "./clock.ts";
export { WeakValues } from "./weak_values.ts";
export type { Log, LogSummary } from "./log.ts";
export type { LogDamage } from "./log_damage.ts";
export type { LogIndex, Mark } from "./log_index.ts";
export { LogReader } from "./log_reader.ts";
export type { LogReaderOptions } from "./log_reader.ts";
export { decodeLogChunks, decodeLogRecords } from "./log_record.ts";
export type { LogChunk, LogGap, LogGapReason, LogRecord, LogSlice, LogStream } from "./log_record.ts";
export type { Segment } from "./log_segment.ts";
export { pieces } from "./log_slice.ts";
export { MIN_LIMIT_BYTES } from "./retention.ts";
export type { Retention, SpoolLimits, StoredLogs } from "./retention.ts";
export type { Database, Row } from "./database.ts";
export type { Trace } from "./left_over.ts";
export { BASE_VARIABLES, baseEnvironment, SYSTEM_PATH } from "./environment.ts";
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
  Exit,
  FinishedStatus,
  ProcessStatus,
  RunningStatus,
  Started,
  Stop,
  StoppingStatus,
  StopReason,
} from "./status.ts";
