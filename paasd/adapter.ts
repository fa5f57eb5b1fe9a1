/**
 * Between grpc-js and the handlers: the one place that knows how the library wants to be called.
 *
 * A handler is a plain function of a request and its context; it returns or throws. Whatever it throws, whenever it
 * ends, the daemon and the other calls go on, and the client gets one answer.
 *
 * @module
 */
import { MalformedRequest } from "@paas/proto"; // first: it mends node:http2 before grpc-js is loaded
import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  status as Code,
} from "@grpc/grpc-js";
import type { Duplex } from "node:stream";
import { compressed, gzipHeaders } from "./compression.ts";
import { InvalidArgumentError } from "./errors.ts";
import { type Guest, guestOf, type User } from "./identity.ts";
import type { Log } from "./log.ts";
import { type Refusal, toRefusal } from "./status_codes.ts";

/** What a handler knows beside the request. */
export interface CallContext {
  /** Who calls. */
  readonly user: User;
  /** Aborts when the call is over, by the client, by its deadline, or by the handler's own end. */
  readonly signal: AbortSignal;
  /** Aborts when the connection is gone. */
  readonly connection: AbortSignal;
  /** What the handler adds to the log line of the call. */
  readonly record: CallRecord;
  /** Has the messages of a stream compressed. The client is told now, so it must be before the first one. */
  compress(): void;
}

/** What the log line of a call tells about its subject. Never arguments, environment or output. */
export interface CallRecord {
  /** The id of the process. */
  process?: string;
  /** The program's name, without its directory. */
  program?: string | undefined;
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

/**
 * A unary call for grpc-js.
 *
 * @example
 * ```ts ignore
 * server.addService(processService, { GetStatus: unary(log, (request, context) => service.getStatus(request, context)) });
 * ```
 */
export function unary<Request, Response>(
  log: Log,
  handle: UnaryHandler<Request, Response>,
  options?: CallOptions,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    const running = new RunningCall(call, log, options);
    try {
      const context = running.context(running.authenticate());
      const response = await handle(decoded(call.request), context);
      if (running.end(Code.OK)) callback(null, response);
    } catch (error) {
      const refusal = running.refuse(error);
      if (refusal) callback(refusal);
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
  log: Log,
  handle: StreamingHandler<Request, Response>,
  options?: CallOptions,
): handleServerStreamingCall<Request, Response> {
  return (call) => answer(call, log, (context) => handle(decoded(call.request), context), options);
}

/** A call with a stream each way, for grpc-js. A handler that does not read makes its client wait. */
export function duplex<Request, Response>(
  log: Log,
  handle: DuplexHandler<Request, Response>,
  options?: CallOptions,
): handleBidiStreamingCall<Request, Response> {
  // Otherwise the whole call would be destroyed once the client has sent its last message, or a bad one.
  const requestsOf = (call: Pick<Duplex, "iterator">) =>
    call.iterator({ destroyOnReturn: false }) as AsyncIterable<Request>;
  return (call) => answer(call, log, (context) => handle(allDecoded(requestsOf(call)), context), options);
}

/**
 * A request, if it is one.
 *
 * @throws {InvalidArgumentError} when its bytes could not be decoded.
 */
function decoded<Request>(request: Request): Request {
  if (!(request instanceof MalformedRequest)) return request;
  throw new InvalidArgumentError(`Cannot decode the request: ${request.reason}; send what the contract says`);
}

/** Requests, each as by {@linkcode decoded}. */
async function* allDecoded<Request>(requests: AsyncIterable<Request>): AsyncGenerator<Request> {
  for await (const request of requests) yield decoded(request);
}

/** Answers a call with a stream. */
async function answer<Response>(
  call: ServerWritableStream<unknown, Response> | ServerDuplexStream<unknown, Response>,
  log: Log,
  messages: (context: CallContext) => AsyncIterable<Response>,
  options: CallOptions = {},
): Promise<void> {
  const running = new RunningCall(call, log, options);
  try {
    const guest = running.authenticate();
    using _reading = options.background ? undefined : guest.reads();
    await send(call, running, messages(running.context(guest)));
    if (running.end(Code.OK)) call.end();
  } catch (error) {
    const refusal = running.refuse(error);
    if (refusal) call.emit("error", Object.assign(new Error(refusal.details), refusal)); // as the library wants it
  }
}

/** Writes messages as fast as the client takes them, until there are no more or the call is over. */
async function send<Response>(
  call: Pick<ServerWritableStream<unknown, Response | Uint8Array>, "write">,
  running: RunningCall,
  messages: AsyncIterable<Response>,
): Promise<void> {
  const { signal } = running;
  let unsent = 0;
  let proceed = () => {};
  signal.addEventListener("abort", () => proceed());
  for await (const message of messages) {
    const wire = running.compresses ? await compressed(message) : message;
    if (signal.aborted) return;
    unsent++;
    call.write(wire, () => {
      unsent--;
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
  readonly #log: Log;
  readonly #background: boolean;
  readonly #controller = new AbortController();
  readonly #record: CallRecord = {};
  readonly #start = performance.now();
  /** Whether its messages are to be compressed. */
  compresses = false;
  #user: User | undefined;

  constructor(call: ServerCall, log: Log, { background = false }: CallOptions = {}) {
    this.#call = call;
    this.#log = log;
    this.#background = background;
    call.once("cancelled", () => this.end(this.#isLate() ? Code.DEADLINE_EXCEEDED : Code.CANCELLED));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Says who calls.
   *
   * @throws {UnauthenticatedError} when that cannot be told.
   */
  authenticate(): Guest {
    const guest = guestOf(this.#call.getAuthContext().sslPeerCertificate);
    this.#user = guest.user;
    return guest;
  }

  context({ user, connection }: Guest): CallContext {
    const compress = () => {
      this.compresses = true;
      this.#call.sendMetadata(gzipHeaders);
    };
    return { user, signal: this.signal, connection, record: this.#record, compress };
  }

  /** Ends the call, and says whether it was still open: only then there is somebody to answer. */
  end(code: Code): boolean {
    if (this.signal.aborted) return false;
    this.#controller.abort();
    if (this.#background && code === Code.OK) return true;
    this.#log.write("call", {
      user: this.#user?.id.slice(0, 16),
      subject: this.#user?.subject,
      method: this.#call.getPath().split("/").at(-1),
      ...this.#record,
      code: Code[code],
      ms: Math.round((performance.now() - this.#start) * 10) / 10,
    });
    return true;
  }

  /** Ends the call with an error; gives what to tell the client if there still is one. */
  refuse(error: unknown): Refusal | undefined {
    if (this.signal.aborted) return undefined; // mostly it is the abort itself that comes back
    const refusal = toRefusal(error, (reference, error) => this.#log.writeUnforeseen(reference, error));
    this.end(refusal.code);
    return refusal;
  }

  #isLate(): boolean {
    const deadline = this.#call.getDeadline();
    return (deadline instanceof Date ? deadline.getTime() : deadline) <= Date.now();
  }
}
