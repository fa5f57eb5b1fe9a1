/**
 * The processes that the daemon lists.
 *
 * @module
 */
import type { ListRequest, ListResponse__Output, ProcessStatus__Output } from "@paas/proto";
import type { Daemon } from "./connect.ts";

/** So many processes a page has at most. */
const pageSize = 1_000;

/** The processes that are asked for, the newest first, page after page: at most so many. */
export async function listProcesses(
  daemon: Daemon,
  request: ListRequest,
  limit = Infinity,
): Promise<ProcessStatus__Output[]> {
  const processes: ProcessStatus__Output[] = [];
  for (let pageToken = ""; processes.length < limit;) {
    const page = { ...request, pageToken, pageSize: Math.min(pageSize, limit - processes.length) };
    const answer = await daemon.answer<ListResponse__Output>((callback) => daemon.client.List(page, callback));
    processes.push(...answer.processes);
    pageToken = answer.nextPageToken;
    if (!pageToken) break;
  }
  return processes;
}
