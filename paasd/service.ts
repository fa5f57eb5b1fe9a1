/**
 * The calls of the contract: each turns a request into calls of the worker.
 *
 * @module
 */
import type {
  AttachRequest__Output,
  AttachResponse,
  ExecRequest__Output,
  ExecResponse,
  GetLogsRequest__Output,
  GetLogsResponse,
  GetStatusRequest__Output,
  GetStatusResponse,
  ListRequest__Output,
  ListResponse,
  LogEnd,
  RemoveRequest__Output,
  RemoveResponse,
  SignalRequest__Output,
  SignalResponse,
  StopRequest__Output,
  StopResponse,
  WaitRequest__Output,
  WaitResponse,
  WatchRequest__Output,
  WatchResponse,
} from "@paas/proto";
import { type LogReader, spawn, type Spool } from "@paas/worker";
import type { CallContext } from "./adapter.ts";
import { exchange, type Piece } from "./attachment.ts";
import type { Confinement } from "./confinement.ts";
import { InvalidArgumentError, QuotaError } from "./errors.ts";
import type { Entry, ProcessTable } from "./process_table.ts";
import type { Quotas } from "./quotas.ts";
import {
  toDescription,
  toGrace,
  toListFilter,
  toPlace,
  toReaderOptions,
  toRequestKey,
  toSignal,
  toSpawnOptions,
  toWriter,
} from "./requests.ts";
import type { Telemetry } from "./telemetry.ts";
import { toStatusMessage } from "./status_message.ts";

/** So much of a program's name stands in the log. */
const MAX_LOGGED_PROGRAM = 64;

/** A page of a list ends when the text in it comes to so many characters: a message must not get too large. */
const MAX_PAGE_LENGTH = 512 * 1024;

/** What the calls work with. */
export interface ServiceOptions {
  table: ProcessTable;
  spool: Spool;
  quotas: Quotas;
  /** What may run, and as whom. */
  confinement: Confinement;
  /** The default grace period of a stop, in milliseconds. */
  stopGrace: number;
  /** Is told of processes and followers. */
  telemetry?: Telemetry | undefined;
}

/** The handlers of the service, one for each RPC. */
export class Service {
  readonly #table: ProcessTable;
  readonly #spool: Spool;
  readonly #quotas: Quotas;
  readonly #confinement: Confinement;
  readonly #telemetry: Telemetry | undefined;
  /** The default grace period of a stop, in milliseconds. */
  stopGrace: number;

  constructor({ table, spool, quotas, confinement, stopGrace, telemetry }: ServiceOptions) {
    this.#telemetry = telemetry;
    this.#table = table;
    this.#spool = spool;
    this.#quotas = quotas;
    this.#confinement = confinement;
    this.stopGrace = stopGrace;
  }

  /** Starts a process, and answers with its id as soon as it runs. */
  async exec(request: ExecRequest__Output, { user, connection, record }: CallContext): Promise<ExecResponse> {
    record.program = request.args[0]?.split("/").at(-1)?.slice(0, MAX_LOGGED_PROGRAM);
    const { stopGrace = this.stopGrace, ...options } = toSpawnOptions(request);
    const telemetry = this.#telemetry;
    const { process: { id }, lease } = await this.#table.start(
      user,
      toDescription(request),
      (changed) =>
        this.#quotas.start(user.id, async () => {
          if (this.#spool.isFull(user.id)) throw spoolIsFull();
          const confined = await this.#confinement.confine(options);
          const start = () =>
            spawn({ ...options, ...confined, stopGrace, changed, spool: this.#spool, logGroup: user.id });
          return await (telemetry ? telemetry.start(record.program ?? "", start) : start());
        }),
      toRequestKey(request),
    );
    lease?.hold(connection);
    record.process = id;
    return { processId: id };
  }

  /** Streams the log as it lies in the spool, then says that this was all. */
  async *getLogs(
    request: GetLogsRequest__Output,
    context: CallContext,
  ): AsyncGenerator<Uint8Array | GetLogsResponse> {
    const entry = this.#find(request, context);
    const options = toReaderOptions(request);
    if (options.follow !== false) entry.lease?.hold(context.signal);
    const log = entry.process.logs({ ...options, signal: context.signal });
    using _following = options.follow === false ? undefined : this.#telemetry?.metrics.follows(entry.process, log);
    if (request.compress) context.compress();
    yield* log;
    yield endOf(log, entry);
  }

  /** Carries input to a process and its output back. */
  async *attach(
    requests: AsyncIterable<AttachRequest__Output>,
    context: CallContext,
  ): AsyncGenerator<Uint8Array | AttachResponse> {
    const messages = requests[Symbol.asyncIterator]();
    const { value: first } = await messages.next();
    if (!first) throw new InvalidArgumentError("The first message must name a process");
    const entry = this.#find(first, context);
    entry.lease?.hold(context.signal);
    const log = entry.process.logs({ ...toPlace(first), signal: context.signal });
    using _following = this.#telemetry?.metrics.follows(entry.process, log);
    yield* exchange(log, entry, toWriter(first), piecesOf(first, messages));
    yield endOf(log, entry);
  }

  /** Tells the state of a process. */
  getStatus(request: GetStatusRequest__Output, context: CallContext): GetStatusResponse {
    return { status: toStatusMessage(this.#find(request, context)) };
  }

  /** Stops a process, and answers when it has finished. It goes on when the client goes away. */
  async stop(request: StopRequest__Output, context: CallContext): Promise<StopResponse> {
    const entry = this.#find(request, context);
    const grace = request.grace ? toGrace(request.grace) : undefined;
    await entry.process.stop({ grace, by: context.user.id });
    return { status: toStatusMessage(entry) };
  }

  /** Answers when a process has finished. */
  async wait(request: WaitRequest__Output, context: CallContext): Promise<WaitResponse> {
    const entry = this.#find(request, context);
    entry.lease?.hold(context.signal);
    await entry.process.finished;
    return { status: toStatusMessage(entry) };
  }

  /** Sends a signal to a process. */
  signal(request: SignalRequest__Output, context: CallContext): SignalResponse {
    const { signal, to } = toSignal(request);
    this.#find(request, context).process.signal(signal, to);
    return {};
  }

  /** A page of the user's own processes, the newest first. */
  list(request: ListRequest__Output, { user }: CallContext): ListResponse {
    const { holds, pageSize } = toListFilter(request);
    const page: Entry[] = [];
    let length = 0;
    for (const entry of this.#table.list(user)) {
      if (!holds(entry)) continue;
      if (page.length === pageSize || length > MAX_PAGE_LENGTH) {
        return { processes: page.map(toStatusMessage), nextPageToken: String(page.at(-1)!.sequence) };
      }
      page.push(entry);
      for (const text of [...entry.args, ...Object.entries(entry.labels).flat()]) length += text.length;
    }
    return { processes: page.map(toStatusMessage) };
  }

  /** Forgets a finished process and its log. */
  async remove(request: RemoveRequest__Output, context: CallContext): Promise<RemoveResponse> {
    const entry = this.#find(request, context);
    this.#table.remove(entry);
    await entry.process.ended;
    await this.#spool.remove(entry.process.id);
    return {};
  }

  /** Streams what happens to the user's own processes. */
  async *watch(_request: WatchRequest__Output, { user, signal }: CallContext): AsyncGenerator<WatchResponse> {
    for await (const { id, entry } of this.#table.watch(user, signal)) {
      yield { processId: id, status: entry && toStatusMessage(entry) };
    }
  }

  /** The process that a request names. */
  #find({ processId }: { processId: string }, { user, record }: CallContext): Entry {
    const entry = this.#table.find(processId, user);
    record.process = entry.process.id;
    return entry;
  }
}

function spoolIsFull(): QuotaError {
  const remedy = "try again in a moment, or remove finished processes";
  return new QuotaError("--max-spool-bytes-per-user", "Your logs take as much, and are all being written", remedy);
}

function endOf(log: LogReader, entry: Entry): { end: LogEnd } {
  return { end: { bytes: log.offset, lines: log.lines, status: toStatusMessage(entry) } };
}

/** The input of the first message, and of all others. */
async function* piecesOf(first: Piece, messages: AsyncIterator<AttachRequest__Output>): AsyncGenerator<Piece> {
  yield first;
  for (let next = await messages.next(); !next.done; next = await messages.next()) {
    if (next.value.processId) throw new InvalidArgumentError("Only the first message names the process");
    yield next.value;
  }
}
