/** `paasc version`: tells which paasc this is. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import manifest from "../../deno.json" with { type: "json" };

const help = `Usage: paasc version [options]

Prints the version of paasc; with -o json {"version":"..."}.
`;

export const version: Command = {
  name: "version",
  summary: "print the version of paasc",
  help,

  async run(words, { settings, stdout }) {
    if (words.length > 0) throw new ExitError("usage", "version takes no words: see 'paasc version --help'");
    const { version } = manifest;
    await print(stdout, settings.output === "json" ? jsonLine({ version }) : `paasc ${version}\n`);
  },
};
