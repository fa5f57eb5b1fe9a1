/**
 * The connection that stands, shared by all that goes on at a time.
 *
 * @module
 */
import { connect, type Daemon, type Destination } from "./connect.ts";

/** A connection that is made when it is needed, and made anew when it was lost. */
export class Link implements Disposable {
  #standing: Daemon | undefined;
  #connecting: Promise<Daemon> | undefined;
  #connected = false;
  #disposed = false;

  constructor(readonly destination: Destination) {}

  /** Whether there has been a connection. */
  get connected(): boolean {
    return this.#connected;
  }

  /**
   * The connection that stands, or else a new one.
   *
   * @throws {PaasError} When there is no connection, with the reason and what to check
   */
  async daemon(): Promise<Daemon> {
    if (this.#standing?.stands) return this.#standing;
    // It broke while nobody used it.
    if (this.#standing) this.drop(this.#standing);
    return await (this.#connecting ??= this.#connect());
  }

  async #connect(): Promise<Daemon> {
    try {
      const daemon = await connect(this.destination);
      this.#connected = true;
      if (this.#disposed) daemon[Symbol.dispose]();
      return this.#standing = daemon;
    } finally {
      this.#connecting = undefined;
    }
  }

  /** A connection was lost. Others may have noticed before, and have a new one. */
  drop(daemon: Daemon): void {
    daemon[Symbol.dispose]();
    if (this.#standing === daemon) this.#standing = undefined;
  }

  [Symbol.dispose]() {
    this.#disposed = true;
    if (this.#standing) this.drop(this.#standing);
  }
}
