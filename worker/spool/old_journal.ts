/**
 * The journal of a spool of format 3, read once when such a spool is opened. It is a file of lines with checksums.
 *
 * ```text
 * 3f2a91c0 {"id":"…","pid":4711}
 * CRC-32   JSON
 * ```
 *
 * A process has a few lines: the first one has its arguments, and later ones add fields. A line that is torn or damaged is
 * passed over.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { LogSummary } from "../log/log.ts";
import { NEWLINE } from "../log_format/newline.ts";
import { NOTHING, type StoredGrant } from "./process_record.ts";
import type { Records } from "./records.ts";
import type { FinishedStatus } from "../process/status.ts";

const READ_BYTES = 1024 * 1024;

/** The length of a checksum, and of the space behind it. */
const HEAD_BYTES = 9;

/** The fields of any line. */
interface OldRecord {
  readonly id: string;
  readonly args?: readonly string[];
  readonly stdin?: boolean;
  readonly terminal?: boolean;
  readonly startTime?: number;
  readonly boot?: string;
  readonly ticks?: number;
  readonly pid?: number;
  readonly start?: number;
  readonly seen?: number;
  readonly status?: FinishedStatus;
  readonly log?: LogSummary;
  readonly group?: string;
  readonly description?: OldDescription;
  readonly removed?: true;
}

/** The description of a process by the daemon. */
interface OldDescription {
  readonly owner?: string;
  readonly ownerSubject?: string;
  readonly name?: string;
  readonly labels?: Record<string, string>;
  readonly requestKey?: string;
  readonly digest?: string;
  readonly sequence?: number;
  readonly grants?: readonly StoredGrant[];
}

/**
 * Takes over the processes of a journal.
 *
 * @param logBytes Returns the size of the log of a process on the disk, in bytes.
 * @returns the number of lines that were passed over.
 */
export function importJournal(path: string, records: Records, logBytes: (id: string) => number): number {
  const sequences = new Map<string, { sequence: number; owner: string }>();
  let next = 0;
  let damaged = 0;
  for (const line of linesOf(path)) {
    const record = recordOf(line);
    if (!record) {
      damaged++;
      continue;
    }
    const { id, args, stdin = false, terminal = false, startTime = 0, description, group, removed } = record;
    if (removed) {
      if (sequences.delete(id)) records.remove(id);
      continue;
    }
    if (args && !sequences.has(id)) {
      const { owner = group ?? "", ownerSubject = "", name = "", labels = {}, requestKey, digest = "" } = description ??
        {};
      const request = requestKey ? { id: requestKey.slice(owner.length + 1), digest } : undefined;
      const about = { ...NOTHING, owner, name, labels, request, note: { ownerSubject } };
      // Numbers were given in the order of the lines, except to two starts at the same time.
      const sequence = next = Math.max(next, description?.sequence ?? 0);
      next++;
      records.begin(sequence, { id, args, stdin, terminal, startTime, about }, record);
      sequences.set(id, { sequence, owner });
    }
    const known = sequences.get(id);
    if (!known) continue; // its first line is damaged; its directory is adopted
    const { sequence, owner } = known;
    if (description?.grants) records.setGrants(sequence, owner, description.grants);
    if (record.pid !== undefined) records.started(sequence, record.pid, record.start, startTime);
    if (record.status) records.finished(sequence, record.status, record.seen);
    if (record.log) records.ended(sequence, record.log, logBytes(id));
  }
  return damaged;
}

function recordOf(line: Uint8Array): OldRecord | undefined {
  const text = new TextDecoder();
  const json = line.subarray(HEAD_BYTES);
  if (text.decode(line.subarray(0, HEAD_BYTES)) !== `${crc32(json).toString(16).padStart(8, "0")} `) return undefined;
  try {
    return JSON.parse(text.decode(json));
  } catch {
    return undefined;
  }
}

/** Yields the lines of a file that are not empty. The file may be larger than the memory. */
function* linesOf(path: string): Generator<Uint8Array> {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(READ_BYTES);
  let parts: Uint8Array[] = [];
  for (let length; (length = file.readSync(buffer)) !== null;) {
    let begin = 0;
    for (let end; (end = buffer.subarray(0, length).indexOf(NEWLINE, begin)) >= 0; begin = end + 1) {
      const line = Buffer.concat([...parts, buffer.subarray(begin, end)]);
      parts = [];
      if (line.length > 0) yield line;
    }
    if (begin < length) parts.push(buffer.slice(begin, length));
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
