/**
 * The way of output from a pipe into the log.
 *
 * @module
 */
import { NEWLINE } from "../log_format/newline.ts";
import { clock } from "../system/clock.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { LiveLog } from "./log.ts";
import type { LogStream } from "../log_format/record.ts";

/** A quiet pipe is read with a small buffer: a pending read holds it, for each pipe of each process. */
const SMALL_READ_BYTES = 4 * 1024;
const LARGE_READ_BYTES = 64 * 1024;

/** The most that a pipe can hold (fcntl(2), F_SETPIPE_SZ, for an ordinary user). */
const MAX_PIPE_BYTES = 1024 * 1024;

/** How long the start of a line waits for its newline until it is logged without, in milliseconds, unless told. */
const PARTIAL_LINE_MS = 100;

/** How long a read of what is in a pipe already may take, in milliseconds. */
const LAST_READ_MS = 100;

/**
 * The start of a line that one of the pipes of a process holds back. It is logged before anything that the other one
 * brings: so the log has the order in which both were read.
 */
export class OpenLine {
  #holder: (() => void) | undefined;

  /** Lets somebody hold back the start of a line, or go on with it; what another one holds back is logged first. */
  take(flush: () => void): void {
    if (this.#holder !== flush) this.#holder?.();
    this.#holder = flush;
  }
}

/**
 * Copies a pipe into the log, as chunks of whole lines, until its last writer has closed it or `deadline` aborts; then
 * the start of a line that is left is logged too. So it is when its newline does not come, as with a prompt. The pipe is
 * read only as fast as the log is written.
 *
 * The deadline never loses what the pipe held when it passed: if the log was the one to wait for, this much is still
 * read.
 *
 * @param printed Is told each time that something was read.
 * @param open Shared by the pipes of a process.
 * @param partialLine How long the start of a line may wait, in milliseconds; zero logs it at once.
 */
export async function pump(
  pipe: ReadableStream<Uint8Array<ArrayBuffer>>,
  stream: LogStream,
  log: LiveLog,
  deadline: AbortSignal,
  printed: () => void,
  open: OpenLine,
  partialLine: number = PARTIAL_LINE_MS,
): Promise<void> {
  const splitter = new LineSplitter();
  const reader = pipe.getReader({ mode: "byob" });
  let reading = false;
  let lateBytes = 0;
  const stopReading = () => void reader.cancel().catch(() => {});
  const stopIfQuiet = () => reading && stopReading();
  /** When the first byte was read that is held back. */
  let heldSince = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(waiting);
    waiting = undefined;
    for (const chunk of splitter.flush()) log.append(stream, chunk, true, heldSince);
  };
  deadline.addEventListener("abort", stopIfQuiet);
  try {
    let buffer = new Uint8Array(SMALL_READ_BYTES);
    while (lateBytes < MAX_PIPE_BYTES) {
      reading = true;
      const limit = deadline.aborted ? setTimeout(stopReading, LAST_READ_MS) : undefined;
      const { value, done } = await reader.read(buffer);
      clearTimeout(limit);
      reading = false;
      if (done) break;
      open.take(flush);
      const now = clock.now();
      let read = splitter.holds ? heldSince : now;
      for (const chunk of splitter.push(value)) {
        log.append(stream, chunk, chunk.at(-1) !== NEWLINE, read);
        read = now;
        clearTimeout(waiting);
        waiting = undefined;
      }
      heldSince = read;
      if (partialLine === 0) flush();
      else if (splitter.holds) waiting ??= setTimeout(flush, partialLine);
      if (deadline.aborted) lateBytes += value.length;
      // A pipe that is full gets the large buffer, and keeps it while it has that much to give.
      const size = value.length < SMALL_READ_BYTES ? SMALL_READ_BYTES : LARGE_READ_BYTES;
      buffer = value.buffer.byteLength === size ? new Uint8Array(value.buffer) : new Uint8Array(size);
      await log.writable();
      printed();
    }
  } catch {
    // A pipe that breaks has ended; what came through it is kept.
  } finally {
    clearTimeout(waiting);
    deadline.removeEventListener("abort", stopIfQuiet);
    for (const chunk of splitter.flush()) log.append(stream, chunk, false, heldSince);
    stopReading();
  }
}
