/**
 * Lists of processes: a table for people, and lines of fields for programs.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { escapeUnprintable } from "@paas/proto/printable";
import { rfc3339 } from "../words/enum_words.ts";
import { stateFrom } from "../client/status.ts";
import { shellCommand } from "../words/shell_word.ts";
import { signalName } from "../words/signal_names.ts";
import { cut, padded, widthFor } from "../words/text_width.ts";
import { age } from "../words/time.ts";

/** Number of characters of an id that the table shows if they are unique in it. */
const SHORT_ID = 8;

/** Maximum width of an owner, in columns of the terminal. */
const OWNER_WIDTH = 30;

/** Indexes of two fields of a row. */
const [STATE_COLUMN, OWNER_COLUMN] = [2, 5];

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

/**
 * Formats a table of processes. No line is wider than the terminal.
 *
 * @param now In milliseconds since the Unix epoch
 */
export async function processTable(
  processes: readonly ProcessStatus__Output[],
  columns: number,
  now: number,
  paint: StatePaint = (word) => word,
  allUsers = false,
): Promise<string> {
  const beginnings = Map.groupBy(processes, ({ processId }) => processId.slice(0, SHORT_ID));
  const rows = processes.map((process) => {
    const { processId, startTime } = process;
    const beginning = processId.slice(0, SHORT_ID);
    return [
      beginnings.get(beginning)!.length === 1 ? beginning : processId,
      ...facts(process),
      startTime ? age(now - startTime.seconds * 1000) : "-",
      ...allUsers ? [ownerText(process)] : [],
      command(process),
    ];
  });
  const width = await widthFor(rows.flat());
  if (allUsers) { for (const row of rows) row[OWNER_COLUMN] = cut(row[OWNER_COLUMN]!, OWNER_WIDTH, width); }
  const heading = ["ID", "NAME", "STATE", "EXIT", "STARTED", ...allUsers ? ["OWNER"] : [], "COMMAND"];
  const table = [heading, ...rows];
  const widths = [...heading.keys()].slice(0, -1).map((column) => Math.max(...table.map((row) => width(row[column]!))));
  return table.map((row, index) => {
    const fields = row.map((field, column) => column < widths.length ? padded(field, widths[column]!, width) : field);
    const line = cut(fields.join("  "), columns, width);
    const process = processes[index - 1]; // row 0 is the heading
    const state = fields.slice(0, STATE_COLUMN).join("  ").length + 2;
    const word = line.slice(state).match(/^[a-z]+/)?.[0];
    if (!process || !word) return `${line}\n`;
    // Colours come last: their escape sequences have no width.
    return `${line.slice(0, state)}${paint(word, process)}${line.slice(state + word.length)}\n`;
  }).join("");
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
