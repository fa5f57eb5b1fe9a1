/**
 * Processes as lines of text: a table for a person, and plain fields for programs.
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

/** How many characters of an id are shown where they tell it from the others. */
const short = 8;

/** How many columns an owner has. */
const ownerWidth = 30;

/** Where these stand in a table. */
const [stateColumn, ownerColumn] = [2, 5];

/**
 * A line for each process, with tabs between its fields: id, name, state, exit, start time, command; and the owner before
 * the command, if they are of all users.
 */
export function processLines(processes: readonly ProcessStatus__Output[], allUsers = false): string {
  return processes.map((process) => {
    const { processId, startTime, owner } = process;
    const started = startTime ? rfc3339(startTime) : "-";
    return `${[processId, ...facts(process), started, ...allUsers ? [owner] : [], command(process)].join("\t")}\n`;
  }).join("");
}

/** Gives the state of a process, a word, its colour. */
export type StatePaint = (word: string, process: ProcessStatus__Output) => string;

/**
 * A table of processes, no line of which is longer than the terminal is wide.
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
  const beginnings = Map.groupBy(processes, ({ processId }) => processId.slice(0, short));
  const rows = processes.map((process) => {
    const { processId, startTime } = process;
    const beginning = processId.slice(0, short);
    return [
      beginnings.get(beginning)!.length === 1 ? beginning : processId,
      ...facts(process),
      startTime ? age(now - startTime.seconds * 1000) : "-",
      ...allUsers ? [ownerText(process)] : [],
      command(process),
    ];
  });
  const width = await widthFor(rows.flat());
  if (allUsers) { for (const row of rows) row[ownerColumn] = cut(row[ownerColumn]!, ownerWidth, width); }
  const heading = ["ID", "NAME", "STATE", "EXIT", "STARTED", ...allUsers ? ["OWNER"] : [], "COMMAND"];
  const table = [heading, ...rows];
  const widths = [...heading.keys()].slice(0, -1).map((column) => Math.max(...table.map((row) => width(row[column]!))));
  return table.map((row, index) => {
    const fields = row.map((field, column) => column < widths.length ? padded(field, widths[column]!, width) : field);
    const line = cut(fields.join("  "), columns, width);
    const process = processes[index - 1]; // the first row is the heading
    const state = fields.slice(0, stateColumn).join("  ").length + 2;
    const word = line.slice(state).match(/^[a-z]+/)?.[0];
    if (!process || !word) return `${line}\n`;
    // Painted last, for colours have no width.
    return `${line.slice(0, state)}${paint(word, process)}${line.slice(state + word.length)}\n`;
  }).join("");
}

/** The name, the state, and how it ended: the code, or the signal's name. */
function facts({ name, state, exit, exitCode, signal = 0 }: ProcessStatus__Output): string[] {
  const how = exit === "exitCode" ? `${exitCode}` : exit === "signal" ? signalName(signal) : "-";
  return [escapeUnprintable(name) || "-", stateFrom(state), how];
}

/** The owner: the beginning of the id, which tells users apart, and the name, which people know. */
function ownerText({ owner, ownerSubject }: ProcessStatus__Output): string {
  return `${owner.slice(0, short)} ${escapeUnprintable(ownerSubject)}`.trimEnd();
}

function command({ args }: ProcessStatus__Output): string {
  return shellCommand(args);
}
