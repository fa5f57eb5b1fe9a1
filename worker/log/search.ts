/**
 * Finding a place in a log: the index tells where to begin, and little is read from there.
 *
 * @module
 */
import type { Log } from "./log.ts";
import { linesAt, type Mark, withLine } from "../log_format/index.ts";
import { decodeLogRecords, type LogRecord } from "../log_format/record.ts";

const NEWLINE = 0x0a;

/** So much is read at a time: a mark's distance, and the largest record. */
const READ_BYTES = 192 * 1024;

/** How many newlines there are. */
export function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/**
 * The record that holds the payload byte at an offset, as the mark before it; at the end of the log, that end. Where the
 * byte was dropped it is the first record that is there.
 */
export async function findOffset(log: Log, offset: number): Promise<Mark> {
  const from = log.index.last((mark) => mark.offset <= offset);
  return await findRecord(log, from, (record) => endOf(record) > offset);
}

/**
 * The first record that was read at a time or later, as the mark before it; at the end of the log, that end.
 *
 * @param doubtful Whether missing bytes right before it, some of which may be as late, count as well.
 */
export async function findTime(log: Log, time: number, doubtful = false): Promise<Mark> {
  const from = log.index.last((mark) => mark.time < time);
  let missing: Mark | undefined;
  const found = await findRecord(log, from, ({ chunk }, before, after) => {
    if (chunk && chunk.time >= time) return true;
    if (chunk) missing = undefined;
    else if (!after || after.time >= time) missing ??= before;
    return false;
  });
  const allEarlier = found.position === log.written.position && found.time < time;
  return doubtful && missing && !allEarlier ? missing : found;
}

/** The offset at which the last lines before an end begin, so many of them; 0 if that was dropped. */
export async function findTail(log: Log, end: Mark, lines: number): Promise<number> {
  if (lines === 0) return end.offset;
  const skipped = linesAt(end) - lines;
  const { first } = log;
  if (skipped <= 0 || skipped < first.newlines) return 0;
  if (skipped === first.newlines) return first.unfinished ? 0 : first.offset;
  const from = log.index.last((mark) => mark.newlines < skipped);
  let offset = end.offset;
  await findRecord(log, from, ({ chunk, gap }, before) => {
    let missing = skipped - before.newlines;
    if (gap && missing <= (gap.lines ?? 0)) {
      offset = gap.from; // somewhere in it
      return true;
    }
    for (let at = newlineIn(chunk, 0); at >= 0; at = newlineIn(chunk, at + 1)) {
      if (--missing > 0) continue;
      offset = chunk!.offset + at + 1;
      return true;
    }
    return false;
  });
  return offset;
}

function newlineIn(chunk: LogRecord["chunk"], at: number): number {
  return chunk ? chunk.data.indexOf(NEWLINE, at) : -1;
}

/** The offset behind a record. */
export function endOf({ chunk, gap }: LogRecord): number {
  return chunk ? chunk.offset + chunk.data.length : gap!.to;
}

/**
 * Reads on from a mark up to the first record that a condition holds for, and gives the mark before it. What is damaged
 * counts as a record: a gap.
 */
async function findRecord(
  log: Log,
  from: Mark,
  holds: (record: LogRecord, before: Mark, behindDamage?: Mark) => boolean,
): Promise<Mark> {
  const end = log.written;
  let mark = from;
  while (mark.position < end.position) {
    const damage = log.damageAt(mark.position);
    if (damage) {
      if (holds({ gap: damage.gap, recordBytes: damage.to.position - mark.position }, mark, damage.to)) return mark;
      mark = damage.to;
      continue;
    }
    const slice = await log.readAt(mark, Math.min(READ_BYTES, end.position - mark.position));
    if (!slice) { // dropped meanwhile, or found to be damaged
      if (mark.position < log.first.position) mark = log.first;
      continue;
    }
    for (const record of decodeLogRecords(slice.records)) {
      if (holds(record, mark)) return mark;
      mark = markBehind(mark, record);
    }
  }
  return end;
}

/** The place behind a record, from the one before it. */
export function markBehind(mark: Mark, record: LogRecord): Mark {
  const { chunk, gap, recordBytes } = record;
  const position = mark.position + recordBytes;
  const offset = endOf(record);
  if (!chunk) return { ...mark, position, offset, newlines: mark.newlines + (gap!.lines ?? 0) };
  const { stream, data, partial, time } = chunk;
  return {
    position,
    offset,
    newlines: mark.newlines + countNewlines(data),
    unfinished: withLine(mark.unfinished, stream, !partial && data.at(-1) === NEWLINE),
    time,
  };
}
