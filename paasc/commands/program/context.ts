/** `paasc context`: lists, shows and chooses contexts. */
import { escapeUnprintable } from "@paas/proto/printable";
import type { Command } from "../../command.ts";
import { SettingsError } from "../../errors.ts";
import { usageError } from "../../options/value.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { type ContextSettings, settingsFrom } from "../../settings/settings.ts";

const help = `Usage: paasc context list|use|show|create|set|rm|rename|import [CONTEXT]

A context is a name for a server and the certificates for it. 'list' prints the
contexts, one on each line: name, server, and '*' for the one in use or '-' for
another, with tabs between them. 'use' makes a context the current one. 'show'
prints the settings of a context, by default of the one in use.

'create NAME' makes a context of --server, --ca, --cert and --key; a relative path
counts from the directory in which you are. 'set NAME' changes those that are
given. 'rm NAME' removes a context, but not the current one; 'rename NAME NEW'
gives it another name. 'import FILE' copies all contexts of another file of this
form, such as one from an administrator; its relative paths count from its own
directory. Nothing is overwritten: a name that is taken is refused.

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

Changes leave the rest of the file as it is, comments too. A file that paasc does
not understand well enough for that stays as it is. The script of an installation
or a package permits writing in the directory of this file alone. A paasc without
this permission says what to write.

With -o json, 'list' prints an array of objects, and 'show' prints one object:
name, inUse, server, ca, cert, key.

Examples:
  paasc context create prod --server paas.example.com:50051 --ca server-ca.crt \\
    --cert alice.crt --key alice.key
  paasc context use prod
  paasc --context dev list
  paasc context show
`;

/** The verbs, and how many words each takes. */
const WORDS: Readonly<Record<string, { least: number; most: number; what?: string }>> = {
  list: { least: 0, most: 0 },
  use: { least: 1, most: 1, what: "a name" },
  show: { least: 0, most: 1 },
  create: { least: 1, most: 1, what: "a name" },
  set: { least: 1, most: 1, what: "a name" },
  rm: { least: 1, most: 1, what: "a name" },
  rename: { least: 2, most: 2, what: "the old name and the new one" },
  import: { least: 1, most: 1, what: "a file" },
};

const VERBS = Object.keys(WORDS).join(", ").replace(/, (\w+)$/, " or $1");

export const context: Command = {
  name: "context",
  summary: "list, choose and change contexts: servers and certificates",
  help,

  async run([verb, ...words], { settings, given, stdout }) {
    const wrong = (sentence: string) => usageError("context", sentence);
    if (verb === undefined) throw wrong(`context needs ${VERBS}`);
    const counts = Object.hasOwn(WORDS, verb) ? WORDS[verb]! : undefined;
    if (!counts) throw wrong(`context has ${VERBS}, not '${verb}'`);
    if (words.length > counts.most) throw wrong(`context ${verb} does not take '${words.at(-1)}'`);
    if (words.length < counts.least) throw wrong(`context ${verb} needs ${counts.what}`);
    const [name, to] = words;

    const { chosenName, configPath, contextNamed, readConfigFile } = await import("../../settings/contexts.ts");
    const environment = (name: string) => Deno.env.get(name);
    const file = await readConfigFile(configPath(environment), environment("HOME"));
    if (verb === "use") return await (await import("../../settings/use_context.ts")).useContext(file, name!);
    if (["create", "set", "rm", "rename", "import"].includes(verb)) {
      const edit = await import("../../settings/edit_contexts.ts");
      const settings = edit.settingsGiven(given);
      if (verb === "rm") return await edit.removeContext(file, name!);
      if (verb === "rename") return await edit.renameContext(file, name!, to!);
      if (verb === "import") return await edit.createContexts(file, await contextsIn(name!, environment("HOME")));
      if (Object.keys(settings).length === 0) throw wrong(`context ${verb} needs --server, --ca, --cert or --key`);
      if (verb === "set") return await edit.setContext(file, name!, settings);
      return await edit.createContexts(file, new Map([[name!, settings]]));
    }
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

/**
 * The contexts of another file.
 *
 * @throws {SettingsError} When the file cannot be read, or has no contexts
 */
async function contextsIn(path: string, home: string | undefined): Promise<ReadonlyMap<string, ContextSettings>> {
  const { readConfigFile } = await import("../../settings/contexts.ts");
  const whole = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  const { text, contexts } = await readConfigFile(whole, home);
  const found = [...contexts].filter(([, settings]) => Object.keys(settings).length > 0);
  if (found.length > 0) return new Map(found);
  throw new SettingsError(`${path} ${text === "" ? "does not exist or is empty" : "has no contexts"}`);
}

/** A context as it is printed, with defaults for what it does not set. */
function described(name: string, context: ContextSettings, inUse: string) {
  const { server, ca, cert, key } = settingsFrom({}, () => undefined, context);
  return { name, inUse: name === inUse, server, ca, cert, key };
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
