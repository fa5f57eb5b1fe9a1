/**
 * Reading a log through thick and thin: when the connection breaks, it is made anew, and reading goes on at the next
 * byte.
 *
 * @module
 */
import { type ServiceError, status } from "@grpc/grpc-js";
import type { GetLogsRequest } from "@paas/proto";
import { connect, type Daemon, OutageError } from "./connect.ts";
import { PaascError } from "./errors.ts";
import { type LogMessage, readLogMessage } from "./log_message.ts";
import { Outage } from "./outage.ts";
import type { Settings } from "./settings.ts";

/** What is to be read, and how. */
export interface Reading {
  readonly settings: Settings;
  readonly request: GetLogsRequest;
  /** Up to which offset the messages so far have come. */
  position(): number;
  /** How long to try to get a lost connection back, in milliseconds. */
  readonly patience: number;
  /** Tells a person how it goes. */
  note(text: string): void;
  /** Ends it at once: the generator returns or throws. */
  readonly signal: AbortSignal;
}

/**
 * The messages of a log, without a gap or a repeat where the connection broke. The first connection is tried once only.
 *
 * @throws {PaascError} When there is no connection, it cannot be got back, or the daemon refuses
 */
export async function* followLog(reading: Reading): AsyncGenerator<LogMessage, void, void> {
  const { settings, signal } = reading;
  using outage = new Outage(reading.patience, reading.note);
  for (let connections = 0; !signal.aborted;) {
    let wait: number;
    try {
      using daemon = await unlessAborted(connect(settings), signal);
      if (!daemon) return;
      connections++;
      outage.connected();
      for await (const message of messages(daemon, reading, connections > 1)) {
        outage.progress();
        yield message;
      }
      return;
    } catch (error) {
      if (!(error instanceof OutageError) || connections === 0) throw error;
      wait = outage.disconnected(error);
    }
    await pause(wait, signal);
  }
}

/** The messages that come over one connection. */
async function* messages(daemon: Daemon, { request, position, signal }: Reading, resumed: boolean) {
  const call = daemon.logs(resumed ? rest(request, position()) : request);
  const cancel = () => call.cancel();
  signal.addEventListener("abort", cancel);
  try {
    for await (const bytes of call as AsyncIterable<Uint8Array>) yield readLogMessage(bytes);
  } catch (error) {
    if (error instanceof PaascError) throw error;
    if (resumed && (error as ServiceError).code === status.NOT_FOUND) {
      throw new PaascError("failed", "the daemon was restarted and does not know the process any more", {
        cause: error,
      });
    }
    throw daemon.failure(error as ServiceError);
  } finally {
    signal.removeEventListener("abort", cancel);
    call.cancel(); // for an end that came from here, such as a full disk
  }
}

/** The request for what is left of a log. */
function rest(request: GetLogsRequest, position: number): GetLogsRequest {
  // Which lines are the last ones was settled when the first of them came.
  const { tailLines: _, ...others } = request;
  return position === 0 ? request : { ...others, fromOffset: position };
}

/** The connection, or nothing as soon as the signal says so: then it is closed once it is there. */
async function unlessAborted(connecting: Promise<Daemon>, signal: AbortSignal): Promise<Daemon | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const abort = () => {
    connecting.then((daemon) => daemon[Symbol.dispose](), () => {});
    aborted.resolve(undefined);
  };
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
