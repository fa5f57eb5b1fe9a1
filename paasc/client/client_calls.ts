/**
 * The calls of a client: over one connection, which is made anew when it breaks, until the client is closed.
 *
 * @module
 */
import { type CallOptions, type Connection, OutageError } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import type { SharedConnection } from "../connection/shared_connection.ts";
import { ask, type Persistence } from "../connection/reconnect.ts";

/** Makes a call over a connection. */
type Call<Answer> = (connection: Connection, options: CallOptions) => Promise<Answer>;

/** The calls of one client. */
export class Calls {
  readonly #closing = new AbortController();
  readonly #connection: SharedConnection;
  readonly #patience: number | undefined;
  readonly #note: (text: string) => void;

  constructor(connection: SharedConnection, patience: number | undefined, note: (text: string) => void) {
    this.#connection = connection;
    this.#patience = patience;
    this.#note = note;
  }

  /** The means by which work outlives a connection. The signal aborts with the given one, and when the client is closed. */
  persistence(signal?: AbortSignal): Persistence & { readonly signal: AbortSignal } {
    const closing = this.#closing.signal;
    return {
      settings: this.#connection,
      patience: this.#patience,
      note: this.#note,
      signal: signal ? AbortSignal.any([closing, signal]) : closing,
    };
  }

  /**
   * The answer to a call that may be repeated when the connection breaks before the answer.
   *
   * @param ifLost A clause that says what is not known when the connection cannot be got back
   */
  async ask<Answer>(call: Call<Answer>, signal?: AbortSignal, ifLost?: string): Promise<Answer> {
    const persistence = this.persistence(signal);
    try {
      return await ask(persistence, (connection) => call(connection, { signal: persistence.signal }), ifLost);
    } catch (error) {
      throw asPaasError(error, persistence.signal);
    }
  }

  /**
   * The answer to a call that must not be repeated, because it does something each time.
   *
   * @param ifLost A clause that says what is not known when the connection breaks before the answer
   */
  once<Answer>(call: Call<Answer>, ifLost: string, signal?: AbortSignal): Promise<Answer> {
    return this.ask(async (connection, options) => {
      try {
        return await call(connection, { ...options, ifLost });
      } catch (error) {
        if (!(error instanceof OutageError)) throw error;
        throw new PaasError("no-connection", error.message, { cause: error });
      }
    }, signal);
  }

  /** Ends all calls with the error `closed`, and closes the connection. */
  close(): void {
    this.#closing.abort(new PaasError("closed", "the client is closed"));
    this.#connection[Symbol.dispose]();
  }
}

/** The error to throw to the user of the library: the reason of the signal, or a `PaasError`. */
export function asPaasError(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof PaasError) return error;
  return new PaasError("internal", error instanceof Error ? error.message : String(error), { cause: error });
}
