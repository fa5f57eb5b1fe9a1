/**
 * Makes a page for each command of `paasc` from its help and its options: `deno task pages`.
 *
 * It stands here and not in `paasc/`, for the client does not need it.
 *
 * @module
 */
import { type Command, namesOf } from "../../paasc/command.ts";
import { commands } from "../../paasc/commands/mod.ts";
import { COMMON_OPTIONS, type Option } from "../../paasc/settings/settings.ts";
import { settingsMarkdown } from "../../paasc/settings/settings_table.ts";

const directory = import.meta.dirname!;
const mark = "<!-- Made by `deno task pages` from the help of paasc: change that. -->\n\n";

/** The pages by the names of their files. */
export function pages(): Map<string, string> {
  return new Map([
    ["README.md", mark + index()],
    ...commands.map((command) => [`${command.name}.md`, mark + page(command)] as const),
  ]);
}

/** The files that differ from what they would be if they were made now, by name. */
export async function stalePages(): Promise<string[]> {
  const expected = pages();
  const actual = new Map<string, string>();
  for await (const { name } of Deno.readDir(directory)) {
    if (name.endsWith(".md")) actual.set(name, await Deno.readTextFile(`${directory}/${name}`));
  }
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].filter((name) => expected.get(name) !== actual.get(name)).sort();
}

function index(): string {
  const list = commands.map((command) => {
    const [name, ...others] = namesOf(command);
    const or = others.length > 0 ? ` (or: ${others.map((alias) => `\`${alias}\``).join(", ")})` : "";
    return `| [\`paasc ${name}\`](${name}.md)${or} | ${escaped(command.summary)} |`;
  });
  return `# The commands of paasc

| command | what it does |
|---|---|
${list.join("\n")}

## Options of every command

${optionTable(COMMON_OPTIONS)}

## Settings

${settingsMarkdown()}`;
}

function page({ name, summary, help, options }: Command): string {
  const own = options ? `\n## Options\n\n${optionTable(options)}\n` : "";
  return `# paasc ${name}

${escaped(summary[0]!.toUpperCase() + summary.slice(1))}.

${markdown(help)}${own}
The options of every command are in the [index](README.md).
`;
}

/** Help as Markdown: what is indented is code, and a line such as "Examples:" before it a heading. */
export function markdown(help: string): string {
  // Where the indent begins or ends, another block does.
  const blocks = help.trimEnd().split(/\n\n+|\n(?=\S)(?<=(?:^|\n) {2}[^\n]*\n)|\n(?= {2})(?<=(?:^|\n)\S[^\n]*\n)/);
  return blocks.map((block) => {
    if (block.startsWith("Usage: ")) return `\`\`\`text\n${block.slice("Usage: ".length)}\n\`\`\`\n`;
    if (/^Examples?:$/.test(block)) return `## ${block.slice(0, -1)}\n`;
    if (block.startsWith("  ")) return `\`\`\`text\n${block.replaceAll(/^ {2}/gm, "")}\n\`\`\`\n`;
    return `${escaped(block)}\n`;
  }).join("\n").replaceAll("\n```\n\n```text\n", "\n\n");
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map(({ name, letter, value, repeatable, variable, help }) => {
    const names = [...letter ? [`-${letter}`] : [], `--${name}${value ? ` ${value}` : ""}`];
    const cell = names.map((text) => `\`${text.replaceAll("|", "\\|")}\``).join(", ");
    return `| ${cell} | ${escaped(help)}${repeatable ? " (repeatable)" : ""}${variable ? ` [\`${variable}\`]` : ""} |`;
  });
  return `| option | what it does |\n|---|---|\n${rows.join("\n")}`;
}

/** Text in which nothing is taken for Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_<>[\]|]/g, "\\$&");
}

if (import.meta.main) {
  const fresh = pages();
  for (const name of await stalePages()) {
    if (fresh.has(name)) await Deno.writeTextFile(`${directory}/${name}`, fresh.get(name)!);
    else await Deno.remove(`${directory}/${name}`);
  }
}
