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
   * Counts a message.
   *
   * @throws {PaasError} When it does not follow on the last one
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
export function positionAfter({ pieces, gap, end }: LogMessage, position: number): number {
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
