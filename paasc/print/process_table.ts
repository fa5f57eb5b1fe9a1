/**
 * Lists of processes: a table for people, and lines of fields for programs.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { escapeUnprintable } from "@paas/proto/printable";
import { rfc3339 } from "../words/enum_words.ts";
import { stateFrom } from "../client/status.ts";
import { shellCommand, shellWord } from "../words/shell_word.ts";
import { signalName } from "../words/signal_names.ts";
import { cut, padded, widthFor } from "../words/text_width.ts";
import { age, between, roughDuration } from "../words/time.ts";
import { isLost } from "./process_status.ts";

/** Number of characters of an id that the table shows if they are unique in it. */
const SHORT_ID = 8;

/** Maximum width of an owner, in columns of the terminal. */
const OWNER_WIDTH = 30;

/** Width that the table leaves to the commands by cutting other columns, in columns of the terminal. */
const COMMAND_WIDTH = 16;

/** Headings whose columns may be cut to make room, and the widths that they keep, in columns of the terminal. */
const CUT_TO: readonly [heading: string, width: number][] = [["NAME", 8], ["LABELS", 8], ["OWNER", 12], ["NAME", 4]];

/**
 * Formats a line for each process. Tabs separate its fields: id, name, state, exit, start time and command. A list for all
 * users has the owner before the command.
 */
export function processLines(processes: readonly ProcessStatus__Output[], allUsers = false): string {
  return processes.map((process) => {
    const { processId, startTime, owner } = process;
    const started = startTime ? rfc3339(startTime) : "-";
    return `${[processId, ...facts(process), started, ...allUsers ? [owner] : [], command(process)].join("\t")}\n`;
  }).join("");
}

/** Colours the word for the state of a process. */
export type StatePaint = (word: string, process: ProcessStatus__Output) => string;

/** Form of a table of processes. */
export interface TableForm {
  /** Width of the terminal. No line is wider. */
  readonly columns: number;
  /** Present time, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Default: no colours. */
  readonly paint?: StatePaint | undefined;
  /** Whether the owners of the processes are shown. */
  readonly allUsers?: boolean | undefined;
  /** Whether process ids of the machine, sizes of output and labels are shown. */
  readonly wide?: boolean | undefined;
  /** Whether ids and owners are shown in full. */
  readonly whole?: boolean | undefined;
}

/** Formats a table of processes. */
export async function processTable(
  processes: readonly ProcessStatus__Output[],
  { columns, now, paint = (word) => word, allUsers = false, wide = false, whole = false }: TableForm,
): Promise<string> {
  const beginnings = Map.groupBy(processes, ({ processId }) => processId.slice(0, SHORT_ID));
  const heading = ["ID", "NAME", "STATE", "EXIT", "STARTED", "DURATION"];
  if (wide) heading.push("PID", "OUTPUT", "LABELS");
  if (allUsers) heading.push("OWNER");
  heading.push("COMMAND");
  const rows = processes.map((process) => {
    const { processId, startTime, pid, logBytes } = process;
    const beginning = processId.slice(0, SHORT_ID);
    return [
      !whole && beginnings.get(beginning)!.length === 1 ? beginning : processId,
      ...facts(process),
      startTime ? age(now - startTime.seconds * 1000) : "-",
      durationOf(process, now),
      ...wide ? [`${pid}`, sizeText(logBytes), labelsText(process) || "-"] : [],
      ...allUsers ? [ownerText(process)] : [],
      command(process),
    ];
  });
  const width = await widthFor(rows.flat());
  const table = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => width(row[column]!))));
  const owner = heading.indexOf("OWNER");
  if (owner >= 0 && !whole) widths[owner] = Math.min(widths[owner]!, OWNER_WIDTH);
  widths[widths.length - 1] = Math.min(widths.at(-1)!, COMMAND_WIDTH);
  for (const [name, least] of CUT_TO) {
    const excess = widths.reduce((sum, width) => sum + width + 2, -2) - columns;
    const column = heading.indexOf(name);
    if (excess > 0 && column >= 0) {
      widths[column] = Math.min(widths[column]!, Math.max(least, widths[column]! - excess));
    }
  }
  return table.map((row, index) => {
    const fields = row.map((field, column) =>
      column === row.length - 1 ? field : padded(cut(field, widths[column]!, width), widths[column]!, width)
    );
    const line = cut(fields.join("  "), columns, width);
    const process = processes[index - 1]; // row 0 is the heading
    const state = fields.slice(0, heading.indexOf("STATE")).join("  ").length + 2;
    const word = line.slice(state).match(/^[a-z]+/)?.[0];
    if (!process || !word) return `${line}\n`;
    // Colours come last: their escape sequences have no width.
    return `${line.slice(0, state)}${paint(word, process)}${line.slice(state + word.length)}\n`;
  }).join("");
}

/** Formats how long a process has run, up to now or to its end. The end of a lost process is not known. */
export function durationOf(process: ProcessStatus__Output, now: number): string {
  const milliseconds = runTime(process, now);
  return milliseconds === undefined ? "-" : roughDuration(milliseconds);
}

/** How long a process has run, up to now or to its end, in milliseconds; undefined if that is not known. */
export function runTime(process: ProcessStatus__Output, now: number): number | undefined {
  const { startTime, finishTime, state } = process;
  if (!startTime || isLost(process)) return undefined;
  if (finishTime) return between(startTime, finishTime);
  return state === "PROCESS_STATE_FINISHED" ? undefined : now - startTime.seconds * 1000;
}

/** Formats labels as words of a shell. */
export function labelsText({ labels }: ProcessStatus__Output): string {
  return Object.entries(labels).map(([key, value]) => shellWord(`${key}=${value}`)).join(" ");
}

/** Formats a size in bytes, roughly. */
function sizeText(bytes: number): string {
  const unit = Math.min(4, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Math.floor(bytes / 1024 ** unit)}${["B", "K", "M", "G", "T"][unit]}`;
}

/** Formats the name, the state and the exit, which is the code or the name of the signal. */
function facts({ name, state, exit, exitCode, signal = 0 }: ProcessStatus__Output): string[] {
  const how = exit === "exitCode" ? `${exitCode}` : exit === "signal" ? signalName(signal) : "-";
  return [escapeUnprintable(name) || "-", stateFrom(state), how];
}

/** Formats the owner: the beginning of the id, which is unique, and the name, which people know. */
function ownerText({ owner, ownerSubject }: ProcessStatus__Output): string {
  return `${owner.slice(0, SHORT_ID)} ${escapeUnprintable(ownerSubject)}`.trimEnd();
}

function command({ args }: ProcessStatus__Output): string {
  return shellCommand(args);
}
