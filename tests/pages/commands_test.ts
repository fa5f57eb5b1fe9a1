import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { namesOf } from "../../paasc/command.ts";
import { parseCommandLine } from "../../paasc/command_line.ts";
import { commands } from "../../paasc/commands/mod.ts";
import { SettingsError } from "../../paasc/errors.ts";
import { parseOptions } from "../../paasd/options/options.ts";
import { filesOfRepository } from "../house/import_graph.ts";
import { runCommand } from "../support/paasc/command.ts";
import { ROOT } from "../support/programs.ts";
import { blocksOf, isShell } from "./page.ts";
import { simpleCommands } from "./shell_words.ts";

const TASKS = [...(await Deno.readTextFile(join(ROOT, "deno.json"))).matchAll(/^ {4}"([\w:]+)": [{"]/gm)]
  .map(([, name]) => name!);

/** Whether a word stands for one of the reader's, as ID, [flags] and … do. */
const isPlaceholder = (word = "") => /^[A-Z]+(\.\.\.)?$|^\[|…/.test(word);

/** Commands of `paasc` that do nothing but calls, so that a test can run them where no daemon is. */
const CALLS = ["exec", "list", "status", "logs", "wait", "events", "stop", "signal", "rm", "share", "unshare", "drain"];
const NO_DAEMON = "127.0.0.1:1";

/** An attempt to connect that failed leaves a timer of grpc-js behind. */
const LEFT_BEHIND = { sanitizeOps: false, sanitizeResources: false };

/** Says what is wrong with a command: with its options and, if all of its words are there, with these as well. */
async function fault([program, ...words]: readonly string[], isComplete: boolean): Promise<string | undefined> {
  try {
    if (program === "paasc" && !isPlaceholder(words[0])) {
      const { command } = await parseCommandLine(words, () => undefined);
      if (!isComplete || !CALLS.includes(command.name)) return undefined;
      const { code, stderr } = await runCommand(["--server", NO_DAEMON, ...words]);
      assert(code > 0, "a daemon listens where none is");
      const isUsage = code === 2 && !stderr.includes(": it does not exist"); // files are the reader's
      return isUsage ? stderr : undefined;
    } else if (program === "paasd") {
      parseOptions(words.filter((word) => !word.startsWith("[")), new Map(), () => "");
    } else if (words[0] === "task" && program === "deno" && words[1] && !TASKS.includes(words[1])) {
      return `there is no task ${words[1]}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof SettingsError ? undefined : (error as Error).message; // a context is the reader's, too
  }
}

/** The faults of all commands of a text. A mention in a sentence may leave words out, and the value of its last option. */
async function faultsOf(text: string, isMention = false): Promise<string[]> {
  const found: string[] = [];
  for (const [first, ...rest] of simpleCommands(text)) {
    const words = first === "npx"
      ? ["deno", ...rest.filter((word) => !/^--yes$|^deno@/.test(word))]
      : [first!, ...rest];
    let what = await fault(words, !isMention);
    if (what && isMention) {
      what = await fault([...words, "VALUE"], false) && await fault([...words, "VALUE", "version"], false);
    }
    if (what) found.push(`${words.join(" ")}: ${what}`);
  }
  return found;
}

Deno.test(
  "every command that a page names can be written like this, whether a test runs it or not",
  LEFT_BEHIND,
  async () => {
    assert(TASKS.includes("certs") && TASKS.includes("test:unit"), TASKS.join(" "));
    const faults: string[] = [];
    for (const path of await filesOfRepository("*.md")) {
      if (path === "CHANGELOG.md") continue; // it names what is gone
      const page = await Deno.readTextFile(join(ROOT, path));
      for (const block of blocksOf(page).filter(isShell)) {
        const commands = block.lines.filter((line) => block.language !== "console" || line.startsWith("$ "));
        faults.push(...await faultsOf(commands.map((line) => line.replace(/^\$ /, "")).join("\n")));
      }
      const prose = page.replaceAll(/^ *```[^]*?^ *```$/gm, "");
      for (const [, code = ""] of prose.matchAll(/`((?:paasc|paasd(?= [-[])|deno task|npx) [^`]+)`/g)) {
        faults.push(...(await faultsOf(code.replaceAll("\\|", "|").replaceAll(/\s+/g, " "), true)));
      }
    }
    assertEquals(faults, []);
  },
);

Deno.test("what README.md offers in place of docker's commands exists", async () => {
  const [, table = ""] = (await Deno.readTextFile(join(ROOT, "README.md"))).split(
    "| docker | paasc | remark |\n|---|---|---|\n",
  );
  const names = commands.flatMap(namesOf);
  let found = 0;
  for (const row of table.split("\n\n")[0]!.split("\n")) {
    const [, docker = "", paasc = ""] = row.split(/(?<!\\)\|/);
    const codes = [...(paasc.includes("the same") ? docker : paasc).matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
    assert(codes.length > 0 || paasc.includes("–"), row);
    for (const code of codes) {
      const isOption = code.startsWith("-"); // of run
      if (!isOption && !names.includes(code.split(" ")[0]!)) continue; // a word of context, or docker's own
      assertEquals(await faultsOf(`paasc ${isOption ? `run ${code} sh` : code.replaceAll("\\|", "|")}`, true), [], row);
      found++;
    }
  }
  assert(found > 20, `only ${found} commands were found`);
});

Deno.test("every example in the help of a command can be written like this", LEFT_BEHIND, async () => {
  let examples = 0;
  for (const { name, help } of commands) {
    for (const [, text = ""] of help.matchAll(/^Examples?:\n((?: {2}.*\n)+)/gm)) {
      const ours = simpleCommands(text).filter(([program]) => program === "paasc");
      assert(ours.length > 0, name);
      examples += ours.length;
      assertEquals(await faultsOf(text), [], name);
    }
  }
  assert(examples > 40, `only ${examples} examples were found`);
});

Deno.test(
  "a command that does not exist, an option that does not, and wrong words are faults",
  LEFT_BEHIND,
  async () => {
    for (const good of ["paasc run -it sh", "paasc COMMAND", "ls --nothing", "npx --yes deno@2.9.6 task demo"]) {
      assertEquals(await faultsOf(good), [], good);
    }
    assertEquals(await faultsOf("paasc drain --timeout", true), []);
    for (
      const bad of [
        ...[
          "paasc lst",
          "paasc list --al",
          "echo 1 | paasc run --ttyy sh",
          "id=$(paasc exec --nam a)",
          "paasc stop --time",
        ],
        ...["paasd --lsten 1", "paasd --listen", "deno task demos", "npx --yes deno@2.9.6 task demos"],
      ]
    ) {
      assertEquals((await faultsOf(bad)).length, 1, bad);
    }
  },
);
