/**
 * Lists of processes: live and finished ones in one order, the newest first.
 *
 * @module
 */
import type { Spool } from "@paas/worker";
import type { Candidate } from "@paas/worker/spool";
import type { Entries, Entry } from "./entries.ts";

/** The properties of a process that a filter can test. */
export interface Listed extends Pick<Candidate, "id" | "sequence" | "name" | "startTime"> {
  readonly state: "running" | "stopping" | "finished";
  /** Whether it has finished and waits for a restart. */
  readonly waiting?: boolean;
  /** Empty unless the filter asks for labels. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Selects processes. */
export interface ListFilter {
  /** Upper bound of the sequence numbers, exclusive; `Infinity` begins at the newest process. */
  readonly before: number;
  /** The id of the owner; `undefined` matches any. */
  readonly owner?: string | undefined;
  /** The name; empty matches any. */
  readonly name: string;
  /** The beginning of the id; empty matches any. */
  readonly idPrefix: string;
  /** Whether `holds` tests labels. */
  readonly labels: boolean;
  /** Whether finished processes are included. */
  readonly finished: boolean;
  /** Whether finished processes that wait for a restart are included. */
  readonly waiting: boolean;
  /** Tests all of the above, and the rest of the request. */
  holds(listed: Listed): boolean;
}

/** The sequence number that a list has come down to. */
export interface Place {
  before: number;
}

/** Maximum cost of finished processes between two results: characters of labels, plus {@linkcode SCAN_OF_ONE} for each. */
const MAX_SCAN = 2 * 1024 * 1024;
const SCAN_OF_ONE = 512;

/** The processes that a list is made of. */
interface Source {
  readonly entries: Pick<Entries, "live" | "waiting" | "get" | "isLive">;
  readonly history: Pick<Spool["history"], "read">;
}

/**
 * Lists the processes of an owner, or of all users, the newest first. Whenever it has examined many finished processes, it
 * yields `undefined`, so that the caller can answer and continue from `place` later.
 */
export function* list(
  source: Source,
  owner: string | undefined,
  filter: ListFilter,
  place: Place,
): Generator<Entry | undefined> {
  const { entries } = source;
  const live = matchingLive(entries, owner, filter);
  let scanned = 0;
  for (const stored of filter.finished ? finished(source.history, owner, filter) : []) {
    yield* newerThan(stored.sequence, live, place);
    place.before = stored.sequence;
    if (!entries.isLive(stored.id) && filter.holds(stored)) {
      const entry = entries.get(stored.id);
      if (entry) yield entry;
    }
    scanned += SCAN_OF_ONE + stored.scanned;
    if (scanned > MAX_SCAN) yield undefined;
  }
  yield* newerThan(-Infinity, live, place);
}

/** Takes the entries above a sequence number from the end of a list. */
function* newerThan(sequence: number, oldestFirst: Entry[], place: Place): Generator<Entry> {
  for (let entry = oldestFirst.at(-1); entry && entry.sequence > sequence; entry = oldestFirst.at(-1)) {
    oldestFirst.pop();
    place.before = entry.sequence;
    yield entry;
  }
}

/** The processes in memory that a filter selects, the oldest first. */
function matchingLive(
  entries: Source["entries"],
  owner: string | undefined,
  { before, finished, waiting, holds }: ListFilter,
): Entry[] {
  // With the finished ones those that wait come from the spool.
  const also = waiting && !finished ? entries.waiting.filter(({ process: { id } }) => !entries.isLive(id)) : [];
  return [...entries.live, ...also].filter((entry) => {
    const { process: { id, status: { state, startTime } }, name, labels, sequence, restart } = entry;
    const listed = { id, sequence, name, labels, state, startTime, waiting: restart?.nextTime !== undefined };
    return sequence < before && (owner === undefined || entry.owner === owner) && holds(listed) &&
      entries.get(id); // without those that are being removed
  }).sort((one, other) => one.sequence - other.sequence);
}

/** The finished processes in the spool that may match a filter, the newest first. */
function* finished(
  history: Source["history"],
  owner: string | undefined,
  { before, name, idPrefix, labels }: ListFilter,
): Generator<Listed & { readonly scanned: number }> {
  const candidates = history.read((records) => records.search({ owner, before, name, idPrefix, labels }));
  for (const { labels = "", ...candidate } of candidates) {
    yield { ...candidate, state: "finished", labels: labels ? JSON.parse(labels) : {}, scanned: labels.length };
  }
}
