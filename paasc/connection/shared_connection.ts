/**
 * One connection for all calls of a client, made anew after a loss.
 *
 * @module
 */
import { connect, type Destination } from "./connect.ts";
import type { Connection } from "./connection.ts";

/** A connection that is made at first use, shared by all calls, and made anew when it was lost. */
export class SharedConnection implements Disposable {
  readonly #destination: Destination;
  #standing: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #connected = false;
  #disposed = false;

  constructor(destination: Destination) {
    this.#destination = destination;
  }

  /** Whether a connection has ever stood. */
  get connected(): boolean {
    return this.#connected;
  }

  /**
   * The connection that stands, or else a new one.
   *
   * @throws {PaasError} When the connection cannot be made; the message says why, and what to check
   */
  async get(): Promise<Connection> {
    if (this.#standing?.stands) return this.#standing;
    if (this.#standing) this.drop(this.#standing); // it broke while no call used it
    return await (this.#connecting ??= this.#connect());
  }

  async #connect(): Promise<Connection> {
    try {
      const connection = await connect(this.#destination);
      this.#connected = true;
      if (this.#disposed) connection[Symbol.dispose]();
      return this.#standing = connection;
    } finally {
      this.#connecting = undefined;
    }
  }

  /** Closes a connection that was lost. Another call may have noticed before, and have made a new one: that one stays. */
  drop(connection: Connection): void {
    connection[Symbol.dispose]();
    if (this.#standing === connection) this.#standing = undefined;
  }

  [Symbol.dispose]() {
    this.#disposed = true;
    if (this.#standing) this.drop(this.#standing);
  }
}
