/**
 * What the spool keeps of an `Exec` request, so that the same can be started once more.
 *
 * A recipe has the fields of the request, as JSON, but those that a status has as well: a repeat goes the way of any `Exec`,
 * and so is checked like one.
 *
 * @module
 */
import type { ExecRequest__Output } from "@paas/proto";
import { InvalidArgumentError, NotRepeatableError } from "../errors.ts";
import type { Entry } from "../processes/entries.ts";

/** The fields that a recipe has if they are set. The lease is the client's own, and not the command's. */
const KEPT = [
  ...["env", "cwd", "timeout", "grace", "maxOutputBytes", "stdin", "terminal", "limits", "restart"] as const,
];

type Kept = Pick<ExecRequest__Output, typeof KEPT[number]>;

/** The fields of a request that sets nothing. */
const UNSET: ExecRequest__Output = {
  args: [],
  env: {},
  cwd: "",
  timeout: null,
  grace: null,
  name: "",
  labels: {},
  requestId: "",
  maxOutputBytes: 0,
  stdin: false,
  stopAfterDisconnect: null,
  terminal: null,
  limits: null,
  againOf: "",
  restart: null,
};

/** Returns the recipe of a request. */
export function recipeOf(request: Kept): string {
  return JSON.stringify(
    Object.fromEntries(KEPT.filter((field) => isSet(request[field])).map((field) => [field, request[field]])),
  );
}

/**
 * Checks that a request to repeat a process sets nothing else but what it may change.
 *
 * @throws {InvalidArgumentError} When it sets something else.
 */
export function checkChanges(request: ExecRequest__Output): void {
  const field = (["args", ...KEPT] as const).find((field) => isSet(request[field]));
  if (field === undefined) return;
  throw new InvalidArgumentError(
    `A process is repeated as it was started: a request with again_of must not set ${snakeCase(field)}`,
  );
}

/**
 * Makes the request that starts a process once more.
 *
 * @param request The request of a client, which may give another name, other labels, and a lease.
 * @throws {NotRepeatableError} When the spool has no recipe of it.
 */
export function repeatOf(
  { recipe, args, name, labels }: Pick<Entry, "recipe" | "args" | "name" | "labels">,
  { requestId, stopAfterDisconnect, ...request }: ExecRequest__Output = UNSET,
): ExecRequest__Output {
  if (recipe === undefined) throw new NotRepeatableError();
  return {
    ...UNSET,
    ...JSON.parse(recipe),
    args: [...args],
    name: request.name || name,
    labels: isSet(request.labels) ? request.labels : labels,
    requestId,
    stopAfterDisconnect,
  };
}

/** Whether a field of a request differs from the same field of one that sets nothing. */
function isSet(value: unknown): boolean {
  return typeof value === "object" ? value !== null && Object.keys(value).length > 0 : Boolean(value);
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
