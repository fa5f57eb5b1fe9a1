/**
 * The handlers of the contract's calls: each converts a request to calls of the worker, and the result to a message.
 *
 * @module
 */
import type {
  AttachRequest__Output,
  AttachResponse,
  DrainRequest__Output,
  DrainResponse,
  ExecRequest__Output,
  ExecResponse,
  GetLogsRequest__Output,
  GetLogsResponse,
  GetStatusRequest__Output,
  GetStatusResponse,
  ListRequest__Output,
  ListResponse,
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
import type { Spool } from "@paas/worker";
import { pieces } from "@paas/worker/records";
import { validate } from "@std/uuid";
import type { Access } from "../access/access.ts";
import { allowedUntil } from "../access/authorization.ts";
import { InvalidArgumentError, PermissionDeniedError } from "../errors.ts";
import { shortSubject } from "../identity/identity.ts";
import type { Entry } from "../processes/entries.ts";
import type { ProcessTable } from "../processes/process_table.ts";
import type { Quotas } from "../quotas/quotas.ts";
import type { Restarts } from "../restarts/restarts.ts";
import type { CallContext } from "../rpc/call.ts";
import { LogSearch } from "../search/log_search.ts";
import { Turns } from "../search/turns.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { Attachment, piecesOf } from "./attachment.ts";
import { toDrainTimeout, toGrace, toSignal } from "./fields.ts";
import { toListQuery, toPage } from "./list_request.ts";
import { toPlace, toReaderOptions, toSelection } from "./log_request.ts";
import { checkRoom, toGrant, toUserId } from "./sharing.ts";
import type { Starter } from "./starter.ts";
import { endOf, statusFor, toFullStatusMessage } from "./status_message.ts";

/** The parts of the daemon that the handlers use. */
export interface ServiceOptions {
  readonly table: ProcessTable;
  readonly starter: Starter;
  readonly restarts: Restarts;
  readonly access: Access;
  readonly spool: Spool;
  readonly quotas: Quotas;
  /**
   * Lets the daemon end when its processes have finished, and returns their number.
   *
   * @param timeout Time until the daemon shuts down all the same, in milliseconds; `undefined` is the operator's default.
   */
  readonly drain: (timeout: number | undefined, user: string) => number;
  /** Counts followers. */
  readonly metrics: Pick<Metrics, "follows"> | undefined;
}

/** The handlers, one for each call. */
export class Service {
  readonly #table: ProcessTable;
  readonly #starter: Starter;
  readonly #restarts: Restarts;
  readonly #access: Access;
  readonly #spool: Spool;
  readonly #quotas: Quotas;
  readonly #drain: ServiceOptions["drain"];
  readonly #metrics: ServiceOptions["metrics"];
  readonly #turns = new Turns();

  constructor({ table, starter, restarts, access, spool, quotas, drain, metrics }: ServiceOptions) {
    this.#table = table;
    this.#starter = starter;
    this.#restarts = restarts;
    this.#access = access;
    this.#spool = spool;
    this.#quotas = quotas;
    this.#drain = drain;
    this.#metrics = metrics;
  }

  /** Starts a process, and answers with its id when the program runs. */
  async exec(request: ExecRequest__Output, context: CallContext): Promise<ExecResponse> {
    const { process: { id }, lease } = await this.#starter.exec(request, context);
    lease?.hold(context.connection);
    context.record.process = id;
    return { processId: id };
  }

  /** Streams the log as the spool contains it, then its end. */
  async *getLogs(
    request: GetLogsRequest__Output,
    context: CallContext,
  ): AsyncGenerator<Uint8Array | GetLogsResponse> {
    const entry = this.#find(request, context);
    const options = toReaderOptions(request);
    if (options.follow !== false) holdLease(entry, context);
    const { user, signal } = context;
    const selection = toSelection(request);
    using search = selection && await LogSearch.begin(this.#turns, { user: user.id, signal }, selection);
    const log = await entry.process.records({
      ...options,
      fromOffset: selection ? LogSearch.readFrom(entry.process.output.bytes, selection) : options.fromOffset,
      signal,
    });
    using _following = options.follow === false ? undefined : this.#metrics?.follows(entry.process, log);
    if (request.compress) context.compress();
    for await (const slice of search?.select(log) ?? log) yield* pieces(slice, context.messageSize);
    yield endOf(log, entry, context, search?.matchEnd);
  }

  /** Streams input to a process, and its output back. */
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
    using _following = this.#metrics?.follows(entry.process, log);
    const { writer } = first;
    const { messageSize } = context;
    yield* new Attachment({ log, receiver: entry, writer, pieces: piecesOf(first, messages), messageSize }).messages();
    yield endOf(log, entry, context);
  }

  /** Answers with the status of a process. */
  getStatus(request: GetStatusRequest__Output, context: CallContext): GetStatusResponse {
    return { status: statusFor(this.#find(request, context), context) };
  }

  /**
   * Stops a process, and answers when it has finished. The stop goes on without the client. A restart of a process that has
   * finished already is given up.
   */
  async stop(request: StopRequest__Output, context: CallContext): Promise<StopResponse> {
    const entry = this.#find(request, context);
    const grace = request.grace ? toGrace(request.grace) : undefined;
    this.#quotas.change(context.user.id);
    const { id, subject } = context.user;
    const stop = { grace, by: id, byName: shortSubject(subject) };
    await this.#restarts.cancel(entry.process.id, "a stop has cancelled the restart", stop);
    await entry.process.stop(stop);
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

  /** Answers with a page of the user's own processes, or of all users' processes, the newest first. */
  list(request: ListRequest__Output, context: CallContext): ListResponse {
    const all = wantsAll(request, context);
    const { pageSize, ...filter } = toListQuery(request);
    const place = { before: filter.before };
    return toPage(this.#table.list(context.user, all, filter, place), pageSize, place);
  }

  /** Removes a finished process and its log. */
  async remove(request: RemoveRequest__Output, context: CallContext): Promise<RemoveResponse> {
    const { process: { id } } = this.#find(request, context);
    this.#quotas.change(context.user.id);
    await this.forget(id);
    return {};
  }

  /**
   * Removes a process and its log.
   *
   * @throws {NotFinishedError} When the process has not finished.
   */
  async forget(id: string): Promise<void> {
    await this.#restarts.cancel(id, "the process was removed");
    const removal = this.#table.remove(id);
    if (!removal) return; // another call removes it already
    using _gone = removal.gone;
    await removal.entry.process.ended;
    await this.#spool.remove(id);
  }

  /** Streams the changes of the user's own processes, or of all users' processes. */
  async *watch(request: WatchRequest__Output, context: CallContext): AsyncGenerator<WatchResponse> {
    const { user, signal, hold } = context;
    const all = wantsAll(request, context);
    hold((right) => (wantsAll(request, { right }), Infinity));
    for await (const { id, entry } of this.#table.watch(user, signal, all)) {
      yield { processId: id, status: entry && toFullStatusMessage(entry) };
    }
  }

  /** Grants another user the right to see or to stop a process. */
  share(request: ShareRequest__Output, context: CallContext): ShareResponse {
    const grant = toGrant(request, context.user);
    const entry = this.#find(request, context);
    this.#quotas.change(context.user.id);
    checkRoom(entry, grant);
    if (!entry.grants.some(({ user }) => user === grant.user)) {
      this.#quotas.grant(this.#spool.history.read((records) => records.usages.of(entry.owner)).grants);
    }
    this.#table.share(entry, grant);
    this.#access.changed(grant.user); // the new grant may be less than the one before
    return {};
  }

  /** Removes another user's right to a process. */
  unshare(request: UnshareRequest__Output, context: CallContext): UnshareResponse {
    const entry = this.#find(request, context);
    const user = toUserId(request.user);
    this.#quotas.change(context.user.id);
    try {
      this.#table.unshare(entry, user);
    } finally {
      this.#access.changed(user);
    }
    return {};
  }

  /** Answers with the caller's identity and role. */
  whoAmI(_request: WhoAmIRequest__Output, { user, right }: CallContext): WhoAmIResponse {
    return { userId: user.id, subject: user.subject, role: right.role };
  }

  /** Lets the daemon end when its processes have finished. */
  drain({ timeout }: DrainRequest__Output, { user }: CallContext): DrainResponse {
    return { processes: this.#drain(timeout ? toDrainTimeout(timeout) : undefined, user.id) };
  }

  /** Finds the process of a request. The call ends when the caller loses the right to the process. */
  #find({ processId }: { processId: string }, { user, right, record, hold }: CallContext): Entry {
    if (validate(processId)) record.named = processId.toLowerCase();
    const entry = this.#table.find(processId, user, right);
    hold((right) => allowedUntil(processId, entry, user, right));
    record.process = entry.process.id;
    if (entry.owner !== user.id) {
      record.owner = entry.owner;
      record.ownerSubject = shortSubject(entry.ownerSubject);
    }
    return entry;
  }
}

/**
 * Whether a request asks for the processes of all users.
 *
 * @throws {PermissionDeniedError} When the caller has a right to their own processes only.
 */
function wantsAll({ allUsers }: { allUsers: boolean }, { right }: Pick<CallContext, "right">): boolean {
  if (allUsers && right.scope !== "all") {
    throw new PermissionDeniedError(
      `Your role, ${right.role}, shows you your own processes only: ask for these alone, without --all`,
    );
  }
  return allUsers;
}

/** Holds the lease of a process until the end of the call. The calls of other users do not keep a process alive. */
function holdLease(entry: Entry, { user, signal }: CallContext): void {
  if (entry.owner === user.id) entry.lease?.hold({ signal });
}
