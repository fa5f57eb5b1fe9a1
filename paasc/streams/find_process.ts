/**
 * Which process a word names: by its id, by its name, or by how its id begins.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { validate } from "@std/uuid";
import type { CallOptions, Connection } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";

/** What `paasc list` shows of an id, or more of it. A daemon gives no such name, but knows those of earlier daemons. */
const shownId = /^[0-9a-f]{8}(?:-[0-9a-f-]*)?$/i;

/** So many candidates are named where a word fits several. */
const named = 5;

/**
 * The id of the process that a word names. A whole id is taken as it is, without asking the daemon; a name wins over the
 * beginning of an id, but for one of as many digits as people are shown.
 *
 * @throws {PaasError} When it names none, or several
 */
export async function findProcess(daemon: Connection, word: string, options?: CallOptions): Promise<string> {
  if (validate(word)) return word;
  // The newest one: no other can have been started with the name of one that still lives, so that comes first.
  const { processes: [process] } = await daemon.list({ name: word, pageSize: 1 }, options);
  if (process) {
    if (shownId.test(word)) await refuseOther(daemon, word, process.processId, options);
    return process.processId;
  }

  if (/^[0-9a-f-]{1,36}$/i.test(word)) {
    const { processes, nextPageToken } = await beginningWith(daemon, word, options);
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
 * Refuses a name that is the beginning of another process's id as well.
 *
 * @throws {PaasError} When it is
 */
async function refuseOther(daemon: Connection, word: string, itsId: string, options?: CallOptions): Promise<void> {
  const { processes } = await beginningWith(daemon, word, options);
  const other = processes.find(({ processId }) => processId !== itsId);
  if (!other) return;
  throw new PaasError(
    "ambiguous",
    `'${word}' is the name of ${itsId} and the beginning of the id ${other.processId}: give the whole id`,
  );
}

/** Processes whose ids begin with a word: at least two, if there are so many. */
async function beginningWith(
  daemon: Connection,
  idPrefix: string,
  options: CallOptions | undefined,
): Promise<{ processes: ProcessStatus__Output[]; nextPageToken: string }> {
  const processes: ProcessStatus__Output[] = [];
  let pageToken = "";
  do { // a page may be short where the daemon had to look through much
    const page = await daemon.list({ idPrefix, pageSize: named, pageToken }, options);
    processes.push(...page.processes);
    pageToken = page.nextPageToken;
  } while (processes.length < 2 && pageToken);
  return { processes, nextPageToken: pageToken };
}
