/** `paasc version`: prints the version of paasc. */
import type { Command } from "../../command.ts";
import { usageError } from "../../options/value.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import manifest from "../../deno.json" with { type: "json" };

const help = `Usage: paasc version [options]

Prints the version of paasc; with -o json it prints {"version":"..."}.
`;

export const version: Command = {
  name: "version",
  summary: "print the version of paasc",
  help,

  async run(words, { settings, stdout }) {
    if (words.length > 0) throw usageError("version", "version takes no words");
    const { version } = manifest;
    await print(stdout, settings.output === "json" ? jsonLine({ version }) : `paasc ${version}\n`);
  },
};
