/** `paasc context`: lists, shows and chooses contexts. */
import { escapeUnprintable } from "@paas/proto/printable";
import type { Command } from "../../command.ts";
import { usageError } from "../../options/value.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { type ContextSettings, settingsFrom } from "../../settings/settings.ts";

const help = `Usage: paasc context list|use|show [CONTEXT]

A context is a name for a server and the certificates for it. 'list' prints the
contexts, one on each line: name, server, and '*' for the one in use or '-' for
another, with tabs between them. 'use' makes a context the current one. 'show'
prints the settings of a context, by default of the one in use.

Contexts stand in the file ~/.config/paas/paasc.toml, or in paas/paasc.toml in
XDG_CONFIG_HOME if that is set:

  current = "prod"

  [contexts.prod]
  server = "paas.example.com:50051"
  ca = "prod/server-ca.crt"
  cert = "prod/alice.crt"
  key = "prod/alice.key"

Relative paths begin at the directory of that file, and paths that begin with '~/'
at HOME. A setting that a context leaves out has its default. --context and
PAASC_CONTEXT choose another context than the current one. An option such as
--server, and its variable, win over the context. The context 'default' sets
nothing, unless the file defines it.

'use' changes that one line, and leaves the rest of the file as it is. It is the
only thing that paasc ever writes, and the script that 'deno task install' makes
permits just that. A paasc without this permission says what to write.

With -o json, 'list' prints an array of objects,
and 'show' prints one object: name, inUse, server, ca, cert, key.

Examples:
  paasc context use prod
  paasc --context dev list
  paasc context show
`;

export const context: Command = {
  name: "context",
  summary: "list, show and choose contexts: servers and certificates",
  help,

  async run([verb, ...words], { settings, given, stdout }) {
    const wrong = (sentence: string) => usageError("context", sentence);
    const [name, ...more] = words;
    if (verb === undefined) throw wrong("context needs list, use or show");
    if (verb !== "list" && verb !== "use" && verb !== "show") {
      throw wrong(`context has list, use and show, not '${verb}'`);
    }
    if (more.length > 0 || verb === "list" && words.length > 0) {
      throw wrong(`context ${verb} does not take '${words.at(-1)}'`);
    }
    if (verb === "use" && name === undefined) throw wrong("context use needs a name");

    const { chosenName, configPath, contextNamed, readConfigFile } = await import("../../settings/contexts.ts");
    const environment = (name: string) => Deno.env.get(name);
    const file = await readConfigFile(configPath(environment), environment("HOME"));
    if (verb === "use") return await (await import("../../settings/use_context.ts")).useContext(file, name!);
    const inUse = chosenName(file, given.context, environment);
    if (verb === "show") {
      const shownName = name ?? inUse;
      const shown = described(shownName, contextNamed(file, shownName), inUse);
      const lines = Object.entries(shown).filter(([key]) => key !== "inUse").map(([key, value]) =>
        `${key}: ${escapeUnprintable(`${value}`)}\n`
      );
      return await print(stdout, settings.output === "json" ? jsonLine(shown) : lines.join(""));
    }
    const all = [...file.contexts].map(([name, context]) => described(name, context, inUse)).sort(byName);
    const lines = all.map(({ name, server, inUse }) => `${name}\t${escapeUnprintable(server)}\t${inUse ? "*" : "-"}\n`);
    await print(stdout, settings.output === "json" ? jsonLine(all) : lines.join(""));
  },
};

/** A context as it is printed, with defaults for what it does not set. */
function described(name: string, context: ContextSettings, inUse: string) {
  const { server, ca, cert, key } = settingsFrom({}, () => undefined, context);
  return { name, inUse: name === inUse, server, ca, cert, key };
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
