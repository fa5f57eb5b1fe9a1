/**
 * Lists processes, page after page.
 *
 * @module
 */
import type { ListRequest, ListResponse__Output, ProcessStatus__Output } from "@paas/proto";
import type { Connection } from "../connection/connection.ts";

/** Maximum number of processes in a page. */
const PAGE_SIZE = 1_000;

/** Lists the processes that match a request, the newest first, up to the limit. */
export async function listProcesses(
  connection: Connection,
  request: ListRequest,
  limit = Infinity,
): Promise<ProcessStatus__Output[]> {
  const processes: ProcessStatus__Output[] = [];
  for await (const page of pages((request) => connection.list(request), request, limit)) processes.push(...page);
  return processes;
}

/** Yields the processes that match a request, the newest first, a page at a time, up to the limit. */
export async function* pages(
  list: (request: ListRequest) => Promise<ListResponse__Output>,
  request: ListRequest,
  limit = Infinity,
): AsyncGenerator<ProcessStatus__Output[], void, void> {
  let pageToken = "";
  for (let rest = limit; rest > 0;) {
    const { processes, nextPageToken } = await list({ ...request, pageToken, pageSize: Math.min(PAGE_SIZE, rest) });
    yield processes;
    rest -= processes.length;
    pageToken = nextPageToken;
    if (!pageToken) return;
  }
}
