/**
 * The values of the metrics that are read when somebody asks.
 *
 * @module
 */
import type { Attributes } from "@opentelemetry/api";
import type { Spool } from "@paas/worker";
import process from "node:process";
import manifest from "../deno.json" with { type: "json" };
import type { FrontDoor } from "../door/front_door.ts";
import type { Options } from "../options/options.ts";
import type { ProcessTable } from "../processes/process_table.ts";
import type { AuditLog } from "../telemetry/audit.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import type { Observed } from "../telemetry/metrics.ts";
import type { Trust } from "../trust/trust.ts";
import { EventLoopDelay } from "./event_loop_delay.ts";
import { Machine } from "./machine.ts";

/** Maximum number of certificates with a metric of their own, those that end first. */
const MAX_CERTIFICATES = 100;

/** Maximum length of a certificate's subject, in UTF-16 code units. */
const MAX_SUBJECT_LENGTH = 128;

/** The parts of a daemon that have figures. */
export interface Sources {
  readonly log: Pick<DaemonLog, "lost">;
  readonly audit: Pick<AuditLog, "lost"> | undefined;
  readonly trust: Pick<Trust, "endings">;
  readonly table: Pick<ProcessTable, "counts">;
  readonly spool: Pick<Spool, "bytes">;
  readonly door: Pick<FrontDoor, "connections">;
  readonly options: Pick<Options, "maxSpoolBytes">;
  /** The directory of the spool. */
  readonly directory: string;
  readonly descriptorLimit: number;
}

/**
 * Gives functions that read the figures of a daemon.
 *
 * @param closing Takes the meter of the event loop, and ends it.
 */
export function observedOf(sources: Sources, closing: AsyncDisposableStack): Observed {
  const { log, audit, trust, table, spool, door, options, directory, descriptorLimit } = sources;
  const delay = closing.use(new EventLoopDelay());
  const machine = new Machine(directory, descriptorLimit);
  return {
    build: () => [[1, { "service.version": manifest.version, "process.runtime.version": Deno.version.deno }]],
    processes: () => each(table.counts, "paas.process.state"),
    spoolSize: () => spool.bytes,
    spoolLimit: () => Number.isFinite(options.maxSpoolBytes) ? options.maxSpoolBytes : undefined,
    spoolFree: async () => (await machine.see()).free,
    connections: () => each(door.connections, "paas.connection.state"),
    certificates: () => timesLeft(trust.endings, Date.now()),
    droppedLines: () => each({ daemon: log.lost, ...audit && { audit: audit.lost } }, "paas.log.kind"),
    memory: () => Deno.memoryUsage().rss,
    heapUsed: () => Deno.memoryUsage().heapUsed,
    heapSize: () => Deno.memoryUsage().heapTotal,
    cpu: () => {
      const { user, system } = process.cpuUsage(); // in microseconds
      return each({ user: user / 1e6, system: system / 1e6 }, "cpu.mode");
    },
    descriptors: async () => (await machine.see()).descriptors,
    descriptorLimit: () => descriptorLimit,
    loopDelayMax: () => delay.percentile(100),
    loopDelayP99: () => delay.percentile(99),
    uptime: () => process.uptime(),
  };
}

/** Gives the time until each end, in seconds; it is negative after the end. */
function timesLeft(endings: Trust["endings"], now: number): [number, Attributes][] {
  const first = endings.toSorted((one, other) => one.ends - other.ends).slice(0, MAX_CERTIFICATES);
  return first.map(({ kind, ends, subject, fingerprint }) => [(ends - now) / 1_000, {
    "paas.certificate.kind": kind,
    ...subject !== undefined && { "paas.certificate.subject": subject.slice(0, MAX_SUBJECT_LENGTH) },
    ...fingerprint !== undefined && { "paas.certificate.fingerprint": fingerprint },
  }]);
}

/** Makes an attribute of each key. */
function each(values: Readonly<Record<string, number>>, attribute: string): [number, Attributes][] {
  return Object.entries(values).map(([key, value]) => [value, { [attribute]: key }]);
}
