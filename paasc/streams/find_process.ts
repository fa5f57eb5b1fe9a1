/**
 * Finds a process by its id, its name, or the beginning of its id.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { validate } from "@std/uuid";
import type { CallOptions, Connection } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";

/**
 * The beginning of an id, as long as `paasc list` shows it or longer. Today's daemons refuse such names, but they know
 * processes that an earlier daemon has named so.
 */
const SHOWN_ID = /^[0-9a-f]{8}(?:-[0-9a-f-]*)?$/i;

/** Maximum number of candidates in the error about an ambiguous word. */
const MAX_CANDIDATES = 5;

/**
 * Finds the id of the process that a word names. A whole id is returned at once, without a call. A name wins over the
 * beginning of an id, unless the word is as long as the beginnings that users see.
 *
 * @throws {PaasError} `not-found` when the word names no process, `ambiguous` when it names several
 */
export async function findProcess(connection: Connection, word: string, options?: CallOptions): Promise<string> {
  if (validate(word)) return word;
  // The newest process: the name of a live process cannot be reused, so a live one comes first.
  const { processes: [process] } = await connection.list({ name: word, pageSize: 1 }, options);
  if (process) {
    if (SHOWN_ID.test(word)) await refuseOther(connection, word, process.processId, options);
    return process.processId;
  }

  if (/^[0-9a-f-]{1,36}$/i.test(word)) {
    const { processes, nextPageToken } = await beginningWith(connection, word, options);
    const [first, second] = processes;
    if (first && !second && !nextPageToken) return first.processId;
    if (first) {
      const candidates = processes.map(({ processId, name }) => name ? `${processId} (${name})` : processId).join(", ");
      const more = nextPageToken ? ", and more" : "";
      throw new PaasError(
        "ambiguous",
        `'${word}' is the beginning of several ids, give more of it: ${candidates}${more}`,
      );
    }
  }
  throw new PaasError("not-found", `no process has '${word}' for its id, its name, or the beginning of its id`);
}

/**
 * Refuses a name that is also the beginning of another process's id.
 *
 * @throws {PaasError} `ambiguous` when there is such a process
 */
async function refuseOther(connection: Connection, word: string, itsId: string, options?: CallOptions): Promise<void> {
  const { processes } = await beginningWith(connection, word, options);
  const other = processes.find(({ processId }) => processId !== itsId);
  if (!other) return;
  throw new PaasError(
    "ambiguous",
    `'${word}' is the name of ${itsId} and the beginning of the id ${other.processId}: give the whole id`,
  );
}

/** Lists processes whose ids begin with a word: at least two, if two exist. */
async function beginningWith(
  connection: Connection,
  idPrefix: string,
  options: CallOptions | undefined,
): Promise<{ processes: ProcessStatus__Output[]; nextPageToken: string }> {
  const processes: ProcessStatus__Output[] = [];
  let pageToken = "";
  do { // a page may be short if the daemon had to search long
    const page = await connection.list({ idPrefix, pageSize: MAX_CANDIDATES, pageToken }, options);
    processes.push(...page.processes);
    pageToken = page.nextPageToken;
  } while (processes.length < 2 && pageToken);
  return { processes, nextPageToken: pageToken };
}
