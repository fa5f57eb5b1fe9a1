/**
 * Reading a log in the spool that another program has written: where its segments are, and what stands in them.
 *
 * @module
 */
import { SpoolError } from "./errors.ts";
import type { Mark } from "./log_index.ts";
import { decodeLogRecords } from "./log_record.ts";
import { endOf, markBehind } from "./log_search.ts";
import { markOf, Segment } from "./log_segment.ts";

/** So much is read at a time; a record is smaller. */
const READ_BYTES = 1024 * 1024;

/** The segments that a directory has, in their order. */
export async function restoreSegments(directory: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  try {
    for await (const { name } of Deno.readDir(directory)) {
      const start = markOf(name);
      if (start) segments.push(await Segment.restore(directory, start));
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return []; // it was half removed
    throw new SpoolError("Cannot read a log in the spool", { cause });
  }
  return segments.sort((one, other) => one.start.position - other.start.position);
}

/** Whether each segment begins where the one before it ends, and the last one ends where it must. */
export function areWhole(segments: readonly Segment[], end: number): boolean {
  return segments.every((segment, index) => segment.end === (segments[index + 1]?.start.position ?? end));
}

/**
 * Reads a segment up to its end, or to the first byte that is no whole record which continues what stands before it.
 *
 * @param passed Is told of each place between two records.
 * @returns the place where the reading has ended.
 * @throws {SpoolError} when it cannot be read.
 */
export async function readThrough(segment: Segment, passed: (mark: Mark) => void, signal?: AbortSignal): Promise<Mark> {
  let mark = segment.start;
  await segment.hold();
  try {
    while (mark.position < segment.end) {
      signal?.throwIfAborted();
      const begin = mark;
      const bytes = await segment.read(mark.position, READ_BYTES);
      if (!bytes) break; // it was dropped meanwhile
      try {
        for (const record of decodeLogRecords(bytes)) {
          if ((record.chunk?.offset ?? record.gap!.from) !== mark.offset || endOf(record) <= mark.offset) break;
          passed(mark = markBehind(mark, record));
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error; // a record that is cut off, by the end of what was read or of all
      }
      if (mark === begin) break;
    }
  } finally {
    segment.release();
  }
  return mark;
}
