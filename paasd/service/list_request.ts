/**
 * Checks a `List` request, converts it to a filter of the table, and fills a page of the answer.
 *
 * @module
 */
import type { ListRequest__Output, ListResponse, ProcessState__Output } from "@paas/proto";
import { InvalidArgumentError } from "../errors.ts";
import type { Entry } from "../processes/entries.ts";
import type { ListFilter, Place } from "../processes/listing.ts";
import { toTime } from "./fields.ts";
import { toUserId } from "./sharing.ts";
import { STATES, toFullStatusMessage } from "./status_message.ts";

/** Number of processes on a page. */
const MAX_PAGE_SIZE = 1_000;
const DEFAULT_PAGE_SIZE = 100;

/** Maximum length of the texts on a page, in characters, so that the message stays small. One more process may follow. */
const MAX_PAGE_LENGTH = 512 * 1024;

/** Length that a grant adds to a page, in characters. */
const GRANT_LENGTH = 100;

/** A filter, and the number of processes on a page. */
export type ListQuery = ListFilter & { readonly pageSize: number };

/**
 * Converts a request to a filter.
 *
 * @throws {InvalidArgumentError} When a field is malformed.
 */
export function toListQuery(request: ListRequest__Output): ListQuery {
  const { states, name, labels, startedSince, startedUntil, idPrefix, pageSize, pageToken, owner, waiting } = request;
  if (pageSize < 0) throw new InvalidArgumentError("The size of a page must not be negative");
  if (!/^[0-9a-f-]{0,36}$/i.test(idPrefix)) {
    throw new InvalidArgumentError("The beginning of an id must consist of hexadecimal digits and '-', as an id does");
  }
  if (!/^\d*$/.test(pageToken)) throw new InvalidArgumentError("The token of a page must be one that List has given");
  const [wanted, known] = [new Set(states), new Set<ProcessState__Output>(Object.values(STATES))];
  if (!wanted.isSubsetOf(known)) {
    throw new InvalidArgumentError("A state must be running, stopping or finished");
  }
  const before = pageToken ? Number(pageToken) : Infinity;
  const finished = wanted.size === 0 || wanted.has(STATES.finished);
  const since = startedSince ? toTime("The time since which processes were started", startedSince) : -Infinity;
  const until = startedUntil ? toTime("The time until which processes were started", startedUntil) : Infinity;
  const [wantedLabels, beginning] = [Object.entries(labels), idPrefix.toLowerCase()];
  return {
    pageSize: Math.min(pageSize || DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
    before,
    owner: owner === "" ? undefined : toUserId(owner),
    name,
    idPrefix: beginning,
    labels: wantedLabels.length > 0,
    finished,
    waiting,
    holds: ({ id, sequence, state, startTime, ...listed }) =>
      sequence < before &&
      (wanted.size === 0 || wanted.has(STATES[state]) || waiting && listed.waiting === true) &&
      (name === "" || listed.name === name) &&
      wantedLabels.every(([key, value]) => Object.hasOwn(listed.labels, key) && listed.labels[key] === value) &&
      startTime >= since && startTime < until &&
      id.startsWith(beginning),
  };
}

/**
 * Fills a page with processes.
 *
 * @param entries The processes after `place`; `undefined` ends the page early.
 * @param place The sequence number that `entries` has come down to.
 */
export function toPage(entries: Iterable<Entry | undefined>, pageSize: number, place: Place): ListResponse {
  const page: Entry[] = [];
  const pageUpTo = (sequence: number) => ({
    processes: page.map(toFullStatusMessage),
    nextPageToken: String(sequence),
  });
  let length = 0;
  for (const entry of entries) {
    if (!entry) return pageUpTo(place.before);
    if (page.length === pageSize || length > MAX_PAGE_LENGTH) return pageUpTo(page.at(-1)!.sequence);
    page.push(entry);
    length += lengthOf(entry);
  }
  return { processes: page.map(toFullStatusMessage) };
}

/** The length of a process on a page, in characters. */
function lengthOf({ args, labels, ownerSubject, grants, process: { status } }: Entry): number {
  const stop = status.state === "running" ? undefined : status.stop;
  const texts = [...args, ...Object.entries(labels).flat(), ownerSubject, stop?.byName ?? ""];
  return texts.reduce((sum, { length }) => sum + length, 0) + grants.length * GRANT_LENGTH;
}
