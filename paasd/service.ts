/**
 * The calls of the contract: each turns a request into calls of the worker.
 *
 * @module
 */
import {
  type ExecRequest__Output,
  type ExecResponse,
  fromTimestamp,
  type GetLogsRequest__Output,
  type GetLogsResponse,
  type GetStatusRequest__Output,
  type GetStatusResponse,
  type LogStream__Output as LogStreamMessage,
  type OnSlow__Output as OnSlowMessage,
  type StopRequest__Output,
  type StopResponse,
} from "@paas/proto";
import { type LogReaderOptions, type LogStream, spawn, type Spool } from "@paas/worker";
import type { CallContext } from "./adapter.ts";
import { InvalidArgumentError } from "./errors.ts";
import type { ProcessTable } from "./process_table.ts";
import { toStatusMessage } from "./status_message.ts";

/** The longest grace period of a stop. */
const MAX_GRACE_MS = 24 * 60 * 60 * 1000;

const STREAMS: Record<LogStreamMessage, LogStream | undefined> = {
  LOG_STREAM_UNSPECIFIED: undefined,
  LOG_STREAM_STDOUT: "stdout",
  LOG_STREAM_STDERR: "stderr",
};

const ON_SLOW: Record<OnSlowMessage, LogReaderOptions["onSlow"]> = {
  ON_SLOW_UNSPECIFIED: undefined,
  ON_SLOW_WAIT: "wait",
  ON_SLOW_SKIP: "skip",
};

/** So much of a program's name stands in the log. */
const MAX_LOGGED_PROGRAM = 64;

/** What the calls work with. */
export interface ServiceOptions {
  table: ProcessTable;
  spool: Spool;
  /** The default grace period of a stop, in milliseconds. */
  stopGrace: number;
}

/** The handlers of the service, one for each RPC. */
export class Service {
  readonly #table: ProcessTable;
  readonly #spool: Spool;
  readonly #stopGrace: number;

  constructor({ table, spool, stopGrace }: ServiceOptions) {
    this.#table = table;
    this.#spool = spool;
    this.#stopGrace = stopGrace;
  }

  /** Starts a process, and answers with its id as soon as it runs. */
  async exec({ args }: ExecRequest__Output, { user, record }: CallContext): Promise<ExecResponse> {
    record.program = args[0]?.split("/").at(-1)?.slice(0, MAX_LOGGED_PROGRAM);
    const start = () => spawn({ args, spool: this.#spool, stopGrace: this.#stopGrace });
    const { id } = await this.#table.start(user, start);
    record.process = id;
    return { processId: id };
  }

  /** Streams the log as it lies in the spool, then says that this was all. */
  async *getLogs(
    request: GetLogsRequest__Output,
    { user, record, signal, compress }: CallContext,
  ): AsyncGenerator<Uint8Array | GetLogsResponse> {
    const process = this.#table.find(request.processId, user);
    record.process = process.id;
    const log = process.logs({ ...toReaderOptions(request), signal });
    if (request.compress) compress();
    yield* log;
    yield { end: { bytes: log.offset, lines: log.lines, status: toStatusMessage(process.status) } };
  }

  /** Tells the state of a process. */
  getStatus({ processId }: GetStatusRequest__Output, { user, record }: CallContext): GetStatusResponse {
    const process = this.#table.find(processId, user);
    record.process = process.id;
    return { status: toStatusMessage(process.status) };
  }

  /** Stops a process, and answers when it has finished. It goes on when the client goes away. */
  async stop({ processId, grace }: StopRequest__Output, { user, record }: CallContext): Promise<StopResponse> {
    const process = this.#table.find(processId, user);
    record.process = process.id;
    const status = await process.stop({ grace: grace ? toGrace(grace) : undefined, by: user.id });
    return { status: toStatusMessage(status) };
  }
}

/** What a reader of a log shall see. */
function toReaderOptions(request: GetLogsRequest__Output): LogReaderOptions {
  const { follow, fromOffset, tailLines, since, until, stream, onSlow } = request;
  if (fromOffset > 0 && tailLines !== undefined) {
    throw new InvalidArgumentError("Give from_offset or tail_lines, not both: a tail is counted from the end");
  }
  if (!(stream in STREAMS)) throw new InvalidArgumentError("The stream must be stdout, stderr, or unset for both");
  if (!(onSlow in ON_SLOW)) throw new InvalidArgumentError("on_slow must be wait or skip, or unset to wait");
  return {
    follow,
    fromOffset,
    tailLines,
    since: since ? fromTimestamp(since).getTime() : undefined,
    until: until ? fromTimestamp(until).getTime() : undefined,
    stream: STREAMS[stream],
    onSlow: ON_SLOW[onSlow],
  };
}

/** Milliseconds of a grace period. */
function toGrace({ seconds, nanos }: NonNullable<StopRequest__Output["grace"]>): number {
  const milliseconds = seconds * 1000 + nanos / 1e6;
  if (seconds < 0 || nanos < 0 || nanos > 999_999_999 || milliseconds > MAX_GRACE_MS) {
    throw new InvalidArgumentError("The grace period must be a valid duration, not negative and at most 24 hours");
  }
  return milliseconds;
}
