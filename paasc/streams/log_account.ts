/**
 * Holding the daemon to its promise: each byte of a log comes once, in order, or is declared missing.
 *
 * @module
 */
import { PaasError } from "../errors.ts";
import type { LogMessage } from "./log_message.ts";

/** What has come of a log, whichever connections it came by. */
export class LogAccount {
  /** Whether the daemon has said that this was all. */
  complete = false;

  /** @param position Up to which offset the log has come */
  constructor(public position = 0) {}

  /**
   * Checks a message before it counts.
   *
   * @throws {PaasError} When the message does not follow the last one
   */
  check(message: LogMessage): void {
    positionAfter(message, this.position);
  }

  /**
   * Checks the end of the log.
   *
   * @throws {PaasError} When the daemon has not said that the log is complete
   */
  finish(): void {
    if (this.complete) return;
    throw wrong(
      `the log is cut short after ${this.position} bytes: the daemon ended it without saying that it is complete`,
    );
  }

  /**
   * Checks a message and counts it.
   *
   * @throws {PaasError} When the message does not follow the last one
   */
  take(message: LogMessage): void {
    this.position = positionAfter(message, this.position);
    this.complete = message.end !== undefined;
  }
}

/**
 * Up to which offset a log has come with a message.
 *
 * @throws {PaasError} When the message does not begin at `position`, or does not add up
 */
function positionAfter({ pieces, gap, end }: LogMessage, position: number): number {
  let expected = position;
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

function wrong(why: string): PaasError {
  return new PaasError("incomplete", why);
}
