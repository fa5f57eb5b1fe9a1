/**
 * The blocks of code of a Markdown page, and the commands in them.
 *
 * A block in `console` has commands behind `$ `, and below each what it prints. A block in `sh` has one command on each
 * line, which must succeed. Comments of Markdown directly above a block, which readers do not see, say more about it:
 *
 * - `<!-- not run: REASON -->`: no test can run it.
 * - `<!-- before: COMMAND -->`: what must have run before, such as the start of a process that the block only looks at.
 * - `<!-- with: PROGRAM -->`: a program beyond `sh`, coreutils and Paas that the block is about.
 *
 * @module
 */

/** A block of code. */
export interface Block {
  /** The word behind the fence; empty if there is none. */
  readonly language: string;
  /** The number of its first line in the page, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
  /** The comments above it, by their first words. */
  readonly marks: Readonly<Partial<Record<"not run" | "before" | "with", string>>>;
}

/** A command of a page. */
export interface Step {
  /** The number of its first line in the page, from 1. */
  readonly line: number;
  readonly command: string;
  /** The lines that it prints, before Ctrl-C if that ends it; undefined if the page does not show them. */
  readonly expected: readonly string[] | undefined;
  /** True if Ctrl-C ends it. */
  readonly interrupted: boolean;
  /** The exit code that it must have; undefined if the page does not say it. */
  readonly code: number | undefined;
}

/** Whether a block is for a shell. */
export function isShell({ language }: Block): boolean {
  return ["console", "sh", "bash", "zsh", "shell"].includes(language);
}

/** The blocks of code of a page. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split("\n");
  let marks: Record<string, string> = {};
  for (let index = 0; index < lines.length; index++) {
    const [, name, text] = /^<!-- (not run|before|with): (.+) -->$/.exec(lines[index]!) ?? [];
    if (name) marks[name] = text!;
    const [fence, language] = /^ *```(\S*)/.exec(lines[index]!) ?? [];
    if (fence !== undefined) {
      const end = lines.findIndex((line, at) => at > index && /^ *```$/.test(line));
      if (end === -1) throw new Error(`line ${index + 1}: the block has no end`);
      blocks.push({ language: language!, line: index + 2, lines: lines.slice(index + 1, end), marks });
      index = end;
    }
    if (!name) marks = {};
  }
  return blocks;
}

/**
 * The commands of a block for a shell.
 *
 * @throws {Error} When the block has output before its first command, or lines after Ctrl-C
 */
export function stepsOf(block: Block): Step[] {
  return block.language === "console" ? consoleSteps(block) : shellSteps(block);
}

/** Commands behind `$ `, with what they print. A last line `^C` is Ctrl-C. */
function consoleSteps({ lines, line }: Block): Step[] {
  const steps: { line: number; command: string; printed: string[] }[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (lines[index]!.startsWith("$ ")) {
      const [command, last] = continued(lines, index);
      steps.push({ line: line + index, command: command.slice("$ ".length), printed: [] });
      index = last;
    } else {
      const step = steps.at(-1);
      if (!step) throw new Error(`line ${line + index}: output stands before the first command`);
      step.printed.push(lines[index]!);
    }
  }
  return steps.map(({ line, command, printed }) => {
    while (printed.at(-1) === "") printed.pop(); // for the eye
    const interrupted = printed.at(-1) === "^C";
    if (interrupted) printed.pop();
    if (printed.includes("^C")) throw new Error(`line ${line}: lines stand after ^C`);
    return { line, command, expected: printed, interrupted, code: undefined };
  });
}

/** A command a line. Its comment tells whether it exits with another code than 0, and whether Ctrl-C ends it. */
function shellSteps({ lines, line }: Block): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    const [command, last] = continued(lines, index);
    index = last;
    if (/^\s*(#|$)/.test(command)) continue;
    const [, comment = ""] = /\s# (.*)$/.exec(command) ?? [];
    const interrupted = /\bCtrl-C\b/.test(comment);
    const code = interrupted ? undefined : Number(/\bexits with (\d+)/.exec(comment)?.[1] ?? 0);
    steps.push({ line: line + first, command, expected: undefined, interrupted, code });
  }
  return steps;
}

/** The command that begins on a line, with the lines that continue it behind `\`, and the index of its last line. */
function continued(lines: readonly string[], first: number): [command: string, last: number] {
  let last = first;
  while (lines[last]!.endsWith("\\") && last + 1 < lines.length) last++;
  return [lines.slice(first, last + 1).join("\n"), last];
}
