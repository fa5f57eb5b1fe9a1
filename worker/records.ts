/**
 * Logs as they lie in the spool, for programs that send them on.
 *
 * A slice of a log is a run of whole records. A record is the protobuf wire form of one chunk or one gap, so a slice can be
 * sent without being decoded.
 *
 * ```ts
 * import { spawn, Spool } from "@paas/worker";
 * import { decodeLogRecords } from "@paas/worker/records";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * using spool = await Spool.open(directory);
 * const child = await spawn({ args: ["echo", "hello"], spool });
 * const reader = await child.records();
 * let bytes = 0;
 * for await (const slice of reader) {
 *   for (const { chunk } of decodeLogRecords(slice)) bytes += chunk?.data.length ?? 0;
 * }
 * assertEquals([bytes, reader.offset, reader.lines], [6, 6, 1]);
 * await child.ended;
 * await Deno.remove(directory, { recursive: true });
 * ```
 *
 * @module
 */
export { LogReader } from "./log/reader.ts";
export type { LogReaderOptions } from "./log/reading.ts";
export { decodeLogChunks, decodeLogRecords } from "./log_format/decode.ts";
export { pieces } from "./log_format/slice.ts";
export type { LogChunk, LogGap, LogGapReason, LogRecord, LogStream } from "./log_format/record.ts";
