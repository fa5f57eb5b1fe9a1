/**
 * The end of a command that waits: by Ctrl-C, or because its time is over.
 *
 * @module
 */
import type { PatternOptions } from "../../client/options.ts";
import { ExitError } from "../../exit.ts";

/** Maximum time to print the received output after the end, in milliseconds. */
const FAREWELL_MS = 1_000;

/** Ends the work of a command after SIGINT or after a time. Until it is disposed, SIGINT does not end the program. */
export class Ending implements Disposable {
  readonly #controller = new AbortController();
  readonly #stuck = Promise.withResolvers<void>();
  readonly #timeout: number | undefined;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  #reason: "interrupted" | "timed-out" | undefined;
  readonly #interrupt = () => this.#end("interrupted");

  /** @param timeout Time until the end, in milliseconds; none if it is undefined */
  constructor(timeout: number | undefined) {
    this.#timeout = timeout;
    Deno.addSignalListener("SIGINT", this.#interrupt);
    if (timeout !== undefined) {
      this.#timers.push(setTimeout(() => this.#end("timed-out"), Math.min(timeout, 2 ** 31 - 1)));
    }
  }

  /** Aborts at the end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  #end(reason: "interrupted" | "timed-out"): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#controller.abort();
    this.#timers.push(setTimeout(this.#stuck.resolve, FAREWELL_MS));
  }

  /**
   * Does work that stops at the signal. It then prints what it has received, and fails because its calls were cancelled,
   * which is no error. It does not fail while stdout is stuck: after a time the work is left alone.
   */
  async unlessStuck(work: () => Promise<void>): Promise<void> {
    try {
      await Promise.race([work(), this.#stuck.promise]);
    } catch (error) {
      if (!this.#reason) throw error;
    }
  }

  /** The error for work that has not come to its end. */
  error(what: string): ExitError {
    if (this.#reason !== "timed-out") return new ExitError("interrupted", "");
    return new ExitError("timed-out", `${what} after ${this.#timeout! / 1000} s, as --timeout says`);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    Deno.removeSignalListener("SIGINT", this.#interrupt);
  }
}

/** The error for output that has ended without a line that was waited for. */
export function noLine({ pattern }: PatternOptions, output = "the output"): ExitError {
  return new ExitError("no-line", `${output} ended without a line that matches '${pattern}'`);
}
