/**
 * How a client calls its daemon: over one connection that is made anew when it breaks, until the client is closed.
 *
 * @module
 */
import { type CallOptions, type Daemon, OutageError } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import type { Link } from "../connection/shared_connection.ts";
import { ask, type Persistence } from "../connection/reconnect.ts";

/** Makes a call over a connection. */
type Call<Answer> = (daemon: Daemon, options: CallOptions) => Promise<Answer>;

/** The calls of one client. */
export class Calls {
  readonly #closing = new AbortController();

  constructor(
    private readonly link: Link,
    private readonly patience: number | undefined,
    private readonly note: (text: string) => void,
  ) {}

  /** For what outlives a connection. Its signal is the one given, and says so when the client is closed. */
  persistence(signal?: AbortSignal): Persistence & { readonly signal: AbortSignal } {
    const closing = this.#closing.signal;
    const { link: settings, patience, note } = this;
    return { settings, patience, note, signal: signal ? AbortSignal.any([closing, signal]) : closing };
  }

  /**
   * The answer to a call that may be repeated when the connection breaks before it.
   *
   * @param ifLost What is not known when the connection cannot be got back
   */
  ask<Answer>(call: Call<Answer>, signal?: AbortSignal, ifLost?: string): Promise<Answer> {
    const persistence = this.persistence(signal);
    return ask(persistence, (daemon) => call(daemon, { signal: persistence.signal }), ifLost);
  }

  /**
   * The answer to a call that must not be repeated, for it does something each time.
   *
   * @param ifLost What is not known when the connection breaks before the answer
   */
  once<Answer>(call: Call<Answer>, ifLost: string, signal?: AbortSignal): Promise<Answer> {
    return this.ask(async (daemon, options) => {
      try {
        return await call(daemon, { ...options, ifLost });
      } catch (error) {
        if (!(error instanceof OutageError)) throw error;
        throw new PaasError("no-connection", error.message, { cause: error });
      }
    }, signal);
  }

  /** Ends all that goes on. */
  close(): void {
    this.#closing.abort(new PaasError("closed", "the client is closed"));
    this.link[Symbol.dispose]();
  }
}
