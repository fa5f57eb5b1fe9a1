/**
 * All limits of a daemon: those that the operator sets, and those that follow from its file descriptors.
 *
 * @module
 */
import { capacityOf } from "./open_files.ts";
import type { QuotaLimits } from "./quotas.ts";

/** Limits on connections. */
export interface ConnectionLimits {
  /** Maximum number of connections; each takes a file descriptor. */
  readonly maxConnections: number;
  /** Maximum number of connections from one network address. */
  readonly maxConnectionsPerAddress: number;
  /** Time that a connection may take to show its certificate, in milliseconds. */
  readonly handshakeTimeout: number;
  /** Time that a connection may be idle, in milliseconds. */
  readonly idleTimeout: number;
}

/** Limits that the operator sets; `undefined` takes what the descriptors are enough for. */
export interface LimitOptions {
  readonly maxConnections: number | undefined;
  readonly maxConnectionsPerAddress: number | undefined;
  /** Time, in milliseconds. */
  readonly handshakeTimeout: number;
  /** Time, in milliseconds. */
  readonly idleTimeout: number;
  readonly maxProcessesPerUser: number | undefined;
  readonly maxStartsPerMinute: number;
  readonly maxStreamsPerUser: number;
  readonly maxChangesPerMinute: number;
  readonly maxDescriptionBytesPerUser: number;
  readonly maxGrantsPerUser: number;
}

/** Share of the capacity that one user or address may take by default, so that something is left for others. */
const SHARE = 3 / 4;

/** All limits of a daemon. */
export type Limits = ConnectionLimits & QuotaLimits;

/**
 * Gives the limits that the daemon keeps.
 *
 * @param descriptors Maximum number of file descriptors of the daemon.
 */
export function limitsOf(options: LimitOptions, descriptors: number): Limits {
  const { connections, processes } = capacityOf(descriptors, options.maxConnections);
  const {
    maxConnectionsPerAddress = Math.ceil(connections * SHARE),
    maxProcessesPerUser = Math.ceil(processes * SHARE),
    handshakeTimeout,
    idleTimeout,
    maxStartsPerMinute,
    maxStreamsPerUser,
    maxChangesPerMinute,
    maxDescriptionBytesPerUser,
    maxGrantsPerUser,
  } = options;
  return {
    maxConnections: connections,
    maxConnectionsPerAddress,
    handshakeTimeout,
    idleTimeout,
    maxProcesses: processes,
    maxProcessesPerUser,
    maxStartsPerMinute,
    maxStreamsPerUser,
    maxChangesPerMinute,
    maxDescriptionBytesPerUser,
    maxGrantsPerUser,
  };
}
