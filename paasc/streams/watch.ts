/**
 * Watches processes over any number of connections. A broken connection is made again, and the changes since are queried.
 *
 * @module
 */
import type { ClientReadableStream, ServiceError } from "@paas/proto/grpc";
import type { ProcessStatus__Output, WatchResponse__Output } from "@paas/proto";
import { type Connection, OutageError } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import { listProcesses } from "./list_processes.ts";
import { overConnections, type Persistence } from "../connection/reconnect.ts";
import { between } from "../words/time.ts";

/** A change of a process. */
export interface Change {
  /** Id of the process. */
  readonly id: string;
  /** Name of the process; empty if it has none or the name is not known. */
  readonly name: string;
  /** New status; undefined if the process was removed. */
  readonly status: ProcessStatus__Output | undefined;
}

/** States in the order in which a process passes through them. */
const ORDER = ["PROCESS_STATE_RUNNING", "PROCESS_STATE_STOPPING", "PROCESS_STATE_FINISHED"];

/**
 * Yields the user's live processes, then each change of a process's state, without end. The first connection is tried only
 * once.
 *
 * @param allUsers Whether to watch the processes of all users
 * @throws {PaasError} When the first connection fails, a broken one cannot be made again, or the daemon refuses
 */
export function watchProcesses(persistence: Persistence, allUsers = false): AsyncGenerator<Change, void, void> {
  const news = new News();
  let begun = false;
  return overConnections(persistence, async function* (connection) {
    const call = connection.client.Watch({ allUsers });
    let failure: ServiceError | undefined;
    call.on("error", (error) => failure ??= error as ServiceError);
    const cancel = () => call.cancel();
    persistence.signal?.addEventListener("abort", cancel);
    try {
      if (begun) yield* missed(connection, news, allUsers);
      else news.since = (await listProcesses(connection, { allUsers }, 1))[0]?.startTime ?? undefined;
      begun = true;
      yield* changes(call, news);
    } catch (error) {
      if (error instanceof PaasError) throw error;
      throw connection.failure(error as ServiceError);
    } finally {
      persistence.signal?.removeEventListener("abort", cancel);
      call.cancel();
    }
    if (failure) throw connection.failure(failure);
    throw new OutageError(
      `the daemon at ${connection.server} has ended the stream of events, as it does when it shuts down`,
    );
  });
}

/** Selects the changes that are new. The daemon begins each connection with all live processes. */
class News {
  /** Name and latest reported state of each process that the daemon knows. */
  readonly #reported = new Map<string, { readonly name: string; readonly state: number }>();
  /** Start time of the newest known process. All processes that started later are new after an interruption. */
  since: ProcessStatus__Output["startTime"] | undefined;

  /** Ids of the processes that are not known to have finished. */
  get live(): string[] {
    return [...this.#reported].filter(([, { state }]) => state < ORDER.length - 1).map(([id]) => id);
  }

  /** Yields the change to a status, or to none, unless it was reported before. */
  *of(id: string, status: ProcessStatus__Output | undefined): Generator<Change> {
    const before = this.#reported.get(id);
    if (!status) {
      this.#reported.delete(id);
      return yield { id, name: before?.name ?? "", status };
    }
    const { name, startTime } = status;
    if (startTime && (!this.since || between(this.since, startTime) > 0)) this.since = startTime;
    const state = ORDER.indexOf(status.state);
    if (before && state <= before.state) return;
    this.#reported.set(id, { name, state });
    yield { id, name, status };
  }
}

/** Yields changes as they happen. */
async function* changes(call: ClientReadableStream<WatchResponse__Output>, news: News): AsyncGenerator<Change> {
  for await (const { processId, status } of call as AsyncIterable<WatchResponse__Output>) {
    yield* news.of(processId, status ?? undefined);
  }
}

/** Yields the changes since the last connection. */
async function* missed(connection: Connection, news: News, allUsers: boolean): AsyncGenerator<Change> {
  for (const processId of news.live) {
    try {
      yield* news.of(processId, await connection.status(processId));
    } catch (error) {
      if (!(error instanceof PaasError && error.code === "not-found")) throw error;
      yield* news.of(processId, undefined);
    }
  }
  const later = await listProcesses(connection, { startedSince: news.since, allUsers });
  for (const status of later.toReversed()) yield* news.of(status.processId, status);
}
