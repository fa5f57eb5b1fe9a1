/**
 * The time without a connection: when to try again, when to tell the person, and when to give up.
 *
 * @module
 */
import type { OutageError } from "./connection.ts";
import { PaasError } from "../errors.ts";

/** The longest wait between two attempts, in milliseconds. */
const LONGEST_WAIT_MS = 5_000;

/** Default time to get a lost connection back, in milliseconds. */
export const DEFAULT_PATIENCE = 60_000;

/** Time of an outage before the note to the person, in milliseconds. */
const QUIET_MS = 2_000;

/** Counts the attempts between the loss of a connection and its return. One object serves for any number of losses. */
export class Outage implements Disposable {
  readonly #patience: number;
  readonly #note: (text: string) => void;
  readonly #standingIsGood: boolean;
  #attempts = 0;
  /** The number of connections in a row that were lost without progress. */
  #fruitless = 0;
  #connectedAt: number | undefined;
  /** The loss of the last good connection. */
  #loss: { readonly at: number; readonly error: OutageError } | undefined;
  #noted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param patience Maximum time to get a lost connection back, in milliseconds
   * @param note Called with a sentence for a person
   * @param standingIsGood Whether a connection that stands for long counts as good although nothing comes
   */
  constructor(patience: number, note: (text: string) => void, standingIsGood = true) {
    this.#patience = patience;
    this.#note = note;
    this.#standingIsGood = standingIsGood;
  }

  /** Notes progress: the connection is good, so its loss will be the first of a new outage. */
  progress(): void {
    this.#attempts = this.#fruitless = 0;
  }

  /** Notes that a connection stands. */
  connected(): void {
    this.#connectedAt = performance.now();
    clearTimeout(this.#timer);
    if (this.#noted) this.#note("the connection is back");
    this.#noted = false;
  }

  /**
   * Notes a lost connection or a failed attempt, and returns how long to wait before the next attempt, in milliseconds.
   *
   * @throws {PaasError} When the patience is over
   */
  disconnected(error: OutageError): number {
    const now = performance.now();
    if (this.#connectedAt !== undefined) {
      // A quiet connection that stood for long was good as well. A short one belongs to the same outage.
      if (this.#standingIsGood && now - this.#connectedAt > LONGEST_WAIT_MS) this.progress();
      this.#connectedAt = undefined;
      this.#fruitless++;
      this.#timer = setTimeout(() => {
        this.#noted = true;
        this.#note(`${error.message}; trying to get it back`);
      }, QUIET_MS);
    }
    if (!this.#loss || this.#attempts === 0) this.#loss = { at: now, error };
    // Half of the delay is random, so that not all clients come back at the same moment.
    const delay = Math.min(LONGEST_WAIT_MS, 100 * 2 ** this.#attempts++) * (1 - Math.random() / 2);
    if (now + delay - this.#loss.at <= this.#patience) return delay;
    const { message } = this.#loss.error;
    const fruitless = `${message} ${this.#fruitless} times in a row, before anything had come over it: `;
    const reason = error.message !== message
      ? `${message}, and is not back yet: ${error.message}`
      : this.#fruitless > 1
      ? `${fruitless}try again when the line is better`
      : message;
    throw new PaasError("no-connection", reason, { cause: error });
  }

  [Symbol.dispose]() {
    clearTimeout(this.#timer);
  }
}
