import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { filesOfRepository } from "../house/import_graph.ts";
import { ROOT } from "../support/programs.ts";
import { repeat } from "../support/until.ts";
import { Machine, pathOf } from "./machine.ts";
import { type Block, blocksOf, isShell, type Step, stepsOf } from "./page.ts";
import { matches, type Printed } from "./printed.ts";

/** The heads of a table, which programs print on a terminal only. */
const HEADS = /^[A-Z]+(?: +[A-Z]+)+$/;

/** Whether a command shows its form for terminals. */
const needsTerminal = ({ expected }: Step) => expected?.some((line) => HEADS.test(line)) ?? false;

/** The programs beyond `sh`, coreutils and Paas that blocks need. */
function needs(blocks: readonly Block[]): string[] {
  const programs = blocks.flatMap(({ marks }) => marks.with ?? []);
  return blocks.flatMap(stepsOf).some(needsTerminal) ? ["script", ...programs] : programs;
}

/** Runs a command of a page, and says what is not as the page has it; undefined if all is. */
async function fault(step: Step, machine: Machine): Promise<string | undefined> {
  const { command, expected, interrupted, code } = step;
  let looks = 0;
  const interruptWhen = async (printed: Printed) => {
    if (expected) return matches(expected, printed, true);
    if (looks++ % 20 === 0) await machine.happen(); // for those who wait for it
    return printed.stdout !== "";
  };
  const outcome = await machine.run(command, interrupted ? { interruptWhen } : { terminal: needsTerminal(step) });
  await machine.tidy();
  const said = `exit code ${outcome.code}\n${outcome.stdout}${outcome.stderr}`;
  if (code !== undefined && outcome.code !== code) return `exits with ${code} by the page, but: ${said}`;
  // A shell or paasc that was interrupted says so by its code; a command may also have ended by itself.
  if (interrupted && !expected && ![0, 130].includes(outcome.code)) return `does not end well: ${said}`;
  if (!expected || matches(expected, outcome, interrupted)) return undefined;
  return `prints by the page:\n${expected.join("\n")}\nbut:\n${said}`;
}

/** Runs the blocks of a page one after the other, and gives the faults that it finds. */
async function run(blocks: readonly Block[], machine: Machine): Promise<string> {
  const faults: string[] = [];
  for (const block of blocks) {
    const { before } = block.marks;
    if (before) {
      const { code, stderr } = await machine.run(before);
      if (code !== 0) faults.push(`line ${block.line}: what must run before exits with ${code}: ${stderr}`);
    }
    for (const step of stepsOf(block)) {
      const found = await fault(step, machine);
      if (found) faults.push(`line ${step.line}: ${step.command}\n${found}`);
    }
  }
  return faults.join("\n\n");
}

/** The blocks for a shell of all pages, by page. The pages of examples are run by `deno task test:examples`. */
async function pages(): Promise<Map<string, Block[]>> {
  const blocks = new Map<string, Block[]>();
  for (const path of await filesOfRepository("*.md")) {
    if (path.startsWith("examples/")) continue;
    const found = blocksOf(await Deno.readTextFile(join(ROOT, path)));
    if (found.length > 0) blocks.set(path, found);
  }
  return blocks;
}

const HINT = "a block that no test can run has '<!-- not run: REASON -->' above it";
const SIDE_BY_SIDE = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };

Deno.test("the commands of the pages do what the pages say", async (t) => {
  const skipped: string[] = [];
  const runnable: [path: string, blocks: Block[]][] = [];
  for (const [path, all] of await pages()) {
    const blocks = all.filter(isShell);
    for (const { marks, line } of blocks) if (marks["not run"]) skipped.push(`${path}:${line}: ${marks["not run"]}`);
    const rest = blocks.filter(({ marks }) => !marks["not run"]);
    if (rest.length > 0) runnable.push([path, rest]);
  }
  runnable.sort(([, one], [, other]) => other.flatMap(stepsOf).length - one.flatMap(stepsOf).length); // the longest first
  const commands = runnable.flatMap(([, blocks]) => blocks).flatMap(stepsOf).length;
  assert(commands > 50, `only ${commands} commands were found`);
  await repeat(runnable.length, 2, (index) => {
    const [name, blocks] = runnable[index]!;
    const missing = needs(blocks).filter((program) => !pathOf(program));
    if (missing.length > 0) console.warn(`SKIPPED: ${name}, for there is no ${missing.join(", ")} on the PATH`);
    const fn = async () => {
      await using machine = await Machine.start(needs(blocks));
      assertEquals(await run(blocks, machine), "", HINT);
    };
    return t.step({ name, fn, ignore: missing.length > 0, ...SIDE_BY_SIDE });
  });
  console.log(`${commands} commands were run. These blocks were not:\n${skipped.join("\n")}`);
});

Deno.test("every block of a page has a language, and only blocks for a shell have prompts", async () => {
  for (const [path, blocks] of await pages()) {
    for (const block of blocks) {
      const place = `${path}:${block.line}`;
      assert(block.language !== "", `${place} has none`);
      const prompts = block.lines.filter((line) => line.startsWith("$ "));
      if (block.language !== "console") assertEquals(prompts, [], place);
    }
  }
});

Deno.test("a page with a wrong output, a wrong exit code or an unknown command has faults", async () => {
  const page = (block: string, language = "console") => blocksOf(`\`\`\`${language}\n${block}\n\`\`\`\n`);
  await using machine = await Machine.start();
  const faults = (...words: Parameters<typeof page>) => run(page(...words), machine);
  const good = "$ echo hello; echo oops >&2\noops\nhello\n\n$ cd; basename $(pwd)\nhome";
  assertEquals(await faults(good), "");
  assertEquals(
    await faults("$ echo hello\nhallo"),
    "line 2: echo hello\nprints by the page:\nhallo\nbut:\nexit code 0\nhello\n",
  );
  for (
    const block of ["$ echo hello", "$ paasc version\npaasc 0", "$ paasc lst", "$ ping localhost", "$ curl --version"]
  ) {
    assert((await faults(block)).startsWith("line 2: "), block);
  }
  assertEquals(await faults("false # exits with 1\ntrue", "sh"), "");
  assert((await faults("false", "sh")).includes("exits with 0 by the page, but: exit code 1"));
  assertEquals(await faults("$ echo one; echo two; cat\none\ntwo"), "", "stdin is empty");
  assertEquals(await faults("$ echo one; sleep 1000\none\n^C"), "", "Ctrl-C ends it");
  assertEquals(await faults("echo one; sleep 1000 # until Ctrl-C", "sh"), "");
});
