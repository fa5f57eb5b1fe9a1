/**
 * Checks that the daemon accounts for each byte of a log: a byte arrives once and in order, or is declared missing.
 *
 * @module
 */
import { PaasError } from "../errors.ts";
import type { LogMessage } from "@paas/proto/log_wire";

/** Position of a reader in a log, over any number of connections. */
export class LogAccount {
  #position: number;
  #complete = false;

  /** @param position Offset of the first byte to read */
  constructor(position = 0) {
    this.#position = position;
  }

  /** Offset behind the last byte that was taken. */
  get position(): number {
    return this.#position;
  }

  /** Whether the daemon has declared the end of the log. */
  get complete(): boolean {
    return this.#complete;
  }

  /**
   * Takes a message.
   *
   * @param after The result of {@linkcode check} for a message that was checked before
   * @throws {PaasError} `incomplete` when the message does not continue the log
   */
  take(message: LogMessage, after: number = this.check(message)): void {
    this.#position = after;
    this.#complete = message.end !== undefined;
  }

  /**
   * Checks a message without taking it, and returns the position behind it.
   *
   * @throws {PaasError} `incomplete` when the message does not continue the log
   */
  check({ pieces, gap, end }: LogMessage): number {
    let expected = this.#position;
    if (gap) {
      if (gap.from !== expected || gap.to < gap.from) {
        throw wrong(`the next piece from the daemon is a gap from byte ${gap.from} to ${gap.to}`);
      }
      expected = gap.to;
    }
    for (const { offset, data } of pieces) {
      if (offset !== expected) throw wrong(`the next piece from the daemon begins at byte ${offset}`);
      expected += data.length;
    }
    if (end && end.bytes !== expected) throw wrong(`the daemon counts ${end.bytes}, but sent ${expected}`);
    return expected;
  }

  /**
   * Checks the end of the log.
   *
   * @throws {PaasError} `incomplete` when the daemon has not declared the end of the log
   */
  finish(): void {
    if (this.#complete) return;
    throw wrong(
      `the log is cut short after ${this.#position} bytes: the daemon ended it without saying that it is complete`,
    );
  }
}

function wrong(why: string): PaasError {
  return new PaasError("incomplete", why);
}
