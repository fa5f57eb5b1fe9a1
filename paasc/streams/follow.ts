/**
 * Reading a log through thick and thin: when the connection breaks, it is made anew, and reading goes on at the next
 * byte.
 *
 * @module
 */
import { type ClientReadableStream, type ServiceError, status } from "@paas/proto/grpc";
import type { GetLogsRequest } from "@paas/proto";
import type { Connection } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import { findProcess } from "./find_process.ts";
import { type LogMessage, readLogMessage } from "./log_message.ts";
import { overConnections, type Persistence } from "../connection/reconnect.ts";

/** What is to be read, and how. */
export interface Reading extends Persistence {
  /** Whose log: an id, the beginning of one, or a name. */
  readonly process: string;
  readonly request: Omit<GetLogsRequest, "processId">;
  /** Up to which offset the messages so far have come. */
  position(): number;
  readonly signal: AbortSignal;
}

/**
 * The messages of a log, without a gap or a repeat where the connection broke. The first connection is tried once only.
 *
 * @throws {PaasError} When there is no connection, it cannot be got back, or the daemon refuses
 */
export function followLog(reading: Reading): AsyncGenerator<LogMessage, void, void> {
  let processId: string | undefined;
  return overConnections(reading, async function* (daemon, connections, good) {
    processId ??= await findProcess(daemon, reading.process);
    const { request, position, signal } = reading;
    if (signal.aborted) return;
    const resumed = connections > 1;
    const call = daemon.logs({ processId, ...resumed ? rest(request, position()) : request });
    if (resumed) whenCaughtUp(daemon, processId, position, good);
    yield* messagesOf(call, daemon, resumed, signal);
  }, hasOutput);
}

/** Whether a message takes a reader further. */
export function hasOutput({ pieces, gap, end }: LogMessage): boolean {
  return pieces.length > 0 || gap !== undefined || end !== undefined;
}

/**
 * Says when a reader is seen to have all that there is. Then it is no fault of the line that nothing comes.
 *
 * @param position Up to which offset the reader has come
 */
export function whenCaughtUp(daemon: Connection, processId: string, position: () => number, good: () => void): void {
  daemon.status(processId).then(({ logBytes }) => position() >= logBytes && good()).catch(() => {});
}

/**
 * The messages of a call, which ends with them, or when the signal says so.
 *
 * @param resumed Whether the process was known over another connection
 * @throws {PaasError} When the connection breaks, or the daemon refuses
 */
export async function* messagesOf(
  call: ClientReadableStream<Uint8Array>,
  daemon: Connection,
  resumed: boolean,
  signal?: AbortSignal,
): AsyncGenerator<LogMessage, void, void> {
  const cancel = () => call.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    for await (const bytes of call as AsyncIterable<Uint8Array>) yield readLogMessage(bytes);
  } catch (error) {
    if (error instanceof PaasError) throw error;
    if (resumed && (error as ServiceError).code === status.NOT_FOUND) {
      throw new PaasError("not-found", "the daemon was restarted and does not know the process any more", {
        cause: error,
      });
    }
    throw daemon.failure(error as ServiceError);
  } finally {
    signal?.removeEventListener("abort", cancel);
    call.cancel(); // for an end that came from here, such as a full disk
  }
}

/** The request for what is left of a log. */
function rest(request: Reading["request"], position: number): Reading["request"] {
  // Which lines are the last ones was settled when the first of them came.
  const { tailLines: _, ...others } = request;
  return position === 0 ? request : { ...others, fromOffset: position };
}
