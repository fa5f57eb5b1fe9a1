/**
 * Copying output from a pipe into the log.
 *
 * @module
 */
import { NEWLINE } from "../log_format/newline.ts";
import { clock } from "../system/clock.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { LiveLog } from "./log.ts";
import type { LogStream } from "../log_format/record.ts";

/** Buffer for a quiet pipe, in bytes. It is small, for each pipe of each process holds one in a pending read. */
const SMALL_READ_BYTES = 4 * 1024;
/** Buffer for a busy pipe, in bytes. */
const LARGE_READ_BYTES = 64 * 1024;

/** Maximum size of a pipe, in bytes (fcntl(2), F_SETPIPE_SZ, for an ordinary user). */
const MAX_PIPE_BYTES = 1024 * 1024;

/** Default for how long the start of a line waits for its newline, in milliseconds. */
const PARTIAL_LINE_MS = 100;

/** How long a read may take after the deadline, in milliseconds: the bytes are in the pipe already. */
const LAST_READ_MS = 100;

/**
 * The start of a line that one pipe of a process holds back. It is logged before any output of the other pipe, so the log
 * has the order in which both were read.
 */
export class OpenLine {
  #holder: (() => void) | undefined;

  /** Lets a pipe hold back the start of a line, or go on with it. The start that the other pipe holds back is logged first. */
  take(flush: () => void): void {
    if (this.#holder !== flush) this.#holder?.();
    this.#holder = flush;
  }
}

/**
 * Copies a pipe into the log, as chunks of whole lines, until its last writer has closed it or `deadline` aborts. The start
 * of a line is logged without its newline at the end, or when the newline does not come in time, as with a prompt. The pipe
 * is read only as fast as the log is written.
 *
 * The bytes that the pipe holds at the deadline are not lost: they are read even if the log is slow.
 *
 * @param printed Called after each read.
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
  /** The time when the first byte was read that is held back. */
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
      // A pipe that fills the small buffer gets the large one, and keeps it as long as it has that much to read.
      const size = value.length < SMALL_READ_BYTES ? SMALL_READ_BYTES : LARGE_READ_BYTES;
      buffer = value.buffer.byteLength === size ? new Uint8Array(value.buffer) : new Uint8Array(size);
      await log.writable();
      printed();
    }
  } catch {
    // A broken pipe has ended; its output so far is kept.
  } finally {
    clearTimeout(waiting);
    deadline.removeEventListener("abort", stopIfQuiet);
    for (const chunk of splitter.flush()) log.append(stream, chunk, false, heldSince);
    stopReading();
  }
}
