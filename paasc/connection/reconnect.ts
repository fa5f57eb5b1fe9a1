/**
 * Work that outlives a connection: when the connection breaks, it is made anew, and the work goes on.
 *
 * @module
 */
import type { Destination } from "./connect.ts";
import { type Connection, OutageError } from "./connection.ts";
import { PaasError } from "../errors.ts";
import { DEFAULT_PATIENCE, Outage } from "./outage.ts";
import { SharedConnection } from "./shared_connection.ts";
import { pause, withResolvers } from "../words/platform.ts";

/** The means by which work outlives a connection. */
export interface Persistence {
  /** The daemon to connect to, or a connection that others use as well. */
  readonly settings: Destination | SharedConnection;
  /** Maximum time to get a lost connection back, in milliseconds. */
  readonly patience?: number | undefined;
  /** Called with a sentence for a person when a connection has been lost for a while, and when it is back. */
  note(text: string): void;
  /** Ends the work at once: the generator returns or throws. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields the items from one connection after the other, until one of them has given all. A first attempt to connect that
 * fails is not repeated, unless the shared connection has stood before.
 *
 * @param over Yields the items from one connection, and returns when these are all. Its second argument counts
 *   connections from 1. Its third argument, when called, marks the connection as good although no item comes
 * @param getsOn Whether an item is progress, where not every item is. A connection then does not count as good merely
 *   because it stands: a line that is too slow stands as well
 * @throws {PaasError} When the connection cannot be made or got back, when connections break again and again before any
 *   progress, or when `over` throws anything but an `OutageError`
 */
export async function* overConnections<Item>(
  { settings, patience = DEFAULT_PATIENCE, note, signal = new AbortController().signal }: Persistence,
  over: (connection: Connection, connections: number, good: () => void) => AsyncIterable<Item>,
  getsOn?: (item: Item) => boolean,
): AsyncGenerator<Item, void, void> {
  using own = settings instanceof SharedConnection ? undefined : new SharedConnection(settings);
  const shared = own ?? settings as SharedConnection;
  const patient = shared.connected;
  using outage = new Outage(patience, note, getsOn === undefined);
  for (let connections = 0; !signal.aborted;) {
    let wait: number;
    let connection: Connection | undefined;
    try {
      connection = await unlessAborted(shared.get(), signal);
      if (!connection) return;
      connections++;
      outage.connected();
      for await (const item of over(connection, connections, () => outage.progress())) {
        if (getsOn?.(item) ?? true) outage.progress();
        yield item;
      }
      return;
    } catch (error) {
      if (connection && error instanceof OutageError) shared.drop(connection);
      if (!(error instanceof OutageError) || connections === 0 && !patient) throw error;
      wait = outage.disconnected(error);
    }
    await pause(wait, signal);
  }
}

/**
 * The answer to a call that may be repeated when the connection breaks before the answer.
 *
 * @param ifLost A clause that says what is not known when the connection cannot be got back
 * @throws {PaasError} When the connection cannot be made or got back, or the daemon refuses
 * @throws The reason of the signal
 */
export async function ask<Answer>(
  persistence: Persistence,
  call: (connection: Connection) => Promise<Answer>,
  ifLost?: string,
): Promise<Answer> {
  const answers = overConnections(persistence, async function* (connection) {
    yield await call(connection);
  });
  try {
    for await (const answer of answers) return answer;
  } catch (error) {
    if (!ifLost || !(error instanceof PaasError && error.cause instanceof OutageError)) throw error;
    throw new PaasError(error.code, `${error.message}; ${ifLost}`, { cause: error });
  }
  persistence.signal?.throwIfAborted();
  throw new Error("a call ended without an answer");
}

/** The connection, or undefined as soon as the signal is aborted. */
async function unlessAborted(connecting: Promise<Connection>, signal: AbortSignal): Promise<Connection | undefined> {
  const aborted = withResolvers<undefined>();
  const abort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([connecting, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
