/**
 * What outlives a connection: when it breaks, it is made anew, and the work goes on.
 *
 * @module
 */
import { type Daemon, type Destination, OutageError } from "./connect.ts";
import { PaasError } from "../errors.ts";
import { Link } from "./shared_connection.ts";
import { defaultPatience, Outage } from "./outage.ts";

/** How to go about it. */
export interface Persistence {
  /** Where to connect to; or the connection to use, which others use as well. */
  readonly settings: Destination | Link;
  /** How long to try to get a lost connection back, in milliseconds. */
  readonly patience?: number | undefined;
  /** Tells a person how it goes. */
  note(text: string): void;
  /** Ends it at once: the generator returns or throws. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What comes over one connection after the other, until one of them gives all. The first one is tried once only, unless
 * there has been one on the link that is used.
 *
 * @param over Gives what comes over one, the so-maniest (1 for the first); it ends when that is all. It may say that the
 *   connection is good, though nothing comes
 * @param getsOn Whether an item takes it further, where not every one does. Then a connection is not good only because it
 *   stands: too slow a line stands as well
 * @throws {PaasError} When there is no connection, it cannot be got back, connections break again and again before it gets
 *   on, or `over` throws anything but `OutageError`
 */
export async function* overConnections<Item>(
  { settings, patience = defaultPatience, note, signal = new AbortController().signal }: Persistence,
  over: (daemon: Daemon, connections: number, good: () => void) => AsyncIterable<Item>,
  getsOn?: (item: Item) => boolean,
): AsyncGenerator<Item, void, void> {
  using own = settings instanceof Link ? undefined : new Link(settings);
  const link = own ?? settings as Link;
  const patient = link.connected;
  using outage = new Outage(patience, note, getsOn === undefined);
  for (let connections = 0; !signal.aborted;) {
    let wait: number;
    let daemon: Daemon | undefined;
    try {
      daemon = await unlessAborted(link.daemon(), signal);
      if (!daemon) return;
      connections++;
      outage.connected();
      for await (const item of over(daemon, connections, () => outage.progress())) {
        if (getsOn?.(item) ?? true) outage.progress();
        yield item;
      }
      return;
    } catch (error) {
      if (daemon && error instanceof OutageError) link.drop(daemon);
      if (!(error instanceof OutageError) || connections === 0 && !patient) throw error;
      wait = outage.disconnected(error);
    }
    await pause(wait, signal);
  }
}

/**
 * The answer to a call that may be repeated when the connection breaks before it.
 *
 * @param ifLost What is not known when the connection cannot be got back
 * @throws {PaasError} When there is no connection, it cannot be got back, or the daemon refuses
 * @throws The reason of the signal
 */
export async function ask<Answer>(
  persistence: Persistence,
  call: (daemon: Daemon) => Promise<Answer>,
  ifLost?: string,
): Promise<Answer> {
  const answers = overConnections(persistence, async function* (daemon) {
    yield await call(daemon);
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

/** The connection, or nothing as soon as the signal says so. */
async function unlessAborted(connecting: Promise<Daemon>, signal: AbortSignal): Promise<Daemon | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const abort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([connecting, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Resolves after so many milliseconds, or as soon as the signal says so. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const abort = () => resolve();
  signal.addEventListener("abort", abort, { once: true });
  await promise;
  signal.removeEventListener("abort", abort);
  clearTimeout(timer);
}
