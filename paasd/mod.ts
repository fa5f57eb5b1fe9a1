/**
 * The daemon: serves the contract over mutually authenticated TLS, and runs the processes of its users.
 *
 * @module
 */
export { Daemon } from "./daemon.ts";
export { StartError, UsageError } from "./errors.ts";
export type { Address } from "./options/flag_values.ts";
export { FLAGS } from "./options/flags.ts";
export type { Flag, FlagName } from "./options/flags.ts";
export { Log } from "./telemetry/daemon_log.ts";
export type { Fields, LogFormat } from "./telemetry/daemon_log.ts";
export { parseOptions } from "./options/options.ts";
export type { Invocation, Options } from "./options/options.ts";
export { permissions } from "./preflight/permissions.ts";
