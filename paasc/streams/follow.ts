/**
 * Reads a log over any number of connections. A broken connection is made again, and reading continues at the next byte.
 *
 * @module
 */
import { type ClientReadableStream, type ServiceError, status } from "@paas/proto/grpc";
import type { GetLogsRequest } from "@paas/proto";
import type { Connection } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import { findProcess } from "./find_process.ts";
import { type LogMessage, readLogMessage } from "@paas/proto/log_wire";
import { overConnections, type Persistence } from "../connection/reconnect.ts";

/** Options for reading a log. */
export interface Reading extends Persistence {
  /** Process: an id, the beginning of one, or a name. */
  readonly process: string;
  /** Request for the log. */
  readonly request: Omit<GetLogsRequest, "processId">;
  /** Gives the offset behind the last byte that was used. */
  position(): number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/**
 * Yields the messages of a log. Each byte comes once, even if connections break. The first connection is tried only once.
 *
 * @throws {PaasError} When the first connection fails, a broken one cannot be made again, or the daemon refuses
 */
export function followLog(reading: Reading): AsyncGenerator<LogMessage, void, void> {
  let processId: string | undefined;
  return overConnections(reading, async function* (connection, count, good) {
    processId ??= await findProcess(connection, reading.process);
    const { request, position, signal } = reading;
    if (signal.aborted) return;
    const resumed = count > 1;
    const call = connection.logs({ processId, ...resumed ? rest(request, position()) : request });
    if (resumed) whenCaughtUp(connection, processId, position, good);
    yield* messagesOf(call, connection, resumed, signal);
  }, hasOutput);
}

/** Whether a message moves the position of a reader. */
export function hasOutput({ pieces, gap, end }: LogMessage): boolean {
  return pieces.length > 0 || gap !== undefined || end !== undefined;
}

/**
 * Calls `good` if the reader has the whole log so far. Then a silent connection is not a bad one.
 *
 * @param position Gives the offset behind the last byte that the reader has used
 */
export function whenCaughtUp(
  connection: Connection,
  processId: string,
  position: () => number,
  good: () => void,
): void {
  connection.status(processId).then(({ logBytes }) => position() >= logBytes && good()).catch(() => {});
}

/**
 * Yields the messages of a call. The call ends with the generator or by the signal.
 *
 * @param resumed Whether the process was known over an earlier connection
 * @throws {PaasError} When the connection breaks, or the daemon refuses
 */
export async function* messagesOf(
  call: ClientReadableStream<Uint8Array>,
  connection: Connection,
  resumed: boolean,
  signal?: AbortSignal,
): AsyncGenerator<LogMessage, void, void> {
  const cancel = () => call.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    for await (const bytes of call as AsyncIterable<Uint8Array>) yield read(bytes);
  } catch (error) {
    if (error instanceof PaasError) throw error;
    if (resumed && (error as ServiceError).code === status.NOT_FOUND) {
      throw new PaasError("not-found", "the daemon was restarted and does not know the process any more", {
        cause: error,
      });
    }
    throw connection.failure(error as ServiceError);
  } finally {
    signal?.removeEventListener("abort", cancel);
    call.cancel(); // if the caller has stopped reading, as for a full disk
  }
}

/**
 * Reads a message of the daemon.
 *
 * @throws {PaasError} `incomplete` when the message cannot be read
 */
function read(bytes: Uint8Array): LogMessage {
  try {
    return readLogMessage(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PaasError("incomplete", `the daemon sent a message that cannot be read: ${cause.message}`, { cause });
  }
}

/** Changes a request so that it asks for the rest of the log. */
function rest(request: Reading["request"], position: number): Reading["request"] {
  // `tailLines` counted from the first request on: its first message has fixed where the last lines begin.
  const { tailLines: _, ...others } = request;
  return position === 0 ? request : { ...others, fromOffset: position };
}
