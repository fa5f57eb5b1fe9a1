/**
 * The table of settings in `paasc help settings` and in the documentation.
 *
 * @module
 */
import { COMMON_OPTIONS } from "./settings.ts";

/** Headings of the columns. */
const HEADING = ["option", "variable", "configuration file", "default"] as const;

/** Makes a row for each option of every command that takes a value. */
function rows(): string[][] {
  return COMMON_OPTIONS.filter(({ value }) => value !== undefined).map(({ name, value, variable, key, fallback }) =>
    [`--${name} ${value}`, variable, key, fallback].map((field) => field ?? "-")
  );
}

const EXPLANATION = `A column further left wins: an option over its variable, the variable over the
configuration file, and the configuration file over the default.

The configuration file is ~/.config/paas/paasc.toml, or paas/paasc.toml in
XDG_CONFIG_HOME if that is set; 'paasc context --help' shows an example.
CONTEXT in its keys is the name of the context in use.

Colours appear only on a terminal. NO_COLOR, set to any value, and TERM=dumb
turn them off.
`;

/** Formats the table, with its explanation, for a terminal. */
export function settingsText(): string {
  const table = [[...HEADING], ...rows()];
  const widths = HEADING.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) => row.map((field, column) => field.padEnd(widths[column]!)).join("  ").trimEnd());
  return `${lines.join("\n")}\n\n${EXPLANATION}`;
}

/** Formats the table, with its explanation, in Markdown. */
export function settingsMarkdown(): string {
  const code = (field: string) => field.replace(/^[-A-Z].+$|^c.*$/, "`$&`").replaceAll("|", "\\|");
  const lines = [[...HEADING], HEADING.map(() => "---"), ...rows().map((row) => row.map(code))];
  return `${lines.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n\n${EXPLANATION}`;
}
