/**
 * Between grpc-js and the handlers: the one place that knows how the library wants to be called.
 *
 * A handler is a plain function of a request and its context; it returns or throws. Whatever it throws, whenever it
 * ends, the daemon and the other calls go on, and the client gets one answer.
 *
 * @module
 */
import { MalformedRequest } from "@paas/proto";
import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  status as Code,
} from "@paas/proto/grpc";
import { clock } from "@paas/worker/system";
import type { Duplex } from "node:stream";
import type { Access } from "../access/access.ts";
import type { AuditLog } from "../telemetry/audit.ts";
import { type Right, rightOf } from "../access/authorization.ts";
import { compressed, gzipHeaders } from "./compression.ts";
import { InvalidArgumentError, PermissionDeniedError, ProcessNotFoundError } from "../errors.ts";
import { type Guest, guestOf, type User } from "../identity/identity.ts";
import type { Log } from "../telemetry/daemon_log.ts";
import { Pace } from "./pace.ts";
import type { Role } from "../access/roles.ts";
import { type Refusal, toRefusal } from "./status_codes.ts";

/** What every call needs of the daemon. */
export interface Surroundings {
  readonly log: Log;
  readonly access: Access;
  /** Where calls are written down, if they are. */
  readonly audit?: AuditLog | undefined;
}

/** What a handler knows beside the request. */
export interface CallContext {
  /** Who calls. */
  readonly user: User;
  /** What they may do with this call. */
  readonly right: Right;
  /** Aborts when the call is over, by the client, by its deadline, or by the handler's own end. */
  readonly signal: AbortSignal;
  /** Aborts when the connection is gone. */
  readonly connection: AbortSignal;
  /** What the handler adds to the log line of the call. */
  readonly record: CallRecord;
  /**
   * Holds the call to a condition: it must not throw now, and ends the call when it throws later. It is looked at anew
   * whenever somebody may do less than before, with what the caller may do then, and at the time that it gives (in
   * milliseconds since the Unix epoch).
   */
  hold(condition: (right: Right) => number): void;
  /** How many bytes the next message of a stream may have, for the client to have it soon. */
  messageSize(): number;
  /** Has the messages of a stream compressed. The client is told now, so it must be before the first one. */
  compress(): void;
}

/** What the log line of a call tells about its subject. Never arguments, environment or output. */
export interface CallRecord {
  /** The id of the process. */
  process?: string;
  /** The program's name, without its directory. */
  program?: string | undefined;
  /** The id that was named, whether there is such a process or not. For the audit log alone. */
  named?: string;
  /** The id of its owner, if that is another user. For the audit log alone. */
  owner?: string | undefined;
  /** What a process was started with. For the audit log alone. */
  argv?: readonly string[] | undefined;
}

/** Answers with one message. */
export type UnaryHandler<Request, Response> = (
  request: Request,
  context: CallContext,
) => Response | Promise<Response>;

/** Answers with a stream of messages: an async generator, or anything else that is async iterable. */
export type StreamingHandler<Request, Response> = (
  request: Request,
  context: CallContext,
) => AsyncIterable<Response>;

/** What kind of a call it is. */
export interface CallOptions {
  /**
   * Whether it is one of the machinery around, such as a health check: logged only when it fails, and the shutdown does not
   * wait until its client has left.
   */
  readonly background?: boolean;
}

/** So many messages of a stream wait for a slow client: one on its way, and the next one ready. */
const MAX_UNSENT_MESSAGES = 2;

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A unary call for grpc-js.
 *
 * @example
 * ```ts ignore
 * server.addService(processService, { GetStatus: unary(surroundings, (request, context) => service.getStatus(request, context)) });
 * ```
 */
export function unary<Request, Response>(
  surroundings: Surroundings,
  handle: UnaryHandler<Request, Response>,
  options?: CallOptions,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    const running = new RunningCall(call, surroundings, callback, options);
    try {
      const context = running.context(running.authenticate());
      const response = await handle(decoded(call.request), context);
      if (running.end(Code.OK)) callback(null, response);
    } catch (error) {
      running.refuse(error);
    }
  };
}

/** Answers a stream of messages with another one. */
export type DuplexHandler<Request, Response> = (
  requests: AsyncIterable<Request>,
  context: CallContext,
) => AsyncIterable<Response>;

/** A call that is answered with a stream, for grpc-js. A client that does not read makes its own producer wait. */
export function serverStreaming<Request, Response>(
  surroundings: Surroundings,
  handle: StreamingHandler<Request, Response>,
  options?: CallOptions,
): handleServerStreamingCall<Request, Response> {
  return (call) => answer(call, surroundings, (context) => handle(decoded(call.request), context), options);
}

/** A call with a stream each way, for grpc-js. A handler that does not read makes its client wait. */
export function duplex<Request, Response>(
  surroundings: Surroundings,
  handle: DuplexHandler<Request, Response>,
  options?: CallOptions,
): handleBidiStreamingCall<Request, Response> {
  // Otherwise the whole call would be destroyed once the client has sent its last message, or a bad one.
  const requestsOf = (call: Pick<Duplex, "iterator">) =>
    call.iterator({ destroyOnReturn: false }) as AsyncIterable<Request>;
  return (call) => answer(call, surroundings, (context) => handle(allDecoded(requestsOf(call)), context), options);
}

/**
 * A request, if it is one.
 *
 * @throws {InvalidArgumentError} when its bytes could not be decoded, or are more than there may be.
 */
function decoded<Request>(request: Request): Request {
  if (!(request instanceof MalformedRequest)) return request;
  throw new InvalidArgumentError(request.reason);
}

/** Requests, each as by {@linkcode decoded}. */
async function* allDecoded<Request>(requests: AsyncIterable<Request>): AsyncGenerator<Request> {
  for await (const request of requests) yield decoded(request);
}

/** Answers a call with a stream. */
async function answer<Response>(
  call: ServerWritableStream<unknown, Response> | ServerDuplexStream<unknown, Response>,
  surroundings: Surroundings,
  messages: (context: CallContext) => AsyncIterable<Response>,
  options: CallOptions = {},
): Promise<void> {
  const tell = (refusal: Refusal) => {
    call.emit("error", Object.assign(new Error(refusal.details), refusal)); // as the library wants it
  };
  const running = new RunningCall(call, surroundings, tell, options);
  try {
    const guest = running.authenticate();
    using _reading = options.background ? undefined : guest.reads();
    await send(call, running, messages(running.context(guest)));
    if (running.end(Code.OK)) call.end();
  } catch (error) {
    running.refuse(error);
  }
}

/** Writes messages as fast as the client takes them, until there are no more or the call is over. */
async function send<Response>(
  call: Pick<ServerWritableStream<unknown, Response | Uint8Array>, "write">,
  running: RunningCall,
  messages: AsyncIterable<Response>,
): Promise<void> {
  const { signal, pace } = running;
  let unsent = 0;
  let free = 0;
  let proceed = () => {};
  signal.addEventListener("abort", () => proceed());
  for await (const message of messages) {
    const wire = running.compresses ? await compressed(message) : message;
    if (signal.aborted) return;
    unsent++;
    const begin = performance.now();
    call.write(wire, () => {
      unsent--;
      const now = performance.now();
      if (message instanceof Uint8Array) pace.sent(message.length, now - Math.max(begin, free));
      free = now;
      proceed();
    });
    // Not `drain`: the library's queue is of 16 messages, whatever their size, and that for each stalled reader.
    while (unsent >= MAX_UNSENT_MESSAGES && !signal.aborted) {
      await new Promise<void>((resolve) => proceed = resolve);
    }
  }
}

/** What calls of all kinds have. */
type ServerCall =
  & Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext" | "getDeadline" | "getPath" | "sendMetadata">
  & { once(event: "cancelled", listener: () => void): unknown };

/** A call from its arrival to its one end, which is logged. */
class RunningCall {
  readonly #call: ServerCall;
  readonly #surroundings: Surroundings;
  readonly #answer: (refusal: Refusal) => void;
  readonly #background: boolean;
  readonly #controller = new AbortController();
  readonly #record: CallRecord = {};
  readonly #start = performance.now();
  /** Whether its messages are to be compressed. */
  compresses = false;
  /** How large they are to be. */
  readonly pace = new Pace();
  #guest: Guest | undefined;
  #role: Role | undefined;
  #right: Right | undefined;

  /** @param answer Tells the client of a refusal. */
  constructor(
    call: ServerCall,
    surroundings: Surroundings,
    answer: (refusal: Refusal) => void,
    { background = false }: CallOptions = {},
  ) {
    this.#call = call;
    this.#surroundings = surroundings;
    this.#answer = answer;
    this.#background = background;
    call.once("cancelled", () => this.end(this.#isLate() ? Code.DEADLINE_EXCEEDED : Code.CANCELLED));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Says who calls, and sees that they may.
   *
   * @throws {UnauthenticatedError} when that cannot be told.
   * @throws {PermissionDeniedError} when their role does not allow the call.
   */
  authenticate(): Guest {
    const guest = this.#guest = guestOf(this.#call.getAuthContext().sslPeerCertificate);
    this.#role = this.#surroundings.access.roleOf(guest);
    this.#right = rightOf(this.#role, this.#call.getPath());
    return guest;
  }

  context({ user, connection }: Guest): CallContext {
    const compress = () => {
      this.compresses = true;
      this.#call.sendMetadata(gzipHeaders);
    };
    const hold = (condition: (right: Right) => number) => this.#hold(condition);
    const messageSize = () => this.pace.size;
    const [right, record, signal] = [this.#right!, this.#record, this.signal];
    return { user, right, signal, connection, record, hold, messageSize, compress };
  }

  #hold(condition: (right: Right) => number): void {
    const { access } = this.#surroundings;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (end: number) => {
      clearTimeout(timer);
      if (end !== Infinity) timer = setTimeout(look, Math.min(Math.max(end - clock.now(), 0), MAX_TIMER_MS));
    };
    const look = () => {
      try {
        wait(condition(rightOf(access.roleOf(this.#guest!), this.#call.getPath())));
      } catch (error) {
        const gone = error instanceof ProcessNotFoundError;
        this.refuse(gone ? new PermissionDeniedError("You may not see the process any more") : error);
      }
    };
    wait(condition(this.#right!));
    access.onChange(look, this.signal);
    this.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  /** Ends the call, and says whether it was still open: only then there is somebody to answer. */
  end(code: Code): boolean {
    if (this.signal.aborted) return false;
    this.#controller.abort();
    if (this.#background && code === Code.OK) return true;
    const { log, audit } = this.#surroundings;
    const method = this.#call.getPath().split("/").at(-1);
    const { program, process } = this.#record;
    const ms = Math.round((performance.now() - this.#start) * 10) / 10;
    const user = this.#guest?.user;
    log.write("call", {
      user: user?.id.slice(0, 16),
      subject: user?.subject,
      method,
      program,
      process,
      code: Code[code],
      ms,
    });
    const { named, owner, argv } = this.#record;
    const about = { program, argv, process: process ?? named, owner };
    audit?.call({ guest: this.#guest, role: this.#role, method, ...about, code: Code[code]!, ms });
    return true;
  }

  /** Ends the call with an error, and tells the client if there still is one. */
  refuse(error: unknown): void {
    if (this.signal.aborted) return; // mostly it is the abort itself that comes back
    const { log } = this.#surroundings;
    const refusal = toRefusal(error, (reference, error) => log.writeUnforeseen(reference, error));
    this.end(refusal.code);
    this.#answer(refusal);
  }

  #isLate(): boolean {
    const deadline = this.#call.getDeadline();
    return (deadline instanceof Date ? deadline.getTime() : deadline) <= Date.now();
  }
}
