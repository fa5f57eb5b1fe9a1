/**
 * The time without a connection: when to try again, what to tell, and when to give up.
 *
 * @module
 */
import type { OutageError } from "./connect.ts";
import { PaasError } from "../errors.ts";

/** How long the longest wait between two attempts is, in milliseconds. */
const longest = 5_000;

/** How long to try by default, in milliseconds. */
export const defaultPatience = 60_000;

/** After how many milliseconds a person is told. */
const quiet = 2_000;

/** One connection after the other was lost before anything had got on. */
export class NoProgressError extends PaasError {
  constructor(loss: OutageError, losses: number) {
    super(
      "no-connection",
      `${loss.message} ${losses} times in a row, before anything had come over it: try again when the line is better`,
      { cause: loss },
    );
  }
}

/** What happens between the loss of a connection and its return; it serves for any number of losses. */
export class Outage implements Disposable {
  #attempts = 0;
  /** How many connections in a row were good for nothing. */
  #fruitless = 0;
  #connectedAt: number | undefined;
  /** When the last good connection was lost, and how. */
  #loss: { readonly at: number; readonly error: OutageError } | undefined;
  #told = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param patience How long to try, in milliseconds
   * @param note Tells a person
   * @param standing Whether a connection that stands is good, though nothing comes
   */
  constructor(
    private readonly patience: number,
    private readonly note: (text: string) => void,
    private readonly standing = true,
  ) {}

  /** Something came, or all has come: the connection is good, and the next loss has nothing to do with the last. */
  progress(): void {
    this.#attempts = this.#fruitless = 0;
  }

  /** There is a connection (again). */
  connected(): void {
    this.#connectedAt = performance.now();
    clearTimeout(this.#timer);
    if (this.#told) this.note("the connection is back");
    this.#told = false;
  }

  /**
   * There is none (any more): gives how many milliseconds to wait before the next attempt.
   *
   * @throws {PaasError} When it is time to give up
   */
  disconnected(error: OutageError): number {
    const now = performance.now();
    if (this.#connectedAt !== undefined) {
      // A quiet connection that stood for long was good as well. One that was not is part of the same outage.
      if (this.standing && now - this.#connectedAt > longest) this.progress();
      this.#connectedAt = undefined;
      this.#fruitless++;
      this.#timer = setTimeout(() => {
        this.#told = true;
        this.note(`${error.message}; trying to get it back`);
      }, quiet);
    }
    if (!this.#loss || this.#attempts === 0) this.#loss = { at: now, error };
    // Half of it is by chance, so that not all readers come back at the same moment.
    const delay = Math.min(longest, 100 * 2 ** this.#attempts++) * (1 - Math.random() / 2);
    if (now + delay - this.#loss.at <= this.patience) return delay;
    const { message } = this.#loss.error;
    if (error.message === message && this.#fruitless > 1) throw new NoProgressError(error, this.#fruitless);
    const reason = error.message === message ? message : `${message}, and is not back yet: ${error.message}`;
    throw new PaasError("no-connection", reason, { cause: error });
  }

  [Symbol.dispose]() {
    clearTimeout(this.#timer);
  }
}
