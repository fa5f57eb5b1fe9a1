/**
 * Starts of processes: each request is carried out once, however often a client repeats it.
 *
 * @module
 */
import { DrainingError, InvalidArgumentError, ShuttingDownError } from "../errors.ts";
import type { Entry } from "./entries.ts";

/** Identifies a request, so that it is safe to repeat. */
export interface RequestKey {
  /** Any text of the client; empty if the request must not be repeated. */
  readonly id: string;
  /** A digest of the whole request. */
  readonly digest: string;
}

/** A request whose process runs, is being started, or has finished. */
interface KnownRequest {
  readonly digest: string;
  readonly started: Promise<Entry>;
  /** Aborts when the client of the request has gone. */
  readonly client: AbortSignal;
}

/** The signal of a client that never goes. */
export const STAYS = new AbortController().signal;

/** The starts in progress, and the requests of live processes. */
export class Starts {
  readonly #requests = new Map<string, KnownRequest>();
  /** The starts in progress, and the controller that ends each. */
  readonly #running = new Map<Promise<unknown>, AbortController>();
  readonly #finished: (owner: string, requestId: string) => { digest: string; entry: Entry } | undefined;
  #closed = false;
  #draining = false;

  /** @param finished Finds a finished process by the request that started it. */
  constructor(finished: (owner: string, requestId: string) => { digest: string; entry: Entry } | undefined) {
    this.#finished = finished;
  }

  /**
   * Starts a process, or returns the one that the same request has started.
   *
   * @param client Ends the start when it aborts.
   * @param begin Starts the process.
   * @throws {InvalidArgumentError} When another request of the owner has the same id.
   * @throws {ShuttingDownError} When the starts have been closed.
   * @throws {DrainingError} When new starts are refused.
   * @throws Whatever `begin` throws.
   */
  async start(
    owner: string,
    request: RequestKey,
    client: AbortSignal,
    begin: (signal: AbortSignal) => Promise<Entry>,
  ): Promise<Entry> {
    for (let earlier; (earlier = this.#earlier(owner, request));) {
      try {
        return await earlier.started;
      } catch (error) {
        if (!earlier.client.aborted) throw error; // otherwise only the other client has given up
      }
    }
    return await this.#begin(keyOf(owner, request), request.digest, client, begin); // no `await` since the look above
  }

  /**
   * Gives the process that the same request has started, or is starting; `undefined` if there is none.
   *
   * @throws {InvalidArgumentError} When another request of the owner has the same id.
   */
  known(owner: string, request: RequestKey): Promise<Entry> | undefined {
    return this.#earlier(owner, request)?.started;
  }

  /** Forgets a request whose process is in the spool now. */
  forget(owner: string, request: RequestKey): void {
    this.#requests.delete(keyOf(owner, request));
  }

  /** Refuses new starts; those in progress go on. */
  drain(): void {
    this.#draining = true;
  }

  /** Resolves when no start is in progress. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.keys());
  }

  /** Refuses all further starts, and ends those in progress. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const ending of this.#running.values()) ending.abort(new ShuttingDownError());
    await this.settled();
  }

  #earlier(owner: string, request: RequestKey): KnownRequest | undefined {
    if (request.id === "") return undefined;
    const earlier = this.#requests.get(keyOf(owner, request)) ?? this.#finishedRequest(owner, request);
    if (!earlier || earlier.digest === request.digest) return earlier;
    throw new InvalidArgumentError(
      "The request_id belongs to another command: use a new one for each command",
    );
  }

  #finishedRequest(owner: string, { id }: RequestKey): KnownRequest | undefined {
    const found = this.#finished(owner, id);
    return found && { digest: found.digest, started: Promise.resolve(found.entry), client: STAYS };
  }

  async #begin(
    key: string,
    digest: string,
    client: AbortSignal,
    begin: (signal: AbortSignal) => Promise<Entry>,
  ): Promise<Entry> {
    if (this.#closed) throw new ShuttingDownError();
    if (this.#draining) throw new DrainingError();
    const ending = new AbortController();
    const giveUp = () => ending.abort(client.reason);
    client.addEventListener("abort", giveUp, { once: true });
    if (client.aborted) giveUp();
    const started = begin(ending.signal);
    if (key) this.#requests.set(key, { digest, started, client });
    this.#running.set(started, ending);
    try {
      return await started;
    } catch (error) {
      this.#requests.delete(key);
      throw error;
    } finally {
      this.#running.delete(started);
      client.removeEventListener("abort", giveUp);
    }
  }
}

/** The key of a request; empty if the request must not be repeated. */
function keyOf(owner: string, { id }: RequestKey): string {
  return id && `${owner} ${id}`;
}
