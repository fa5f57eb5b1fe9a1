/**
 * Processes that a command selects by options, in place of ids on the command line.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { listRequest } from "../../client/requests.ts";
import type { ListOptions } from "../../client/options.ts";
import type { Connection } from "../../connection/connection.ts";
import { optionValues, pair, usageError } from "../../options/value.ts";
import type { Given, Option, Repeated } from "../../settings/settings.ts";

/** The option that narrows a selection. */
export const LABEL_OPTION: Option = {
  name: "label",
  letter: "l",
  value: "K=V",
  repeatable: true,
  help: "all of your processes with this label",
};

/** A selection of processes. */
export interface Selection {
  /** The labels that all of them have. */
  readonly labels: Readonly<Record<string, string>>;
  /** The user who owns them, by a word; undefined for the user's own processes. */
  readonly user?: string | undefined;
}

/**
 * The selection that options make; undefined when the words name the processes.
 *
 * @param all The option that selects without labels
 * @throws {ExitError} When there are words, too
 */
export function selectionFrom(
  command: string,
  all: string,
  words: readonly string[],
  given: Given,
  repeated: Repeated,
): Selection | undefined {
  const labels = optionValues(command, repeated, "label", "NAME=VALUE", pair);
  const by = given[all] !== undefined ? all : labels.length > 0 ? "label" : undefined;
  if (by === undefined) return undefined;
  if (words.length > 0) {
    throw usageError(command, `option '--${by}' selects the processes, so '${words[0]}' is too much`);
  }
  return { labels: Object.fromEntries(labels) };
}

/**
 * Lists the processes of a selection in these states.
 *
 * @param waiting Whether to list those that wait for a restart, too
 * @throws {PaasError} When no user has the name, or several have it
 */
export async function selectedProcesses(
  connection: Connection,
  { labels, user }: Selection,
  state: ListOptions["state"],
  waiting = false,
): Promise<ProcessStatus__Output[]> {
  const { listProcesses } = await import("../../streams/list_processes.ts");
  const owner = user === undefined
    ? undefined
    : await (await import("../../streams/find_user.ts")).findUser(connection, user);
  const request = listRequest({ state, labels, allUsers: owner !== undefined });
  return await listProcesses(connection, { ...request, owner, waiting });
}

/** A number of processes in words. */
export function processCount(count: number): string {
  return count === 1 ? "1 process" : `${count || "no"} processes`;
}
