/**
 * The time without a connection: when to try again, what to tell, and when to give up.
 *
 * @module
 */
import type { OutageError } from "./connect.ts";
import { PaascError } from "./errors.ts";

/** How long the longest wait between two attempts is, in milliseconds. */
const longest = 5_000;

/** After how many milliseconds a person is told. */
const quiet = 2_000;

/** What happens between the loss of a connection and its return; it serves for any number of losses. */
export class Outage implements Disposable {
  #attempts = 0;
  #connectedAt = 0;
  /** When the connection was lost, and how. Undefined while there is one. */
  #loss: { readonly at: number; readonly error: OutageError } | undefined;
  #told = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param patience How long to try, in milliseconds
   * @param note Tells a person
   */
  constructor(private readonly patience: number, private readonly note: (text: string) => void) {}

  /** Something came: the connection is good, and the next loss has nothing to do with the last. */
  progress(): void {
    this.#attempts = 0;
  }

  /** There is a connection (again). */
  connected(): void {
    this.#connectedAt = performance.now();
    this.#loss = undefined;
    clearTimeout(this.#timer);
    if (this.#told) this.note("the connection is back");
    this.#told = false;
  }

  /**
   * There is none (any more): gives how many milliseconds to wait before the next attempt.
   *
   * @throws {PaascError} When it is time to give up
   */
  disconnected(error: OutageError): number {
    const now = performance.now();
    if (!this.#loss) {
      // A quiet connection that stood for long was good as well.
      if (now - this.#connectedAt > longest) this.#attempts = 0;
      this.#loss = { at: now, error };
      this.#timer = setTimeout(() => {
        this.#told = true;
        this.note(`${error.message}; trying to get it back`);
      }, quiet);
    }
    // Half of it is by chance, so that not all readers come back at the same moment.
    const delay = Math.min(longest, 100 * 2 ** this.#attempts++) * (1 - Math.random() / 2);
    if (now + delay - this.#loss.at <= this.patience) return delay;
    const { message } = this.#loss.error;
    const reason = error === this.#loss.error ? message : `${message}, and is not back yet: ${error.message}`;
    throw new PaascError("no-connection", reason, { cause: error });
  }

  [Symbol.dispose]() {
    clearTimeout(this.#timer);
  }
}
