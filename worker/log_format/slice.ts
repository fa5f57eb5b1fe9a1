/**
 * Cutting slices of a log into smaller pieces, for slow readers.
 *
 * @module
 */
import { NEWLINE } from "./newline.ts";
import type { LogChunk } from "./record.ts";
import { decodeLogRecords } from "./decode.ts";
import { RecordBuffer } from "./record_buffer.ts";

/**
 * Cuts a run of whole records into smaller runs. A larger chunk is cut in two or more, behind a newline if there is one in
 * the second half; a smaller one is passed on as it is.
 *
 * @param records A run of whole records, as a `LogReader` yields them.
 * @param size Returns the maximum size of the next piece, in bytes, not counting the few bytes around the payload of a chunk
 * that was cut.
 */
export function* pieces(records: Uint8Array, size: () => number): Generator<Uint8Array, void, void> {
  if (records.length <= size()) return yield records;
  let [begin, end] = [0, 0];
  for (const { chunk, recordBytes } of decodeLogRecords(records)) {
    const limit = size();
    if (end > begin && end - begin + recordBytes > limit) {
      yield records.subarray(begin, end);
      begin = end;
    }
    end += recordBytes;
    if (!chunk || recordBytes <= limit) continue;
    yield* cut(chunk, size);
    begin = end;
  }
  if (end > begin) yield records.subarray(begin, end);
}

function* cut(chunk: LogChunk, size: () => number): Generator<Uint8Array, void, void> {
  let { data, offset } = chunk;
  for (let limit = size(); data.length > limit; limit = size()) {
    const newline = data.lastIndexOf(NEWLINE, limit - 1) + 1;
    const piece = data.subarray(0, newline > limit / 2 ? newline : limit);
    const partial = piece.at(-1) === NEWLINE ? undefined : true;
    yield new RecordBuffer(piece.length).add({ ...chunk, offset, data: piece, partial }).bytes;
    data = data.subarray(piece.length);
    offset += piece.length;
  }
  yield new RecordBuffer(data.length).add({ ...chunk, offset, data }).bytes;
}
