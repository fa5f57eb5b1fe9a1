/**
 * Traces and metrics, through the OpenTelemetry that is built into Deno. Deno collects and exports them as the
 * variables of the environment say. The metrics are for Prometheus as well. This module is loaded only if `OTEL_DENO`
 * is set, or with `--metrics-listen`.
 *
 * `docs/telemetry.md` explains each name. Of a command only the program's name is exported.
 *
 * @module
 */
import { ServerInterceptingCall, type ServerInterceptor, status as Code } from "@paas/proto/grpc";
import { type Process, SpawnError } from "@paas/worker";
import {
  type Attributes,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Exposition } from "./exposition.ts";
import { Metrics } from "./metrics.ts";

/** The beginning of the calls that are traced. Health checks, which come every few seconds, are only counted. */
const TRACED = "/paas.";

/** Codes that are the daemon's fault, and not the caller's. */
const FAULTS = new Set([
  Code.UNKNOWN,
  Code.DEADLINE_EXCEEDED,
  Code.UNIMPLEMENTED,
  Code.INTERNAL,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
]);

/** Records calls and processes as traces and metrics. */
export class Telemetry {
  /** The metrics. */
  readonly metrics: Metrics;
  /** The page of the metrics for Prometheus, if there is to be one. */
  readonly exposition: Exposition | undefined;
  readonly #tracer = trace.getTracer("paasd");

  constructor(exposition?: Exposition) {
    this.exposition = exposition;
    this.metrics = new Metrics([metrics.getMeter("paasd"), ...exposition ? [exposition.meter] : []]);
  }

  /** Loads what makes a page for Prometheus, and makes a telemetry with one. */
  static async withPage(): Promise<Telemetry> {
    const { Exposition } = await import("./exposition.ts");
    return new Telemetry(new Exposition());
  }

  /**
   * Records each call, from its metadata to its status. The span of a call is a child of the client's span (W3C
   * `traceparent`), and everything that the handler does belongs to it.
   */
  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    const start = performance.now();
    const method = path.slice(1);
    let span: Span | undefined;
    let within = ROOT_CONTEXT;
    let ended = false;
    const end = (code: Code) => {
      if (ended) return; // a client that goes away after the answer has not cancelled anything
      ended = true;
      const attributes: Attributes = { "rpc.response.status_code": Code[code] };
      if (FAULTS.has(code)) attributes["error.type"] = Code[code];
      this.metrics.called(method, (performance.now() - start) / 1000, attributes);
      span?.setAttributes({ ...attributes, "rpc.grpc.status_code": code });
      if (FAULTS.has(code)) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, next) => {
            if (path.startsWith(TRACED)) {
              const [traceparent, tracestate] = [metadata.get("traceparent")[0], metadata.get("tracestate")[0]];
              within = propagation.extract(ROOT_CONTEXT, { ...traceparent && { traceparent, tracestate } });
              span = this.#tracer.startSpan(
                method,
                { kind: SpanKind.SERVER, attributes: rpcAttributes(method) },
                within,
              );
              within = trace.setSpan(within, span);
            }
            context.with(within, next, undefined, metadata);
          },
          onReceiveMessage: (message, next) => context.with(within, next, undefined, message),
          onReceiveHalfClose: (next) => context.with(within, next),
          onCancel: () => end(isPast(call.getDeadline()) ? Code.DEADLINE_EXCEEDED : Code.CANCELLED),
        }),
      sendStatus: (status, next) => {
        end(status.code ?? Code.UNKNOWN);
        next(status);
      },
    });
  };

  /** Starts a process, and records its life. Its span is a child of the span of the call that starts it. */
  async start(program: string, spawn: () => Promise<Process>): Promise<Process> {
    const span = this.#tracer.startSpan("process", { attributes: { "process.executable.name": program } });
    try {
      const process = await spawn();
      this.metrics.spawned();
      span.setAttributes({ "process.pid": process.pid, "paas.process.id": process.id });
      process.finished.then(({ exit, endReason }) => {
        span.setAttribute("paas.process.end_reason", endReason);
        if (exit.code !== undefined) span.setAttribute("process.exit.code", exit.code);
        if (exit.signal !== undefined) span.setAttribute("paas.process.signal", exit.signal);
        span.end();
      });
      return process;
    } catch (error) {
      const type = error instanceof SpawnError ? error.failure : (error as Error).name;
      this.metrics.spawned(type);
      span.setAttribute("error.type", type);
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      throw error;
    }
  }
}

/** Gives the attributes of a call, by the names of today and by older ones that many dashboards still use. */
function rpcAttributes(method: string): Attributes {
  return {
    "rpc.system.name": "grpc",
    "rpc.method": method,
    "rpc.system": "grpc",
    "rpc.service": method.slice(0, method.lastIndexOf("/")),
  };
}

function isPast(deadline: Date | number): boolean {
  return (deadline instanceof Date ? deadline.getTime() : deadline) <= Date.now();
}
