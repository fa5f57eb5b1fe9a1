/** `paasc context`: servers and certificates by name. */
import { escapeUnprintable } from "@paas/proto/printable";
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { type ContextSettings, settingsFrom } from "../../settings/settings.ts";

const help = `Usage: paasc context list|use|show [CONTEXT]

A context is a server and the certificates for it, by a name. 'list' prints
those there are, a line each: name, server, and '*' or '-' for the one in use or
another, with tabs between them. 'use' makes one the current one. 'show' prints
what one sets, or the one in use.

Contexts stand in ~/.config/paas/paasc.toml, or in the directory paas of
XDG_CONFIG_HOME if that is set:

  current = "prod"

  [contexts.prod]
  server = "paas.example.com:50051"
  ca = "prod/server-ca.crt"
  cert = "prod/alice.crt"
  key = "prod/alice.key"

Relative paths count from the directory of that file, and those that begin with
'~/' from HOME. What a context does not set is as without one. --context and PAASC_CONTEXT choose another one than the
current one; an option such as --server, and its variable, win over the context.
The context 'default' sets nothing, unless the file has one of that name.

'use' changes that one line, and keeps the rest of the file as it is. It is the
only thing that paasc ever writes, and the script that 'deno task install' makes
permits it just that; a paasc that is not permitted to says what to write.

With -o json, which stands before its words, 'list' prints an array of objects
and 'show' one: name, inUse, server, ca, cert, key.

Examples:
  paasc context use prod
  paasc --context dev list
  paasc context show
`;

export const context: Command = {
  name: "context",
  summary: "choose among servers and certificates by name",
  help,

  async run([verb, ...words], { settings, given, stdout }) {
    const see = "see 'paasc context --help'";
    const [name, ...more] = words;
    if (verb === undefined) throw new ExitError("usage", `context needs list, use or show: ${see}`);
    if (verb !== "list" && verb !== "use" && verb !== "show") {
      throw new ExitError("usage", `context has list, use and show, not '${verb}': ${see}`);
    }
    const option = [verb, ...words].find((word) => word.startsWith("-"));
    if (option !== undefined) throw new ExitError("usage", `option '${option}' must stand before '${verb}': ${see}`);
    if (more.length > 0 || verb === "list" && words.length > 0) {
      throw new ExitError("usage", `context ${verb} does not take '${words.at(-1)}': ${see}`);
    }
    if (verb === "use" && name === undefined) throw new ExitError("usage", `context use needs a name: ${see}`);

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

/** A context as it is printed: what it does not set is as without one. */
function described(name: string, context: ContextSettings, inUse: string) {
  const { server, ca, cert, key } = settingsFrom({}, () => undefined, context);
  return { name, inUse: name === inUse, server, ca, cert, key };
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
