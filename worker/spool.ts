/**
 * The facts that a spool keeps about its processes: for programs that find the processes of earlier programs, search them,
 * count them by owner, and remove them.
 *
 * @module
 */
export { Spool } from "./spool/spool.ts";
export type { SpoolOptions } from "./spool/spool.ts";
export type { History, HistoryEntry } from "./spool/history.ts";
export type { RecoveredLog, RecoverLog, RecoveryEvent, RecoveryOptions } from "./spool/recovery.ts";
export { RestoredProcess } from "./spool/restored_process.ts";
export type { Records } from "./spool/records.ts";
export type { Removable, Usage, Usages } from "./spool/usage.ts";
export { descriptionBytes } from "./spool/process_record.ts";
export type { About, Beginning, Candidate, ProcessRecord, Search, StoredGrant } from "./spool/process_record.ts";
export { MIN_LIMIT_BYTES } from "./log/retention.ts";
export type { SpoolLimits } from "./log/retention.ts";
export type { ProcessHistory } from "./process/spawned_process.ts";
export type { LogSummary } from "./log/log.ts";
export type { Mark } from "./log_format/mark.ts";
