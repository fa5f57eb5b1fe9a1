/**
 * Metrics, for {@linkcode Telemetry}.
 *
 * @module
 */
import type { Process } from "@paas/worker";
import type { LogReader } from "@paas/worker/records";
import type { Attributes, Meter, ObservableResult } from "@opentelemetry/api";
import type { RefusalKind } from "../errors.ts";
import { type Instrument, OBSERVED, RECORDED } from "./instruments.ts";

/** Bounds of the buckets of durations, in seconds, by the conventions for RPC. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The value of a metric; several values have attributes. `undefined` is a value that is not known. */
export type Reading = number | undefined | readonly (readonly [value: number, attributes: Attributes])[];

/** The metrics that {@linkcode Metrics} reads by itself. */
type Own = "followers" | "lag" | "lagMax";

/** Functions that read the values of all other observed metrics. */
export type Observed = {
  readonly [Key in Exclude<keyof typeof OBSERVED, Own>]: () => Reading | Promise<Reading>;
};

/** A reader that follows the log of a live process. */
interface Follower {
  readonly process: Pick<Process, "output">;
  readonly log: Pick<LogReader, "offset">;
}

/** The instruments of the daemon, at each of some meters. */
export class Metrics {
  readonly #meters: readonly Meter[];
  readonly #calls;
  readonly #spawns;
  readonly #refusals;
  readonly #followers = new Set<Follower>();

  constructor(meters: readonly Meter[]) {
    this.#meters = meters;
    const { calls, spawns, refusals } = RECORDED;
    const advice = { explicitBucketBoundaries: DURATIONS };
    this.#calls = meters.map((meter) => meter.createHistogram(calls.name, { ...optionsOf(calls), advice }));
    this.#spawns = meters.map((meter) => meter.createCounter(spawns.name, optionsOf(spawns)));
    this.#refusals = meters.map((meter) => meter.createCounter(refusals.name, optionsOf(refusals)));
  }

  /** Counts a call. */
  called(method: string, seconds: number, attributes: Attributes): void {
    const all = { "rpc.system.name": "grpc", "rpc.method": method, ...attributes };
    for (const calls of this.#calls) calls.record(seconds, all);
  }

  /** Counts a start of a process, or a failed one with its reason. */
  spawned(failure?: string): void {
    for (const spawns of this.#spawns) spawns.add(1, failure === undefined ? {} : { "error.type": failure });
  }

  /** Counts a connection that was refused. */
  refused(kind: RefusalKind): void {
    for (const refusals of this.#refusals) refusals.add(1, { "error.type": kind });
  }

  /** Counts a reader that follows a log, until the returned object is disposed of. */
  follows(process: Follower["process"], log: Follower["log"]): Disposable {
    const follower = { process, log };
    this.#followers.add(follower);
    return { [Symbol.dispose]: () => this.#followers.delete(follower) };
  }

  /**
   * Exports these values as well, until the returned object is disposed of. They are read only when somebody asks for
   * them.
   */
  observe(observed: Observed): Disposable {
    const watched = new DisposableStack();
    const all: Record<keyof typeof OBSERVED, () => Reading | Promise<Reading>> = {
      ...observed,
      followers: () => this.#followers.size,
      lag: () => this.#lags().reduce((sum, lag) => sum + lag, 0),
      lagMax: () => this.#lags().reduce((most, lag) => Math.max(most, lag), 0),
    };
    for (const [key, read] of Object.entries(all)) {
      const instrument = OBSERVED[key as keyof typeof OBSERVED];
      for (const meter of this.#meters) watched.use(watch(meter, instrument, read));
    }
    return watched;
  }

  #lags(): number[] {
    return [...this.#followers].map(({ process, log }) => process.output.bytes - log.offset);
  }
}

function watch(meter: Meter, instrument: Instrument, read: () => Reading | Promise<Reading>): Disposable {
  const { name, kind } = instrument;
  const observable = kind === "sum"
    ? meter.createObservableCounter(name, optionsOf(instrument))
    : meter.createObservableGauge(name, optionsOf(instrument));
  const look = (result: ObservableResult) => {
    const report = (reading: Reading) => {
      if (typeof reading === "number") result.observe(reading);
      else for (const [value, attributes] of reading ?? []) result.observe(value, attributes);
    };
    const reading = read();
    // Figures that need no waiting are all of the same moment.
    return reading instanceof Promise ? reading.then(report) : report(reading);
  };
  observable.addCallback(look);
  return { [Symbol.dispose]: () => observable.removeCallback(look) };
}

function optionsOf({ unit, description }: Instrument): { unit: string; description: string } {
  return { unit, description };
}
