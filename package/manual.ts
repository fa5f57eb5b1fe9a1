/**
 * The manual pages, made from the help of the programs.
 *
 * @module
 */
import { commands } from "../paasc/commands/mod.ts";
import { helpText } from "../paasc/commands/program/help.ts";
import { help as daemonHelp } from "../paasd/options/help.ts";

/** paasc(1). */
export async function clientManual(): Promise<string> {
  const overview = await helpText(commands);
  const sections = [];
  for (const { name } of commands) sections.push(`.SS "paasc ${name}"\n${troff(await helpText(commands, name))}`);
  return [
    heading("paasc", 1, "run processes on the machine of a paasd daemon"),
    `.SH DESCRIPTION\n${troff(overview)}`,
    `.SH COMMANDS\n${sections.join("")}`,
    `.SH SETTINGS\n${troff(await helpText(commands, "settings"))}`,
    ".SH SEE ALSO\n.BR paasd (8)\n",
  ].join("");
}

/** paasd(8). */
export function daemonManual(): string {
  return [
    heading("paasd", 8, "run Unix commands for remote users"),
    `.SH DESCRIPTION\n${troff(daemonHelp())}`,
    ".SH FILES\n.TP\n.I /etc/paas/paasd.toml\nThe configuration file of the unit for systemd.\n",
    ".SH SEE ALSO\n.BR paasc (1)\n",
  ].join("");
}

function heading(name: string, section: number, summary: string): string {
  return `.TH ${name.toUpperCase()} ${section} "" "Paas"\n.SH NAME\n${name} \\- ${summary}\n`;
}

/**
 * Converts help to troff (groff_man(7)). Indented lines stay as they are, and other lines are paragraphs.
 *
 * @example
 * ```ts
 * import { troff } from "./manual.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(troff("Takes a-b\\:\n  x\n\n.y\n"), ".P\nTakes a\\-b\\e:\n.EX\n  x\n.EE\n.P\n\\&.y\n");
 * ```
 */
export function troff(help: string): string {
  const lines: string[] = [];
  let kind: "text" | "example" | undefined;
  for (const line of help.trimEnd().split("\n")) {
    const next = line === "" ? undefined : /^(?: {2}|Usage: )/.test(line) ? "example" : "text";
    if (kind === "example" && next !== "example") lines.push(".EE");
    if (next === "text" ? kind !== "text" : next && kind === undefined) lines.push(".P");
    if (next === "example" && kind !== "example") lines.push(".EX");
    if (next !== undefined) lines.push(line.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/, "\\&"));
    kind = next;
  }
  if (kind === "example") lines.push(".EE");
  return lines.map((line) => `${line}\n`).join("");
}
