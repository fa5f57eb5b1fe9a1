/**
 * Finding the segments of a log that another program has written, and reading them through.
 *
 * @module
 */
import { SpoolError } from "../errors.ts";
import { decodeLogRecords, wholeRecords } from "../log_format/decode.ts";
import { type Mark, markBehind, START } from "../log_format/mark.ts";
import { markOf, Segment } from "./segment.ts";

/** Bytes per read; a record is smaller. */
const READ_BYTES = 1024 * 1024;

/**
 * Finds the segments in a directory. Returns them in their order, and the place where the log begins: all before it was
 * dropped.
 *
 * @throws {SpoolError} When the directory cannot be read.
 */
export async function restoreSegments(directory: string): Promise<{ segments: Segment[]; first: Mark }> {
  const segments: Segment[] = [];
  let first = START;
  try {
    for await (const { name } of Deno.readDir(directory)) {
      const found = markOf(name);
      if (found?.first) first = found.mark;
      else if (found) segments.push(await Segment.restore(directory, found.mark));
    }
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw new SpoolError("Cannot read a log in the spool", { cause });
  }
  return { segments: segments.sort((one, other) => one.start.position - other.start.position), first };
}

/**
 * Reads a segment up to an end, or to the first byte that is no whole record which continues what stands before it.
 *
 * @param end The place behind which nothing counts.
 * @param passed Called with each place between two records.
 * @returns the place where the reading has ended.
 * @throws {SpoolError} When the segment cannot be read for a reason that may pass.
 */
export async function readThrough(
  segment: Segment,
  end: Pick<Mark, "position" | "offset">,
  passed: (mark: Mark) => void = () => {},
  signal?: AbortSignal,
): Promise<Mark> {
  let mark = segment.start;
  let last = mark;
  const slice = async ({ position, offset }: Mark) => {
    const bytes = await segment.read(position, Math.min(READ_BYTES, end.position - position));
    return bytes && wholeRecords(bytes, offset, end.offset);
  };
  await segment.hold();
  try {
    while (mark.position < end.position) {
      signal?.throwIfAborted();
      const whole = await slice(mark);
      if (!whole) return await slice(last) ? mark : last; // the bytes behind the last record may show that it is damaged
      for (const record of decodeLogRecords(whole.records)) {
        last = mark;
        passed(mark = markBehind(mark, record));
      }
    }
  } finally {
    segment.release();
  }
  return mark;
}
