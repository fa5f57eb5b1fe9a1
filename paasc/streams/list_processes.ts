/**
 * The processes that the daemon lists.
 *
 * @module
 */
import type { ListRequest, ListResponse__Output, ProcessStatus__Output } from "@paas/proto";
import type { Connection } from "../connection/connection.ts";

/** So many processes a page has at most. */
const pageSize = 1_000;

/** The processes that are asked for, the newest first, page after page: at most so many. */
export async function listProcesses(
  daemon: Connection,
  request: ListRequest,
  limit = Infinity,
): Promise<ProcessStatus__Output[]> {
  const processes: ProcessStatus__Output[] = [];
  for await (const page of pages((request) => daemon.list(request), request, limit)) processes.push(...page);
  return processes;
}

/** The processes that are asked for, the newest first, a page at a time: at most so many. */
export async function* pages(
  list: (request: ListRequest) => Promise<ListResponse__Output>,
  request: ListRequest,
  limit = Infinity,
): AsyncGenerator<ProcessStatus__Output[], void, void> {
  let pageToken = "";
  for (let rest = limit; rest > 0;) {
    const { processes, nextPageToken } = await list({ ...request, pageToken, pageSize: Math.min(pageSize, rest) });
    yield processes;
    rest -= processes.length;
    pageToken = nextPageToken;
    if (!pageToken) return;
  }
}
