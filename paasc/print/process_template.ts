/**
 * Templates of `paasc list --format`, in the form that docker has: text with placeholders such as `{{.Name}}`. They are not
 * evaluated, only filled in.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { escapeUnprintable } from "@paas/proto/printable";
import { stateFrom } from "../client/status.ts";
import { jsonLine, rfc3339 } from "../words/enum_words.ts";
import { shellCommand } from "../words/shell_word.ts";
import { stateText, statusJson } from "./process_status.ts";
import { durationOf, labelsText } from "./process_table.ts";
import { signalName } from "../words/signal_names.ts";

/** Formats the part of a status for which a placeholder stands. An empty text is printed as `-`. */
type Field = (process: ProcessStatus__Output, now: number) => string;

const FIELDS: Readonly<Record<string, Field>> = {
  ID: ({ processId }) => processId,
  Name: ({ name }) => name,
  State: ({ state }) => stateFrom(state),
  Status: (process) => stateText(process),
  ExitCode: ({ exit, exitCode }) => exit === "exitCode" ? `${exitCode}` : "",
  Signal: ({ exit, signal = 0 }) => exit === "signal" ? signalName(signal) : "",
  Command: ({ args }) => shellCommand(args),
  Pid: ({ pid }) => `${pid}`,
  Started: ({ startTime }) => startTime ? rfc3339(startTime) : "",
  Finished: ({ finishTime }) => finishTime ? rfc3339(finishTime) : "",
  Duration: (process, now) => durationOf(process, now),
  Labels: (process) => labelsText(process),
  Owner: ({ owner }) => owner,
  OwnerSubject: ({ ownerSubject }) => ownerSubject,
  LogBytes: ({ logBytes }) => `${logBytes}`,
  LogLines: ({ logLines }) => `${logLines}`,
};

/** Other names of placeholders, as docker has them. */
const ALSO: Readonly<Record<string, string>> = { Names: "Name", CreatedAt: "Started", RunningFor: "Duration" };

/** The form of a template, in words. */
export const TEMPLATE = `text with ${
  Object.keys(FIELDS).map((name) => `{{.${name}}}`).join(", ")
}, {{.Label "K"}} or {{json .}}`;

/** Formats a line for a process. */
export type Template = (process: ProcessStatus__Output, now: number) => string;

/**
 * Parses a template; undefined when it has another placeholder. `\t` and `\n` in it are a tab and a line break.
 *
 * @example
 * ```ts
 * import { parseTemplate } from "./process_template.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([parseTemplate("{{.ID}}: {{ .Name }}") !== undefined, parseTemplate("{{.Nme}}")], [true, undefined]);
 * ```
 */
export function parseTemplate(text: string): Template | undefined {
  const parts: Template[] = [];
  for (const part of (text === "json" ? "{{json .}}" : text).split(/(\{\{.*?\}\})/s)) {
    const placeholder = part.startsWith("{{") && part.endsWith("}}") ? part.slice(2, -2).trim() : undefined;
    if (placeholder === undefined) {
      if (part.includes("{{")) return undefined;
      const literal = part.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
      parts.push(() => literal);
      continue;
    }
    const filled = partFor(placeholder);
    if (!filled) return undefined;
    parts.push(filled);
  }
  return (process, now) => `${parts.map((part) => part(process, now)).join("")}\n`;
}

/** The part of a line for which a placeholder stands. */
function partFor(placeholder: string): Template | undefined {
  if (placeholder === "json .") return (process) => jsonLine(statusJson(process)).trimEnd();
  const [, key] = /^\.Label "([^"]*)"$/.exec(placeholder) ?? [];
  const [, name = ""] = /^\.(\w+)$/.exec(placeholder) ?? [];
  const known = Object.hasOwn(ALSO, name) ? ALSO[name]! : name;
  const field: Field | undefined = key !== undefined
    ? ({ labels }) => Object.hasOwn(labels, key) ? labels[key]! : ""
    : Object.hasOwn(FIELDS, known)
    ? FIELDS[known]
    : undefined;
  return field && ((process, now) => escapeUnprintable(field(process, now)) || "-");
}
