/**
 * The facts about a process that its spool keeps.
 *
 * @module
 */
import type { LogSummary } from "../log/log.ts";
import type { FinishedStatus } from "../process/status.ts";

/** The cost of a description beside its texts, in bytes: its rows and their indexes. */
const ROW_BYTES = 512;

/** A description of a process by its starter. */
export interface About {
  /** The owner, in the starter's terms; empty is nobody. The logs of an owner share a limit of the spool. */
  readonly owner: string;
  /** The name; empty if there is none. */
  readonly name: string;
  /** Any texts by their keys. */
  readonly labels: Readonly<Record<string, string>>;
  /** The request that started it, so that the request can be repeated: the owner's text, and a digest of its contents. */
  readonly request?: { readonly id: string; readonly digest: string } | undefined;
  /** Any JSON. */
  readonly note?: unknown;
  /**
   * All else that the starter needs to start the same once more, as text. The spool keeps it apart, because it may be long
   * and secret: it comes with no record, but when it is asked for.
   */
  readonly recipe?: string | undefined;
}

/** The description of a process that is nobody's and has no name. */
export const NOTHING: About = { owner: "", name: "", labels: {} };

/** The facts about a process before it is started. */
export interface Beginning {
  /** The id of the process. */
  readonly id: string;
  /** The program and its arguments. */
  readonly args: readonly string[];
  /** Whether it gets a stdin. */
  readonly stdin: boolean;
  /** Whether it gets a terminal. */
  readonly terminal: boolean;
  /** The time of its start, in milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** The description by its starter. */
  readonly about: About;
}

/** A right of another user to a process, in the owner's terms. */
export interface StoredGrant {
  /** The user. */
  readonly user: string;
  /** The right. */
  readonly permission: string;
  /** The end of the right, in milliseconds since the Unix epoch; `undefined` if it has no end. */
  readonly until: number | undefined;
}

/** A finished process in the database. Its arguments are read by themselves, for they may be long. */
export interface ProcessRecord {
  /** A number that is larger for a process that was started later. */
  readonly sequence: number;
  /** The id of the process. */
  readonly id: string;
  /** The description by its starter. */
  readonly about: About;
  /** Whether it had a stdin. */
  readonly stdin: boolean;
  /** Whether it had a terminal. */
  readonly terminal: boolean;
  /** The process id of its leader; 0 if it is not known whether the leader was started at all. */
  readonly pid: number;
  /** How it ended. */
  readonly status: FinishedStatus;
  /** The facts about its log, once the log is complete. */
  readonly log: LogSummary | undefined;
}

/** A finished process, as a search sees it. */
export interface Candidate {
  /** A number that is larger for a process that was started later. */
  readonly sequence: number;
  /** The id of the process. */
  readonly id: string;
  /** The name; empty if there is none. */
  readonly name: string;
  /** The time of its start, in milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** The labels as JSON, if the search wants them. */
  readonly labels: string | undefined;
}

/** A search for finished processes. */
export interface Search {
  /** The owner; `undefined` is any. */
  readonly owner?: string | undefined;
  /** A number that is larger than the sequence numbers of the processes. */
  readonly before?: number | undefined;
  /** The name. */
  readonly name?: string | undefined;
  /** The start of the id. */
  readonly idPrefix?: string | undefined;
  /** Whether the labels are wanted. */
  readonly labels?: boolean | undefined;
}

/** Returns the size of a description for the limits, in bytes. */
export function descriptionBytes(args: readonly string[], { name, labels, request, note, recipe }: About): number {
  return ROW_BYTES + bytesOf([args, name, labels, request, note, recipe]);
}

function bytesOf(value: unknown): number {
  if (typeof value === "string") return new TextEncoder().encode(value).length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, value]) => sum + key.length + 8 + bytesOf(value), 0);
}
