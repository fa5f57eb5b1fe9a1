/**
 * What is counted and measured, for {@linkcode Telemetry}.
 *
 * @module
 */
import type { Process, ProcessStatus } from "@paas/worker";
import type { LogReader } from "@paas/worker/records";
import { type Attributes, metrics, type ObservableResult } from "@opentelemetry/api";

/** In seconds, as the conventions for RPC want them. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** What is looked at each time that metrics are exported. */
export interface Observed {
  /** How many processes are in each state. */
  processes(): Readonly<Record<ProcessStatus["state"], number>>;
  /** What all logs have, in bytes. */
  spoolBytes(): number;
  /** How many connections there are. */
  connections(): { admitted: number; handshake: number };
}

/** A reader of a log that goes on. */
interface Follower {
  readonly process: Pick<Process, "output">;
  readonly log: Pick<LogReader, "offset">;
}

/** The instruments. */
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

  /** Counts a start, or one that failed. */
  spawned(failure?: string): void {
    this.#spawns.add(1, failure === undefined ? {} : { "error.type": failure });
  }

  /** Counts a connection that was not let in. */
  refused(cause: string): void {
    this.#refusals.add(1, { "error.type": kindOf(cause) });
  }

  /** Counts a reader that follows a log, until what this returns is disposed of. */
  follows(process: Follower["process"], log: Follower["log"]): Disposable {
    const follower = { process, log };
    this.#followers.add(follower);
    return { [Symbol.dispose]: () => this.#followers.delete(follower) };
  }

  /** From now on looks at these as well. */
  observe({ processes, spoolBytes, connections }: Observed): void {
    this.#watch("paas.processes", "{process}", "Processes that are known, by state", (result) => {
      for (const [state, value] of Object.entries(processes())) result.observe(value, { "paas.process.state": state });
    });
    this.#watch("paas.spool.size", "By", "What all logs have on the disk", (result) => result.observe(spoolBytes()));
    this.#watch("paas.connections", "{connection}", "Connections, by state", (result) => {
      for (const [state, value] of Object.entries(connections())) {
        result.observe(value, { "paas.connection.state": state });
      }
    });
    this.#watch("paas.log.followers", "{follower}", "Readers that follow a log", (result) => {
      result.observe(this.#followers.size);
    });
    this.#watch("paas.log.followers.lag", "By", "Output that all followers have not taken yet", (result) => {
      result.observe(this.#lags().reduce((sum, lag) => sum + lag, 0));
    });
    this.#watch("paas.log.followers.lag.max", "By", "Output that the slowest follower has not taken yet", (result) => {
      result.observe(Math.max(0, ...this.#lags()));
    });
  }

  #watch(name: string, unit: string, description: string, look: (result: ObservableResult) => void): void {
    this.#meter.createObservableGauge(name, { unit, description }).addCallback(look);
  }

  #lags(): number[] {
    return [...this.#followers].map(({ process, log }) => process.output.bytes - log.offset);
  }
}

/** Refusals by a word that a sentence of the front door has: the sentences themselves may tell of an address or a name. */
const KINDS: readonly [RegExp, string][] = [
  [/sent no certificate/, "no_certificate"],
  [/revoked|deny list|denied/, "certificate_revoked"],
  [/not for clients \(/, "certificate_usage"],
  [/expired|not valid yet/, "certificate_dates"],
  [/not signed|not verified/, "certificate_untrusted"],
  [/resumed/, "session_resumed"],
  [/HTTP\/2/, "no_http2"],
  [/TLS 1\.3/, "tls_version"],
  [/not speak TLS/, "no_tls"],
  [/hung up/, "hung_up"],
  [/did not finish/, "handshake_timeout"],
  [/connections/, "too_many_connections"],
];

/** The kind of a refusal. */
export function kindOf(cause: string): string {
  return KINDS.find(([pattern]) => pattern.test(cause))?.[1] ?? "other";
}
