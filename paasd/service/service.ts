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
  ProcessStatus,
  RemoveRequest__Output,
  RemoveResponse,
  ShareRequest__Output,
  ShareResponse,
  SignalRequest__Output,
  SignalResponse,
  StopRequest__Output,
  StopResponse,
  UnshareRequest__Output,
  UnshareResponse,
  WaitRequest__Output,
  WaitResponse,
  WatchRequest__Output,
  WatchResponse,
  WhoAmIRequest__Output,
  WhoAmIResponse,
} from "@paas/proto";
import { spawn } from "@paas/worker";
import { type LogReader, pieces } from "@paas/worker/records";
import { descriptionBytes, type Spool } from "@paas/worker/spool";
import type { Access } from "../access/access.ts";
import { validate } from "@std/uuid";
import type { CallContext } from "../rpc/adapter.ts";
import { exchange, type Piece } from "./attachment.ts";
import { allowedUntil } from "../access/authorization.ts";
import type { Confinement } from "../processes/confinement.ts";
import { InvalidArgumentError, PermissionDeniedError, QuotaError } from "../errors.ts";
import type { Entry, ProcessTable } from "../processes/process_table.ts";
import type { Quotas } from "../quotas/quotas.ts";
import {
  toDescription,
  toGrace,
  toListFilter,
  toPlace,
  toReaderOptions,
  toRequestKey,
  toSignal,
  toSpawnOptions,
} from "./requests.ts";
import { makeRoom, toGrant, toUserId } from "./sharing.ts";
import { toFullStatusMessage, toStatusMessage } from "./status_message.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** So much of a program's name stands in the log. */
const MAX_LOGGED_PROGRAM = 64;

/** A page of a list ends when the text in it comes to so many characters: a message must not get too large. */
const MAX_PAGE_LENGTH = 512 * 1024;

/** A grant counts for so much of that. */
const GRANT_LENGTH = 100;

/** What the calls work with. */
export interface ServiceOptions {
  table: ProcessTable;
  access: Access;
  spool: Spool;
  quotas: Quotas;
  /** Makes room for a process that a user is about to start, whose description has so many bytes. */
  makeRoom?: ((user: string, bytes: number) => void) | undefined;
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
  readonly #access: Access;
  readonly #spool: Spool;
  readonly #quotas: Quotas;
  readonly #makeRoom: (user: string, bytes: number) => void;
  readonly #confinement: Confinement;
  readonly #telemetry: Telemetry | undefined;
  /** The default grace period of a stop, in milliseconds. */
  stopGrace: number;

  constructor({ table, access, spool, quotas, makeRoom, confinement, stopGrace, telemetry }: ServiceOptions) {
    this.#telemetry = telemetry;
    this.#table = table;
    this.#access = access;
    this.#spool = spool;
    this.#quotas = quotas;
    this.#makeRoom = makeRoom ?? (() => {});
    this.#confinement = confinement;
    this.stopGrace = stopGrace;
  }

  /** Starts a process, and answers with its id as soon as it runs. */
  async exec(request: ExecRequest__Output, { user, connection, record, signal }: CallContext): Promise<ExecResponse> {
    record.program = request.args[0]?.split("/").at(-1)?.slice(0, MAX_LOGGED_PROGRAM);
    record.argv = request.args;
    const { stopGrace = this.stopGrace, ...options } = toSpawnOptions(request);
    const telemetry = this.#telemetry;
    const { process: { id }, lease } = await this.#table.start(
      user,
      toDescription(request),
      (changed, about, signal) => {
        const bytes = descriptionBytes(request.args, about);
        return this.#quotas.start(user.id, async () => {
          if (this.#spool.isFull(user.id)) throw spoolIsFull();
          this.#makeRoom(user.id, 0); // these bytes count already
          const confined = await this.#confinement.confine(options);
          const terms = { stopGrace, changed, about, signal, spool: this.#spool };
          const start = () => spawn({ ...options, ...confined, ...terms });
          return await (telemetry ? telemetry.start(record.program ?? "", start) : start());
        }, bytes);
      },
      toRequestKey(request),
      signal,
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
    if (options.follow !== false) holdLease(entry, context);
    const log = await entry.process.records({ ...options, signal: context.signal });
    using _following = options.follow === false ? undefined : this.#telemetry?.metrics.follows(entry.process, log);
    if (request.compress) context.compress();
    for await (const slice of log) yield* pieces(slice, context.messageSize);
    yield endOf(log, entry, context);
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
    holdLease(entry, context);
    const log = await entry.process.records({ ...toPlace(first), signal: context.signal });
    using _following = this.#telemetry?.metrics.follows(entry.process, log);
    yield* exchange(log, entry, first.writer, piecesOf(first, messages), context.messageSize);
    yield endOf(log, entry, context);
  }

  /** Tells the state of a process. */
  getStatus(request: GetStatusRequest__Output, context: CallContext): GetStatusResponse {
    return { status: statusFor(this.#find(request, context), context) };
  }

  /** Stops a process, and answers when it has finished. It goes on when the client goes away. */
  async stop(request: StopRequest__Output, context: CallContext): Promise<StopResponse> {
    const entry = this.#find(request, context);
    const grace = request.grace ? toGrace(request.grace) : undefined;
    this.#quotas.change(context.user.id);
    await entry.process.stop({ grace, by: context.user.id });
    return { status: statusFor(entry, context) };
  }

  /** Answers when a process has finished. */
  async wait(request: WaitRequest__Output, context: CallContext): Promise<WaitResponse> {
    const entry = this.#find(request, context);
    holdLease(entry, context);
    await entry.process.wait(context.signal);
    return { status: statusFor(entry, context) };
  }

  /** Sends a signal to a process. */
  signal(request: SignalRequest__Output, context: CallContext): SignalResponse {
    const { signal, to } = toSignal(request);
    const { process } = this.#find(request, context);
    this.#quotas.change(context.user.id);
    process.signal(signal, to);
    return {};
  }

  /** A page of the user's own processes, or of all users', the newest first. */
  list(request: ListRequest__Output, context: CallContext): ListResponse {
    const all = wantsAll(request, context);
    const { pageSize, ...filter } = toListFilter(request);
    const page: Entry[] = [];
    let length = 0;
    const place = { before: filter.before };
    for (const entry of this.#table.list(context.user, all, filter, place)) {
      if (!entry) return { processes: page.map(toFullStatusMessage), nextPageToken: String(place.before) };
      if (page.length === pageSize || length > MAX_PAGE_LENGTH) {
        return { processes: page.map(toFullStatusMessage), nextPageToken: String(page.at(-1)!.sequence) };
      }
      page.push(entry);
      for (const text of [...entry.args, ...Object.entries(entry.labels).flat()]) length += text.length;
      length += entry.ownerSubject.length + entry.grants.length * GRANT_LENGTH;
    }
    return { processes: page.map(toFullStatusMessage) };
  }

  /** Forgets a finished process and its log. */
  async remove(request: RemoveRequest__Output, context: CallContext): Promise<RemoveResponse> {
    const { process: { id } } = this.#find(request, context);
    this.#quotas.change(context.user.id);
    await this.forget(id);
    return {};
  }

  /**
   * Forgets a process and its log.
   *
   * @throws {NotFinishedError} when it has not finished.
   */
  async forget(id: string): Promise<void> {
    const removal = this.#table.remove(id);
    if (!removal) return; // it is about to be gone already
    using _gone = removal.gone;
    await removal.entry.process.ended;
    await this.#spool.remove(id);
  }

  /** Streams what happens to the user's own processes, or to all users'. */
  async *watch(request: WatchRequest__Output, context: CallContext): AsyncGenerator<WatchResponse> {
    const { user, signal, hold } = context;
    const all = wantsAll(request, context);
    hold((right) => (wantsAll(request, { right }), Infinity));
    for await (const { id, entry } of this.#table.watch(user, signal, all)) {
      yield { processId: id, status: entry && toFullStatusMessage(entry) };
    }
  }

  /** Lets another user see or stop a process. */
  share(request: ShareRequest__Output, context: CallContext): ShareResponse {
    const grant = toGrant(request, context.user);
    const entry = this.#find(request, context);
    this.#quotas.change(context.user.id);
    makeRoom(entry, grant);
    if (!entry.grants.some(({ user }) => user === grant.user)) {
      this.#quotas.grant(this.#spool.history.read((records) => records.usages.of(entry.owner)).grants);
    }
    this.#table.share(entry, grant);
    this.#access.changed(); // perhaps to less than before
    return {};
  }

  /** Takes that back. */
  unshare(request: UnshareRequest__Output, context: CallContext): UnshareResponse {
    const entry = this.#find(request, context);
    const user = toUserId(request.user);
    this.#quotas.change(context.user.id);
    try {
      this.#table.unshare(entry, user);
    } finally {
      this.#access.changed();
    }
    return {};
  }

  /** Tells who calls. */
  whoAmI(_request: WhoAmIRequest__Output, { user, right }: CallContext): WhoAmIResponse {
    return { userId: user.id, subject: user.subject, role: right.role };
  }

  /** The process that a request names, for as long as the caller has a right to it. */
  #find({ processId }: { processId: string }, { user, right, record, hold }: CallContext): Entry {
    if (validate(processId)) record.named = processId.toLowerCase();
    const entry = this.#table.find(processId, user, right);
    hold((right) => allowedUntil(processId, entry, user, right));
    record.process = entry.process.id;
    if (entry.owner !== user.id) record.owner = entry.owner;
    return entry;
  }
}

function spoolIsFull(): QuotaError {
  const remedy = "try again in a moment, or remove finished processes";
  return new QuotaError("--max-spool-bytes-per-user", "Your logs take as much, and are all being written", remedy);
}

/**
 * Whether the processes of all users are asked for.
 *
 * @throws {PermissionDeniedError} when they may not be.
 */
function wantsAll({ allUsers }: { allUsers: boolean }, { right }: Pick<CallContext, "right">): boolean {
  if (allUsers && right.scope !== "all") {
    throw new PermissionDeniedError(
      `Your role, ${right.role}, shows you your own processes only: ask without all_users`,
    );
  }
  return allUsers;
}

/** Keeps the lease of a process for as long as the call goes on. Others who look on must not keep it alive. */
function holdLease(entry: Entry, { user, signal }: CallContext): void {
  if (entry.owner === user.id) entry.lease?.hold(signal);
}

/** Who it is shared with is for those who may see that. */
function statusFor(entry: Entry, { user, right }: CallContext): ProcessStatus {
  return entry.owner === user.id || right.sees === "all" ? toFullStatusMessage(entry) : toStatusMessage(entry);
}

function endOf(log: LogReader, entry: Entry, context: CallContext): { end: LogEnd } {
  const { offset: bytes, lines, mayBeCut } = log;
  return { end: { bytes, lines, mayBeCut, status: statusFor(entry, context) } };
}

/** The input of the first message, and of all others. */
async function* piecesOf(first: Piece, messages: AsyncIterator<AttachRequest__Output>): AsyncGenerator<Piece> {
  yield first;
  for (let next = await messages.next(); !next.done; next = await messages.next()) {
    if (next.value.processId) throw new InvalidArgumentError("Only the first message names the process");
    yield next.value;
  }
}
