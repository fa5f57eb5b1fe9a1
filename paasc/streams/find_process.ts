/**
 * Finds a process by its id, its name, or the beginning of its id.
 *
 * @module
 */
import type { ListRequest, ProcessStatus__Output } from "@paas/proto";
import { validate } from "@std/uuid";
import type { CallOptions, Connection } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import { userText } from "../words/user_names.ts";
import { pages } from "./list_processes.ts";

/**
 * The beginning of an id, as long as `paasc list` shows it or longer. Today's daemons refuse such names, but they know
 * processes that an earlier daemon has named so.
 */
const SHOWN_ID = /^[0-9a-f]{8}(?:-[0-9a-f-]*)?$/i;

/** The beginning of an id, of any length. */
const ID_BEGINNING = /^[0-9a-f-]{1,36}$/i;

/** Maximum number of candidates in the error about an ambiguous word. */
const MAX_CANDIDATES = 5;

/** States of a process that has not finished. */
const LIVE = ["PROCESS_STATE_RUNNING", "PROCESS_STATE_STOPPING"] as const;

/** Lists a page of processes. */
type List = (request: ListRequest) => ReturnType<Connection["list"]>;

/**
 * Finds the id of the process that a word names. A whole id is returned at once, without a call. A name wins over the
 * beginning of an id, unless the word is as long as the beginnings that users see.
 *
 * The user's own processes come first. A viewer or operator finds other users' processes, too.
 *
 * @throws {PaasError} `not-found` when the word names no process, `ambiguous` when it names several
 */
export async function findProcess(connection: Connection, word: string, options?: CallOptions): Promise<string> {
  if (validate(word)) return word;
  const id = await findOwn((request) => connection.list(request, options), word) ??
    (await seesAll(connection, options)
      ? await findAnybodys((request) => connection.list({ ...request, allUsers: true }, options), word)
      : undefined);
  if (id !== undefined) return id;
  throw new PaasError("not-found", `no process has '${word}' for its id, its name, or the beginning of its id`);
}

/** Whether the role of the user shows other users' processes. */
async function seesAll(connection: Connection, options?: CallOptions): Promise<boolean> {
  const { role } = await connection.whoAmI(options);
  return role === "viewer" || role === "operator";
}

/** Finds one of the user's own processes. */
async function findOwn(list: List, word: string): Promise<string | undefined> {
  // The newest process: the name of a live process cannot be reused, so a live one comes first.
  const { processes: [process] } = await list({ name: word, pageSize: 1 });
  if (!process) return await findByBeginning(list, word);
  if (SHOWN_ID.test(word)) await refuseOther(list, word, process.processId);
  return process.processId;
}

/**
 * Finds a process of any user. A name that is also the beginning of another process's id is always refused, because
 * users choose the names of their processes.
 */
async function findAnybodys(list: List, word: string): Promise<string | undefined> {
  const process = await findLive(list, word) ?? await findLast(list, word);
  if (!process) return await findByBeginning(list, word);
  if (ID_BEGINNING.test(word)) await refuseOther(list, word, process.processId);
  return process.processId;
}

/** Finds the live process with a name, if one user has such a process. */
async function findLive(list: List, name: string): Promise<ProcessStatus__Output | undefined> {
  const { processes, nextPageToken } = await list({ name, states: [...LIVE], pageSize: MAX_CANDIDATES });
  if (processes.length > 1) throw severalNames(name, processes, nextPageToken !== "");
  return processes[0];
}

/** Finds the last process with a name, if one user has had such processes. */
async function findLast(list: List, name: string): Promise<ProcessStatus__Output | undefined> {
  const lastOf = new Map<string, ProcessStatus__Output>(); // by owner
  for await (const page of pages(list, { name })) {
    for (const process of page) if (!lastOf.has(process.owner)) lastOf.set(process.owner, process);
    if (lastOf.size > MAX_CANDIDATES) break;
  }
  const [last, ...others] = lastOf.values();
  if (!last || others.length === 0) return last;
  throw severalNames(name, [last, ...others].slice(0, MAX_CANDIDATES), others.length >= MAX_CANDIDATES);
}

/** Finds the process whose id begins with a word. */
async function findByBeginning(list: List, word: string): Promise<string | undefined> {
  if (!ID_BEGINNING.test(word)) return undefined;
  const { processes, more } = await beginningWith(list, word);
  const [first, second] = processes;
  if (!first || !second && !more) return first?.processId;
  throw new PaasError(
    "ambiguous",
    `'${word}' is the beginning of several ids, give more of it: ${candidates(processes, more)}`,
  );
}

/**
 * Refuses a name that is also the beginning of another process's id.
 *
 * @throws {PaasError} `ambiguous` when there is such a process
 */
async function refuseOther(list: List, word: string, itsId: string): Promise<void> {
  const { processes } = await beginningWith(list, word);
  const other = processes.find(({ processId }) => processId !== itsId);
  if (!other) return;
  throw new PaasError(
    "ambiguous",
    `'${word}' is the name of ${itsId} and the beginning of the id ${other.processId}: give the whole id`,
  );
}

/** Lists processes whose ids begin with a word: at least two, if two exist. */
async function beginningWith(
  list: List,
  idPrefix: string,
): Promise<{ processes: ProcessStatus__Output[]; more: boolean }> {
  const processes: ProcessStatus__Output[] = [];
  let pageToken = "";
  do { // a page may be short if the daemon had to search long
    const page = await list({ idPrefix, pageSize: MAX_CANDIDATES, pageToken });
    processes.push(...page.processes);
    pageToken = page.nextPageToken;
  } while (processes.length < 2 && pageToken);
  return { processes, more: pageToken !== "" };
}

function severalNames(name: string, processes: readonly ProcessStatus__Output[], more: boolean): PaasError {
  return new PaasError(
    "ambiguous",
    `'${name}' is the name of several processes, give the id of one: ${candidates(processes, more)}`,
  );
}

/** Shows processes by their ids, names and owners. */
function candidates(processes: readonly ProcessStatus__Output[], more: boolean): string {
  const owners = new Set(processes.map(({ owner }) => owner));
  const shown = processes.map(({ processId, name, owner, ownerSubject }) =>
    [processId, ...name ? [`(${name})`] : [], ...owners.size > 1 ? [`of ${userText(owner, ownerSubject)}`] : []].join(
      " ",
    )
  );
  return `${shown.join(", ")}${more ? ", and more" : ""}`;
}
