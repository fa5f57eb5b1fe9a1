/**
 * Checks an `Exec` request, and converts it to the worker's options.
 *
 * @module
 */
import type { ExecRequest__Output, Limits__Output as LimitsMessage } from "@paas/proto";
import type { Limits, SpawnOptions } from "@paas/worker";
import { LIMIT_NAMES } from "@paas/worker/confinement";
import { createHash } from "node:crypto";
import { InvalidArgumentError } from "../errors.ts";
import type { Description } from "../processes/process_table.ts";
import type { RequestKey } from "../processes/starts.ts";
import { DEFAULT_RESTARTS, MAX_RESTARTS } from "../restarts/policy.ts";
import { DAY_MS, isKey, isName, toExact, toGrace, toMilliseconds, toTerminalSize, toTerminalType } from "./fields.ts";

/** Maximum timeout of a process, in milliseconds. A timer can wait 2^31 - 1 ms. */
const MAX_TIMEOUT_MS = 24 * DAY_MS;

/**
 * Converts a request to the options of a start. The worker checks the command itself.
 *
 * @throws {InvalidArgumentError} When a field is out of its range.
 */
export function toSpawnOptions(
  { args, env, cwd, timeout, grace, maxOutputBytes, stdin, terminal, limits }: ExecRequest__Output,
): Omit<SpawnOptions, "spool"> {
  const options = {
    args,
    env,
    cwd: cwd || undefined,
    timeout: timeout ? toMilliseconds("timeout", timeout, MAX_TIMEOUT_MS) : undefined,
    stopGrace: grace ? toGrace(grace) : undefined,
    maxOutput: toExact("The maximum number of bytes of output", maxOutputBytes) || undefined,
    stdin,
    terminal: terminal ? { ...toTerminalSize(terminal), type: toTerminalType(terminal.type) } : undefined,
    limits: limits ? toLimits(limits) : undefined,
  };
  if (options.timeout === 0) throw new InvalidArgumentError("The timeout must be more than zero");
  return options;
}

/** Converts the limits that a request sets. */
function toLimits(message: LimitsMessage): Limits {
  const given = LIMIT_NAMES.filter((name) => message[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, toExact("A limit", message[name]!)]));
}

/**
 * Converts the properties of a process that only the daemon uses.
 *
 * @throws {InvalidArgumentError} When the name or the key of a label is malformed, or the lease is too long.
 */
export function toDescription({ args, name, labels, stopAfterDisconnect }: ExecRequest__Output): Description {
  if (name && !isName(name)) {
    throw new InvalidArgumentError(
      "The name must consist of at most 63 letters, digits, '.', '_' and '-'; it must not begin with '-', nor be '.' or '..', " +
        "nor look like an id or the beginning of one (8 hexadecimal digits)",
    );
  }
  if (!Object.keys(labels).every(isKey)) {
    throw new InvalidArgumentError("The key of a label must consist of at most 63 letters, digits, '.', '_' and '-'");
  }
  return {
    args,
    name,
    labels,
    stopAfterDisconnect: stopAfterDisconnect
      ? toMilliseconds("time without a client", stopAfterDisconnect, DAY_MS)
      : undefined,
  };
}

/**
 * Converts the policy of restarts to the number of restarts; 0 is none.
 *
 * @throws {InvalidArgumentError} When the policy is out of its range, or the process cannot be restarted.
 */
export function toRestarts({ restart, stdin, terminal, stopAfterDisconnect }: ExecRequest__Output): number {
  const { condition, maxRestarts } = restart ?? { condition: "RESTART_CONDITION_NO", maxRestarts: 0 };
  const never: string[] = ["RESTART_CONDITION_UNSPECIFIED", "RESTART_CONDITION_NO"];
  if (never.includes(condition)) {
    if (maxRestarts === 0) return 0;
    throw new InvalidArgumentError("A number of restarts needs the condition on-failure");
  }
  if (condition !== "RESTART_CONDITION_ON_FAILURE") {
    throw new InvalidArgumentError("The condition for restarts must be no or on-failure");
  }
  if (maxRestarts > MAX_RESTARTS) {
    throw new InvalidArgumentError(`The number of restarts must be from 1 to ${MAX_RESTARTS}`);
  }
  if (stdin || terminal || stopAfterDisconnect) {
    const what = stopAfterDisconnect
      ? "a lease (stop_after_disconnect, --on-disconnect)"
      : terminal
      ? "a terminal"
      : "stdin";
    throw new InvalidArgumentError(
      `A process with ${what} depends on its client, and so cannot be restarted: leave out that, or the restarts`,
    );
  }
  return maxRestarts || DEFAULT_RESTARTS;
}

/** Returns the key that makes a request safe to repeat. */
export function toRequestKey({ againOf, restart, ...request }: ExecRequest__Output): RequestKey {
  const { requestId: id } = request;
  // Fields that are newer than digests in spools count only if they are set.
  const contents = { ...request, ...againOf && { againOf }, ...restart && { restart } };
  return { id, digest: id && createHash("sha256").update(JSON.stringify(contents)).digest("base64") };
}
