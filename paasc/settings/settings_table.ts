/**
 * All that can be set, in one table.
 *
 * @module
 */
import { options } from "./settings.ts";

const heading = ["option", "variable", "configuration file", "default"] as const;

/** A row for each option of every command that sets something. */
function rows(): string[][] {
  return options.filter(({ value }) => value !== undefined).map(({ name, value, variable, key, fallback }) =>
    [`--${name} ${value}`, variable, key, fallback].map((field) => field ?? "-")
  );
}

const explanation = `What comes further left wins: an option over its variable, that over the
configuration file, that over the default.

The configuration file is ~/.config/paas/paasc.toml, or paas/paasc.toml in
XDG_CONFIG_HOME if that is set; 'paasc context --help' tells what it looks like.
CONTEXT in its keys is the context that is in use.

NO_COLOR, set to anything, and TERM=dumb turn colours off, which there are on a
terminal alone.
`;

/** The table for a terminal, and what there is to know about it. */
export function settingsText(): string {
  const table = [[...heading], ...rows()];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) => row.map((field, column) => field.padEnd(widths[column]!)).join("  ").trimEnd());
  return `${lines.join("\n")}\n\n${explanation}`;
}

/** The table in Markdown. */
export function settingsMarkdown(): string {
  const code = (field: string) => field.replace(/^[-A-Z].+$|^c.*$/, "`$&`").replaceAll("|", "\\|");
  const lines = [[...heading], heading.map(() => "---"), ...rows().map((row) => row.map(code))];
  return `${lines.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n\n${explanation}`;
}
