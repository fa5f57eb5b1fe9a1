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
  type ServerWritableStream,
  status as Code,
} from "@paas/proto/grpc";
import type { Duplex } from "node:stream";
import { InvalidArgumentError } from "../errors.ts";
import { type CallContext, type CallOptions, type CallServices, RunningCall } from "./call.ts";
import { compressed } from "./compression.ts";
import type { Refusal } from "./status_codes.ts";

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

/** So many messages of a stream wait for a slow client: one on its way, and the next one ready. */
const MAX_UNSENT_MESSAGES = 2;

/**
 * A unary call for grpc-js.
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

/** Answers a stream of messages with another one. */
export type DuplexHandler<Request, Response> = (
  requests: AsyncIterable<Request>,
  context: CallContext,
) => AsyncIterable<Response>;

/** A call that is answered with a stream, for grpc-js. A client that does not read makes its own producer wait. */
export function serverStreaming<Request, Response>(
  services: CallServices,
  handle: StreamingHandler<Request, Response>,
  options?: CallOptions,
): handleServerStreamingCall<Request, Response> {
  return (call) => answer(call, services, (context) => handle(decoded(call.request), context), options);
}

/** A call with a stream each way, for grpc-js. A handler that does not read makes its client wait. */
export function duplex<Request, Response>(
  services: CallServices,
  handle: DuplexHandler<Request, Response>,
  options?: CallOptions,
): handleBidiStreamingCall<Request, Response> {
  // Otherwise the whole call would be destroyed once the client has sent its last message, or a bad one.
  const requestsOf = (call: Pick<Duplex, "iterator">) =>
    call.iterator({ destroyOnReturn: false }) as AsyncIterable<Request>;
  return (call) => answer(call, services, (context) => handle(allDecoded(requestsOf(call)), context), options);
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
  services: CallServices,
  messages: (context: CallContext) => AsyncIterable<Response>,
  options: CallOptions = {},
): Promise<void> {
  const tell = (refusal: Refusal) => {
    call.emit("error", Object.assign(new Error(refusal.details), refusal)); // as the library wants it
  };
  const running = new RunningCall(call, services, tell, options);
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
