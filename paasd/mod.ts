/**
 * The daemon: serves the contract over mutually authenticated TLS, and runs the processes of its users.
 *
 * @module
 */
export { Daemon } from "./daemon.ts";
export { StartError, UsageError } from "./errors.ts";
export type { Address } from "./flag_values.ts";
export { FLAGS } from "./flags.ts";
export type { Flag, FlagName } from "./flags.ts";
export { Log } from "./log.ts";
export type { Fields, LogFormat } from "./log.ts";
export { parseOptions } from "./options.ts";
export type { Invocation, Options } from "./options.ts";
export { permissions } from "./permissions.ts";
