/**
 * Finding a place in a log. The search begins at a mark of the index, and reads little from there.
 *
 * @module
 */
import type { Log } from "./log.ts";
import { decodeLogRecords } from "../log_format/decode.ts";
import { endOf, linesAt, type Mark, markBehind } from "../log_format/mark.ts";
import { NEWLINE } from "../log_format/newline.ts";
import type { LogRecord } from "../log_format/record.ts";

/** Bytes per read: the distance between two marks plus one largest record. */
const READ_BYTES = 192 * 1024;

/**
 * Finds the record that holds the payload byte at an offset. Returns the mark before it, or the end of the log. Where the
 * byte was dropped, the first record of the log is found.
 */
export async function findOffset(log: Log, offset: number): Promise<Mark> {
  const from = log.segments.index.last((mark) => mark.offset <= offset);
  return await findRecord(log, from, (record) => endOf(record) > offset);
}

/**
 * Finds the first record that was read at a time or later. Returns the mark before it, or the end of the log.
 *
 * @param doubtful Whether missing bytes right before the record count too, for some of them may be as late.
 */
export async function findTime(log: Log, time: number, doubtful = false): Promise<Mark> {
  const from = log.segments.index.last((mark) => mark.time < time);
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

/** Finds the offset at which a number of last lines begin, counted from an end; 0 if that place was dropped. */
export async function findTail(log: Log, end: Mark, lines: number): Promise<number> {
  if (lines === 0) return end.offset;
  const skipped = linesAt(end) - lines;
  const { first } = log.segments;
  if (skipped <= 0 || skipped < first.newlines) return 0;
  if (skipped === first.newlines) return first.unfinished ? 0 : first.offset;
  const from = log.segments.index.last((mark) => mark.newlines < skipped);
  let offset = end.offset;
  await findRecord(log, from, ({ chunk, gap }, before) => {
    let missing = skipped - before.newlines;
    if (gap && missing <= (gap.lines ?? 0)) {
      offset = gap.from; // the line begins somewhere in the gap
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

/**
 * Reads on from a mark up to the first record for which a condition holds. Returns the mark before it, or the end of the
 * log. Damage counts as a record: a gap.
 */
async function findRecord(
  log: Log,
  from: Mark,
  holds: (record: LogRecord, before: Mark, behindDamage?: Mark) => boolean,
): Promise<Mark> {
  const end = log.written;
  let mark = from;
  while (mark.position < end.position) {
    const damage = log.segments.damageAt(mark.position);
    if (damage) {
      if (holds({ gap: damage.gap, recordBytes: damage.to.position - mark.position }, mark, damage.to)) return mark;
      mark = damage.to;
      continue;
    }
    const slice = await log.segments.readAt(mark, Math.min(READ_BYTES, end.position - mark.position));
    if (!slice) { // dropped meanwhile, or found to be damaged
      if (mark.position < log.segments.first.position) mark = log.segments.first;
      continue;
    }
    for (const record of decodeLogRecords(slice.records)) {
      if (holds(record, mark)) return mark;
      mark = markBehind(mark, record);
    }
  }
  return end;
}
