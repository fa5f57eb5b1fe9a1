/**
 * Selecting lines of a log by a search.
 *
 * A filter takes slices of a log and yields slices with the selected lines. Chunks and gaps still account for every byte.
 * A filter yields `undefined` when it has worked for so long that others should work.
 *
 * @module
 */
import { decodeLogRecords } from "./decode.ts";
import { type Line, type LinePiece, LineScanner, type LineSearch } from "./line_scanner.ts";
import { type LogChunk, type LogGap, partOf } from "./record.ts";
import { RecordBuffer } from "./record_buffer.ts";

/** Maximum size of what a filter holds back, in bytes: pieces of undecided lines with all behind them, and context. */
const MAX_HELD_BYTES = 256 * 1024;

/** Size that a held piece counts beside its data, in bytes. */
const PIECE_BYTES = 128;

/** Minimum size of a gap that is declared though no chunk follows it, in bytes. */
const MIN_GAP_BYTES = 64 * 1024;

/** The lines that a {@linkcode LineFilter} selects. */
export interface LineSelection {
  /** Makes a search for the pattern. */
  readonly makeSearch: () => LineSearch;
  /** Whether the lines that do not match are selected. */
  readonly invert?: boolean | undefined;
  /** Number of lines before each selected line that are selected too. */
  readonly before?: number | undefined;
  /** Number of lines after each selected line that are selected too. */
  readonly after?: number | undefined;
  /** The offset of the first byte to send. Bytes before it are only searched. */
  readonly from?: number | undefined;
}

/** Pieces in the order of their offsets, with their size. */
class Pieces {
  #pieces: LinePiece[] = [];
  bytes = 0;
  /** Number of lines that begin in the pieces. */
  lines = 0;

  get first(): LinePiece | undefined {
    return this.#pieces[0];
  }

  add(piece: LinePiece): void {
    this.#pieces.push(piece);
    this.bytes += piece.end - piece.begin + PIECE_BYTES;
    if (piece.first) this.lines++;
  }

  shift(): LinePiece | undefined {
    const piece = this.#pieces.shift();
    if (!piece) return undefined;
    this.bytes -= piece.end - piece.begin + PIECE_BYTES;
    if (piece.first) this.lines--;
    return piece;
  }

  /** Copies the data of the pieces, so that their slices need not stay in memory. */
  copy(): void {
    this.#pieces = this.#pieces.map((piece) => {
      const { chunk, begin, end } = piece;
      if (end - begin === chunk.data.buffer.byteLength) return piece;
      return { ...piece, chunk: partOf(chunk, begin, end, "copy"), begin: 0, end: end - begin };
    });
  }
}

/**
 * Selects the lines that match, and lines around them.
 *
 * @example
 * ```ts
 * import { LineFilter } from "./line_filter.ts";
 * import { decodeLogRecords } from "./decode.ts";
 * import { RecordBuffer } from "./record_buffer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let matched = false;
 * const empty = { // matches an empty line
 *   begin: () => void (matched = true),
 *   search: (_bytes: Uint8Array, from: number, to: number) => (matched &&= from === to, to),
 *   matched: false,
 *   end: () => matched,
 * };
 * const filter = new LineFilter({ makeSearch: () => empty });
 * const data = new TextEncoder().encode("one\n\ntwo\n");
 * const { bytes } = new RecordBuffer(data.length).add({ offset: 0, stream: "stdout", time: 0, data });
 * const slices = [...filter.push(bytes), ...filter.end(9)];
 * const records = slices.flatMap((slice) => slice ? [...decodeLogRecords(slice)] : []);
 * assertEquals(records.map(({ chunk, gap }) => chunk?.offset ?? [gap?.from, gap?.to]), [[0, 4], 4, [5, 9]]);
 * ```
 */
export class LineFilter {
  readonly #scanner: LineScanner;
  readonly #invert: boolean;
  readonly #before: number;
  readonly #after: number;
  readonly #from: number;
  /** The offset up to which every byte was sent or declared. */
  #offset: number;
  /** The offset up to which every byte was seen. */
  #seen: number;
  /** Pieces from the first line on that is not decided. */
  readonly #held = new Pieces();
  /** The last pieces that were decided and are not sent, which may become context of the next selected line. */
  readonly #context = new Pieces();
  /** Number of lines to select after the last selected line. */
  #afterLeft = 0;
  /** The adjacent selected lines of one chunk. */
  #run: { chunk: LogChunk; begin: number; end: number } | undefined;
  #message: RecordBuffer | undefined;
  #messages: Uint8Array[] = [];

  /** Makes a filter for one reading of a log. */
  constructor({ makeSearch, invert = false, before = 0, after = 0, from = 0 }: LineSelection) {
    this.#scanner = new LineScanner(makeSearch);
    this.#invert = invert;
    this.#before = before;
    this.#after = after;
    this.#from = this.#offset = this.#seen = from;
  }

  /** Takes a slice, and yields slices. */
  *push(records: Uint8Array): Generator<Uint8Array | undefined> {
    for (const { chunk, gap } of decodeLogRecords(records)) {
      if (chunk) {
        for (const piece of this.#scanner.scan(chunk)) {
          if (!piece) yield;
          else this.#take(piece);
          if (this.#messages.length > 0) yield* this.#ready();
        }
        this.#seen = Math.max(this.#seen, chunk.offset + chunk.data.length);
      } else if (gap!.reason !== "not-requested") {
        this.#missing(gap!);
        yield* this.#ready();
      }
    }
    this.#finishMessage();
    const sure = this.#context.first ?? this.#held.first;
    this.#declare(sure ? sure.chunk.offset + sure.begin : this.#seen, MIN_GAP_BYTES);
    this.#context.copy();
    this.#held.copy();
    yield* this.#ready();
  }

  /**
   * Yields the rest at the end of the log.
   *
   * @param end The offset of the end.
   */
  *end(end: number): Generator<Uint8Array> {
    this.#scanner.breakOff();
    this.#settle();
    this.#finishMessage();
    this.#declare(end);
    yield* this.#ready();
  }

  #take(piece: LinePiece): void {
    if (!this.#held.first && piece.line.matched !== undefined) return this.#place(piece);
    this.#held.add(piece);
    if (this.#held.bytes > MAX_HELD_BYTES) this.#scanner.decide();
    this.#settle();
  }

  /** Places the held pieces up to the first one whose line is not decided. */
  #settle(): void {
    while (this.#held.first && this.#held.first.line.matched !== undefined) this.#place(this.#held.shift()!);
  }

  /** Sends a piece of a decided line, or keeps it as context, or passes it over. */
  #place(piece: LinePiece): void {
    const { line } = piece;
    line.kept ??= this.#decide(line);
    if (line.kept === "later") return this.#keep(piece);
    if (!line.kept) return;
    // A selected line goes on behind lines of the other stream: those cannot be sent any more.
    for (let passed; (passed = this.#context.shift());) passed.line.kept = false;
    this.#send(piece);
  }

  #decide({ matched }: Line): Line["kept"] {
    if (matched !== this.#invert) {
      for (let before; (before = this.#context.shift());) {
        if (!before.line.kept) continue; // it was passed over
        before.line.kept = true;
        this.#send(before);
      }
      this.#afterLeft = this.#after;
      return true;
    }
    if (this.#afterLeft > 0) {
      this.#afterLeft--;
      return true;
    }
    return this.#before > 0 && "later";
  }

  /** Keeps a piece as context. Lines that are too much are passed over whole, with what is still to come of them. */
  #keep(piece: LinePiece): void {
    const context = this.#context;
    context.add(piece);
    while (context.lines > this.#before || context.bytes > MAX_HELD_BYTES || context.first?.line.kept === false) {
      context.shift()!.line.kept = false;
    }
  }

  #send({ chunk, begin, end }: LinePiece): void {
    const from = Math.max(begin, this.#from - chunk.offset);
    if (from >= end) return;
    if (this.#run?.chunk === chunk && this.#run.end === from) this.#run.end = end;
    else {
      this.#finishRun();
      this.#run = { chunk, begin: from, end };
    }
  }

  #finishRun(): void {
    if (!this.#run) return;
    const { chunk, begin, end } = this.#run;
    this.#run = undefined;
    const offset = chunk.offset + begin;
    if (offset > this.#offset) {
      this.#finishMessage();
      this.#message = new RecordBuffer(end - begin);
      this.#message.addGap({ from: this.#offset, to: offset, reason: "not-requested" });
    }
    this.#message ??= new RecordBuffer(end - begin);
    this.#message.add(partOf(chunk, begin, end));
    this.#offset = chunk.offset + end;
  }

  #finishMessage(): void {
    this.#finishRun();
    if (this.#message) this.#messages.push(this.#message.bytes);
    this.#message = undefined;
  }

  *#ready(): Generator<Uint8Array> {
    const messages = this.#messages;
    this.#messages = [];
    yield* messages;
  }

  /** Declares bytes up to an offset as not selected, if there are that many. */
  #declare(to: number, least = 1): void {
    if (to - this.#offset < least) return;
    this.#messages.push(new RecordBuffer(0).addGap({ from: this.#offset, to, reason: "not-requested" }).bytes);
    this.#offset = to;
  }

  /** Passes on a gap of missing bytes. No line and no context goes on behind it. */
  #missing(gap: LogGap): void {
    this.#scanner.breakOff();
    this.#settle();
    this.#finishMessage();
    while (this.#context.shift());
    this.#afterLeft = 0;
    this.#seen = Math.max(this.#seen, gap.to);
    this.#declare(gap.from);
    if (gap.to <= this.#offset) return;
    const whole = gap.from === this.#offset;
    const rest: LogGap = whole ? gap : { from: this.#offset, to: gap.to, reason: gap.reason };
    this.#messages.push(new RecordBuffer(0).addGap(rest).bytes);
    this.#offset = gap.to;
  }
}
