/**
 * Adapters between grpc-js and the handlers, one for each kind of call. No other module knows how grpc-js calls handlers.
 *
 * A handler is a plain function of a request and its context; it returns or throws. Whatever a handler throws and whenever
 * it ends, the client gets one answer, and the daemon and the other calls go on.
 *
 * @module
 */
import { MalformedRequest } from "@paas/proto";
import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerWritableStream,
  status as Code,
} from "@paas/proto/grpc";
import type { Duplex } from "node:stream";
import { Bell } from "../bell.ts";
import { InvalidArgumentError } from "../errors.ts";
import { type CallContext, type CallOptions, type CallServices, RunningCall } from "./call.ts";
import { compressed } from "./compression.ts";
import type { Refusal } from "./status_codes.ts";

/** Answers a request with one message. */
export type UnaryHandler<Request, Response> = (
  request: Request,
  context: CallContext,
) => Response | Promise<Response>;

/** Answers a request with a stream of messages: an async generator, or any other async iterable. */
export type StreamingHandler<Request, Response> = (
  request: Request,
  context: CallContext,
) => AsyncIterable<Response>;

/** Answers a stream of requests with a stream of messages. */
export type DuplexHandler<Request, Response> = (
  requests: AsyncIterable<Request>,
  context: CallContext,
) => AsyncIterable<Response>;

/** Maximum number of messages of a stream that wait for a slow client: one on its way, and one ready. */
const MAX_UNSENT_MESSAGES = 2;

/**
 * Adapts a handler of unary calls.
 *
 * @example
 * ```ts ignore
 * server.addService(processService, { GetStatus: unary(services, (request, context) => service.getStatus(request, context)) });
 * ```
 */
export function unary<Request, Response>(
  services: CallServices,
  handle: UnaryHandler<Request, Response>,
  options?: CallOptions,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    const running = new RunningCall(call, services, callback, options);
    try {
      const context = running.context(running.authenticate());
      const response = await handle(decoded(call.request), context);
      if (running.end(Code.OK)) callback(null, response);
    } catch (error) {
      running.refuse(error);
    }
  };
}

/** Adapts a handler that answers with a stream. A client that does not read delays its own producer alone. */
export function serverStreaming<Request, Response>(
  services: CallServices,
  handle: StreamingHandler<Request, Response>,
  options?: CallOptions,
): handleServerStreamingCall<Request, Response> {
  return (call) => answer(call, services, (context) => handle(decoded(call.request), context), options);
}

/** Adapts a handler with a stream each way. A handler that does not read delays its own client alone. */
export function duplex<Request, Response>(
  services: CallServices,
  handle: DuplexHandler<Request, Response>,
  options?: CallOptions,
): handleBidiStreamingCall<Request, Response> {
  // By default the iterator would destroy the whole call after the client's last message, or after a bad one.
  const requestsOf = (call: Pick<Duplex, "iterator">) =>
    call.iterator({ destroyOnReturn: false }) as AsyncIterable<Request>;
  return (call) => answer(call, services, (context) => handle(allDecoded(requestsOf(call)), context), options);
}

/**
 * Passes a request on if it could be decoded.
 *
 * @throws {InvalidArgumentError} When the bytes could not be decoded, or exceed a bound.
 */
function decoded<Request>(request: Request): Request {
  if (!(request instanceof MalformedRequest)) return request;
  throw new InvalidArgumentError(request.reason);
}

/** Passes each request on, as {@linkcode decoded} does. */
async function* allDecoded<Request>(requests: AsyncIterable<Request>): AsyncGenerator<Request> {
  for await (const request of requests) yield decoded(request);
}

/** Answers a call with a stream. */
async function answer<Response>(
  call: ServerWritableStream<unknown, Response> | ServerDuplexStream<unknown, Response>,
  services: CallServices,
  messages: (context: CallContext) => AsyncIterable<Response>,
  options: CallOptions = {},
): Promise<void> {
  const sendError = (refusal: Refusal) => {
    call.emit("error", Object.assign(new Error(refusal.details), refusal)); // the library's way to end a stream
  };
  const running = new RunningCall(call, services, sendError, options);
  try {
    const caller = running.authenticate();
    using _reading = options.background ? undefined : caller.guest.reads();
    await send(call, running, messages(running.context(caller)));
    if (running.end(Code.OK)) call.end();
  } catch (error) {
    running.refuse(error);
  }
}

/** Writes messages as fast as the client takes them, until the last one or until the call has ended. */
async function send<Response>(
  call: Pick<ServerWritableStream<unknown, Response | Uint8Array>, "write">,
  running: RunningCall,
  messages: AsyncIterable<Response>,
): Promise<void> {
  const { signal, pace } = running;
  using bell = new Bell(signal);
  let unsent = 0;
  let lastSent = 0;
  for await (const message of messages) {
    const wire = running.compresses ? await compressed(message) : message;
    if (signal.aborted) return;
    unsent++;
    const begin = performance.now();
    call.write(wire, () => {
      unsent--;
      const now = performance.now();
      if (message instanceof Uint8Array) pace.sent(message.length, now - Math.max(begin, lastSent));
      lastSent = now;
      bell.ring();
    });
    // Not the event `drain`: the library's queue holds 16 messages of any size for each stalled reader.
    while (unsent >= MAX_UNSENT_MESSAGES && !signal.aborted) await bell.rung();
  }
}
