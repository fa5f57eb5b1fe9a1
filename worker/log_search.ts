/**
 * Finding a place in a log: the index tells where to begin, and little is read from there.
 *
 * @module
 */
import type { Log } from "./log.ts";
import { linesAt, type Mark } from "./log_index.ts";
import { decodeLogRecords, type LogChunk, wholeRecords } from "./log_record.ts";

const NEWLINE = 0x0a;

/** So much is read at a time: a mark's distance, and the largest record. */
const READ_BYTES = 192 * 1024;

/** How many newlines there are. */
export function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** The record that holds the payload byte at an offset, as the mark before it; at the end of the log, that end. */
export async function findOffset(log: Log, offset: number): Promise<Mark> {
  const from = log.index.last((mark) => mark.offset <= offset);
  return await findRecord(log, from, ({ offset: begin, data }) => begin + data.length > offset);
}

/** The first record that was read at a time or later, as the mark before it; at the end of the log, that end. */
export async function findTime(log: Log, time: number): Promise<Mark> {
  const from = log.index.last((mark) => mark.time < time);
  return await findRecord(log, from, (chunk) => chunk.time >= time);
}

/** The offset at which the last lines before an end begin, so many of them. */
export async function findTail(log: Log, end: Mark, lines: number): Promise<number> {
  if (lines === 0) return end.offset;
  const skipped = linesAt(end) - lines;
  if (skipped <= 0) return 0;
  const from = log.index.last((mark) => mark.newlines < skipped);
  let offset = end.offset;
  await findRecord(log, from, ({ data, offset: begin }, before) => {
    let missing = skipped - before.newlines;
    for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, at + 1)) {
      if (--missing > 0) continue;
      offset = begin + at + 1;
      return true;
    }
    return false;
  });
  return offset;
}

/** Reads on from a mark up to the first record that a condition holds for, and gives the mark before it. */
async function findRecord(
  log: Log,
  from: Mark,
  holds: (chunk: LogChunk, before: Mark) => boolean,
): Promise<Mark> {
  const end = log.written;
  let mark = from;
  while (mark.position < end.position) {
    const bytes = await log.readAt(mark.position, Math.min(READ_BYTES, end.position - mark.position));
    for (const { chunk, recordBytes } of decodeLogRecords(wholeRecords(bytes).records)) {
      if (holds(chunk, mark)) return mark;
      mark = {
        position: mark.position + recordBytes,
        offset: chunk.offset + chunk.data.length,
        newlines: mark.newlines + countNewlines(chunk.data),
        unfinished: mark.unfinished, // not known between marks, and asked for at the end only
        time: chunk.time,
      };
    }
  }
  return end;
}
