/**
 * Reading a log in the spool that another program has written: where its segments are, and what stands in them.
 *
 * @module
 */
import { SpoolError } from "../errors.ts";
import { type Mark, START } from "../log_format/mark.ts";
import { decodeLogRecords, wholeRecords } from "../log_format/decode.ts";
import { markBehind } from "../log_format/mark.ts";
import { markOf, Segment } from "./segment.ts";

/** So much is read at a time; a record is smaller. */
const READ_BYTES = 1024 * 1024;

/**
 * The segments that a directory has, in their order, and the place where the log begins: what is before it was dropped.
 *
 * @throws {SpoolError} when it cannot be read.
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
 * @param end Behind this place nothing of it counts.
 * @param passed Is told of each place between two records.
 * @returns the place where the reading has ended.
 * @throws {SpoolError} when it cannot be read for a reason that may pass.
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
      if (!whole) return await slice(last) ? mark : last; // what follows on a record may say that it is damaged
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
