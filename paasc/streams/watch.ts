/**
 * What happens to processes, through thick and thin: when the connection breaks, it is made anew, and what was missed
 * meanwhile is asked for.
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

/** What has happened to a process. */
export interface Change {
  readonly id: string;
  /** Empty when it has none, or that is not known. */
  readonly name: string;
  /** Its new status; undefined when it was removed. */
  readonly status: ProcessStatus__Output | undefined;
}

/** The states in the order in which a process goes through them. */
const order = ["PROCESS_STATE_RUNNING", "PROCESS_STATE_STOPPING", "PROCESS_STATE_FINISHED"];

/**
 * The user's live processes, then each change of the state of one, without end. The first connection is tried once only.
 *
 * @param allUsers Whether it is about those of all users
 * @throws {PaasError} When there is no connection, it cannot be got back, or the daemon refuses
 */
export function watchProcesses(persistence: Persistence, allUsers = false): AsyncGenerator<Change, void, void> {
  const news = new News();
  let begun = false;
  return overConnections(persistence, async function* (daemon) {
    const call = daemon.client.Watch({ allUsers });
    let failure: ServiceError | undefined;
    call.on("error", (error) => failure ??= error as ServiceError);
    const cancel = () => call.cancel();
    persistence.signal?.addEventListener("abort", cancel);
    try {
      if (begun) yield* missed(daemon, news, allUsers);
      else news.since = (await listProcesses(daemon, { allUsers }, 1))[0]?.startTime ?? undefined;
      begun = true;
      yield* changes(call, news);
    } catch (error) {
      if (error instanceof PaasError) throw error;
      throw daemon.failure(error as ServiceError);
    } finally {
      persistence.signal?.removeEventListener("abort", cancel);
      call.cancel();
    }
    if (failure) throw daemon.failure(failure);
    throw new OutageError(`the daemon at ${daemon.server} has ended the watching, as it does when it shuts down`);
  });
}

/** Tells what is new, for after an interruption the daemon begins again with all live processes. */
class News {
  /** The processes that the daemon knows, as far as they were told of, and as what. */
  readonly #told = new Map<string, { readonly name: string; readonly state: number }>();
  /** When the newest process was started: after an interruption, all that come later are new. */
  since: ProcessStatus__Output["startTime"] | undefined;

  /** The processes that are not known to have finished. */
  get live(): string[] {
    return [...this.#told].filter(([, { state }]) => state < order.length - 1).map(([id]) => id);
  }

  /** What a status says, or the lack of one, unless that was told before. */
  *of(id: string, status: ProcessStatus__Output | undefined): Generator<Change> {
    const before = this.#told.get(id);
    if (!status) {
      this.#told.delete(id);
      return yield { id, name: before?.name ?? "", status };
    }
    const { name, startTime } = status;
    if (startTime && (!this.since || between(this.since, startTime) > 0)) this.since = startTime;
    const state = order.indexOf(status.state);
    if (before && state <= before.state) return;
    this.#told.set(id, { name, state });
    yield { id, name, status };
  }
}

/** What comes over a connection as it happens. */
async function* changes(call: ClientReadableStream<WatchResponse__Output>, news: News): AsyncGenerator<Change> {
  for await (const { processId, status } of call as AsyncIterable<WatchResponse__Output>) {
    yield* news.of(processId, status ?? undefined);
  }
}

/** What has happened while there was no connection. */
async function* missed(daemon: Connection, news: News, allUsers: boolean): AsyncGenerator<Change> {
  for (const processId of news.live) {
    try {
      yield* news.of(processId, await daemon.status(processId));
    } catch (error) {
      if (!(error instanceof PaasError && error.code === "not-found")) throw error;
      yield* news.of(processId, undefined);
    }
  }
  const later = await listProcesses(daemon, { startedSince: news.since, allUsers });
  for (const status of later.toReversed()) yield* news.of(status.processId, status);
}
