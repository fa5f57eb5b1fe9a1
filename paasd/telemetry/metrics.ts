/**
 * Metrics, for {@linkcode Telemetry}.
 *
 * @module
 */
import type { Process, ProcessStatus } from "@paas/worker";
import type { LogReader } from "@paas/worker/records";
import { type Attributes, metrics, type ObservableResult } from "@opentelemetry/api";
import type { RefusalKind } from "../errors.ts";

/** Bounds of the buckets of durations, in seconds, by the conventions for RPC. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Values that are read at each export of metrics. */
export interface Observed {
  /** Gives the number of processes in each state. */
  processes(): Readonly<Record<ProcessStatus["state"], number>>;
  /** Gives the size of all logs, in bytes. */
  spoolBytes(): number;
  /** Gives the numbers of connections. */
  connections(): { admitted: number; handshake: number };
}

/** A reader that follows the log of a live process. */
interface Follower {
  readonly process: Pick<Process, "output">;
  readonly log: Pick<LogReader, "offset">;
}

/** The instruments of the daemon. */
export class Metrics {
  readonly #meter = metrics.getMeter("paasd");
  readonly #calls = this.#meter.createHistogram("rpc.server.call.duration", {
    unit: "s",
    description: "Duration of calls",
    advice: { explicitBucketBoundaries: DURATIONS },
  });
  readonly #spawns = this.#meter.createCounter("paas.process.spawns", {
    unit: "{process}",
    description: "Processes that were started, or could not be",
  });
  readonly #refusals = this.#meter.createCounter("paas.connection.refusals", {
    unit: "{connection}",
    description: "Connections that were not let in",
  });
  readonly #followers = new Set<Follower>();

  /** Counts a call. */
  called(method: string, seconds: number, attributes: Attributes): void {
    this.#calls.record(seconds, { "rpc.system.name": "grpc", "rpc.method": method, ...attributes });
  }

  /** Counts a start of a process, or a failed one with its reason. */
  spawned(failure?: string): void {
    this.#spawns.add(1, failure === undefined ? {} : { "error.type": failure });
  }

  /** Counts a connection that was refused. */
  refused(kind: RefusalKind): void {
    this.#refusals.add(1, { "error.type": kind });
  }

  /** Counts a reader that follows a log, until the returned object is disposed of. */
  follows(process: Follower["process"], log: Follower["log"]): Disposable {
    const follower = { process, log };
    this.#followers.add(follower);
    return { [Symbol.dispose]: () => this.#followers.delete(follower) };
  }

  /** Exports these values as well, until the returned object is disposed of. */
  observe({ processes, spoolBytes, connections }: Observed): Disposable {
    const observed = new DisposableStack();
    const watch = (name: string, unit: string, description: string, look: (result: ObservableResult) => void) => {
      const gauge = this.#meter.createObservableGauge(name, { unit, description });
      gauge.addCallback(look);
      observed.defer(() => gauge.removeCallback(look));
    };
    watch("paas.processes", "{process}", "Processes that are known, by state", (result) => {
      for (const [state, value] of Object.entries(processes())) result.observe(value, { "paas.process.state": state });
    });
    watch("paas.spool.size", "By", "What all logs have on the disk", (result) => result.observe(spoolBytes()));
    watch("paas.connections", "{connection}", "Connections, by state", (result) => {
      for (const [state, value] of Object.entries(connections())) {
        result.observe(value, { "paas.connection.state": state });
      }
    });
    watch("paas.log.followers", "{follower}", "Readers that follow a log", (result) => {
      result.observe(this.#followers.size);
    });
    watch("paas.log.followers.lag", "By", "Output that all followers have not taken yet", (result) => {
      result.observe(this.#lags().reduce((sum, lag) => sum + lag, 0));
    });
    watch("paas.log.followers.lag.max", "By", "Output that the slowest follower has not taken yet", (result) => {
      result.observe(Math.max(0, ...this.#lags()));
    });
    return observed;
  }

  #lags(): number[] {
    return [...this.#followers].map(({ process, log }) => process.output.bytes - log.offset);
  }
}
