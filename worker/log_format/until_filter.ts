/**
 * Ending a log at a line.
 *
 * @module
 */
import { decodeLogRecords } from "./decode.ts";
import { LineScanner, type LineSearch } from "./line_scanner.ts";
import { partOf } from "./record.ts";
import { RecordBuffer } from "./record_buffer.ts";

/** Passes a log on up to the end of the first line that matches. */
export class UntilFilter {
  readonly #scanner: LineScanner;
  readonly #from: number;
  /** The offset behind the line that matches; `undefined` until there is one. */
  matchEnd: number | undefined;

  /**
   * Makes a filter for one reading of a log.
   *
   * @param from The offset of the first byte to send. Bytes before it are only searched.
   */
  constructor(makeSearch: () => LineSearch, from = 0) {
    this.#scanner = new LineScanner(makeSearch);
    this.#from = from;
  }

  /** Takes a slice, and yields slices. */
  *push(records: Uint8Array): Generator<Uint8Array | undefined> {
    let begin: number | undefined;
    for (const { chunk, gap } of decodeLogRecords(records)) {
      begin ??= chunk?.offset ?? gap!.from;
      if (!chunk) {
        if (gap!.reason === "not-requested" || !this.#scanner.breakOff() || gap!.from <= this.#from) continue;
        this.matchEnd = gap!.from;
        break;
      }
      for (const piece of this.#scanner.scan(chunk)) {
        if (!piece) yield;
        else if (piece.line.matched && chunk.offset + piece.end > this.#from) {
          this.matchEnd = chunk.offset + piece.end;
          break;
        }
      }
      if (this.matchEnd !== undefined) break;
    }
    if (this.matchEnd === undefined && begin! >= this.#from) yield records;
    else yield* this.#part(records);
  }

  /**
   * Ends the log.
   *
   * @param end The offset of the end.
   */
  end(end: number): void {
    if (this.matchEnd === undefined && this.#scanner.breakOff() && end > this.#from) this.matchEnd = end;
  }

  /** Yields the part of a slice from the first byte to send up to the end of the line that matches. */
  *#part(records: Uint8Array): Generator<Uint8Array> {
    const [from, to] = [this.#from, this.matchEnd ?? Infinity];
    const message = new RecordBuffer(0);
    for (const { chunk, gap } of decodeLogRecords(records)) {
      if (gap) {
        if (gap.to > from && gap.from < to) message.addGap(gap.from >= from ? gap : { ...gap, from, lines: undefined });
        continue;
      }
      const [begin, end] = [Math.max(0, from - chunk!.offset), Math.min(chunk!.data.length, to - chunk!.offset)];
      if (begin < end) message.add(partOf(chunk!, begin, end));
    }
    if (message.length > 0) yield message.bytes;
  }
}
