/**
 * The table of all metrics. OpenTelemetry's exporter and the page for Prometheus are made from it; `docs/telemetry.md`
 * explains each entry.
 *
 * No attribute comes from a user: there is no user, name, program or address among them.
 *
 * @module
 */

/** The kind of an instrument: `sum` is a counter whose value is read, not counted here. */
export type Kind = "histogram" | "counter" | "gauge" | "sum";

/** A metric. */
export interface Instrument {
  readonly name: string;
  readonly kind: Kind;
  /** The unit, as UCUM writes it; one in braces is a number of things. */
  readonly unit: string;
  readonly description: string;
  /** The names of its attributes. */
  readonly attributes: readonly string[];
}

/** Metrics that are counted when something happens. */
export const RECORDED = {
  calls: instrument("histogram", "rpc.server.call.duration", "s", "Duration of calls", [
    "rpc.system.name",
    "rpc.method",
    "rpc.response.status_code",
    "error.type",
  ]),
  spawns: instrument("counter", "paas.process.spawns", "{process}", "Processes that were started, or could not be", [
    "error.type",
  ]),
  refusals: instrument("counter", "paas.connection.refusals", "{connection}", "Connections that were not let in", [
    "error.type",
  ]),
};

/** Metrics whose values are read when somebody asks. */
export const OBSERVED = {
  build: gauge("paas.build.info", "{build}", "The version of the daemon; the value is always 1", [
    "service.version",
    "process.runtime.version",
  ]),
  processes: gauge("paas.processes", "{process}", "Processes that are known, by state", ["paas.process.state"]),
  spoolSize: gauge("paas.spool.size", "By", "Size of all logs"),
  spoolLimit: gauge("paas.spool.limit", "By", "Maximum size of all logs (--max-spool-bytes)"),
  spoolFree: gauge("paas.spool.free", "By", "Free space of the file system with the logs"),
  connections: gauge("paas.connections", "{connection}", "Connections, by state", ["paas.connection.state"]),
  followers: gauge("paas.log.followers", "{follower}", "Readers that follow a log"),
  lag: gauge("paas.log.followers.lag", "By", "Output that all followers have not taken yet"),
  lagMax: gauge("paas.log.followers.lag.max", "By", "Output that the slowest follower has not taken yet"),
  certificates: gauge("paas.certificate.expiry", "s", "Time until a certificate or a revocation list ends", [
    "paas.certificate.kind",
    "paas.certificate.subject",
    "paas.certificate.fingerprint",
  ]),
  droppedLines: instrument("sum", "paas.log_lines.dropped", "{line}", "Lines of the daemon's own logs that were lost", [
    "paas.log.kind",
  ]),
  memory: gauge("process.memory.usage", "By", "Resident memory of the daemon"),
  heapUsed: gauge("paas.heap.used", "By", "JavaScript heap in use"),
  heapSize: gauge("paas.heap.size", "By", "JavaScript heap"),
  cpu: instrument("sum", "process.cpu.time", "s", "CPU time of the daemon", ["cpu.mode"]),
  descriptors: gauge("paas.descriptors.open", "{descriptor}", "Open file descriptors of the daemon"),
  descriptorLimit: gauge("paas.descriptors.limit", "{descriptor}", "Maximum number of open file descriptors"),
  loopDelayMax: gauge("paas.event_loop.delay.max", "s", "Longest delay of the event loop within the last minute"),
  loopDelayP99: gauge(
    "paas.event_loop.delay.p99",
    "s",
    "Delay of the event loop within that minute, 99th percentile",
  ),
  uptime: gauge("process.uptime", "s", "Time since the start of the daemon"),
};

/** The suffixes of units in the names of Prometheus. */
const SUFFIXES: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };

/**
 * Gives the name of a metric on the page for Prometheus.
 *
 * @example
 * ```ts
 * import { OBSERVED, prometheusName } from "./instruments.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(prometheusName(OBSERVED.cpu), "process_cpu_time_seconds_total");
 * ```
 */
export function prometheusName({ name, kind, unit }: Instrument): string {
  const total = kind === "counter" || kind === "sum" ? "_total" : "";
  return `${name.replaceAll(".", "_")}${SUFFIXES[unit] ?? ""}${total}`;
}

function gauge(name: string, unit: string, description: string, attributes: readonly string[] = []): Instrument {
  return instrument("gauge", name, unit, description, attributes);
}

function instrument(
  kind: Kind,
  name: string,
  unit: string,
  description: string,
  attributes: readonly string[],
): Instrument {
  return { name, kind, unit, description, attributes };
}
