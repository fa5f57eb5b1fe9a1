/**
 * A shell, for a test that plays the reader of a page: it runs one command after the other, and presses Ctrl-C.
 *
 * @module
 */
import { join } from "node:path";
import { quote } from "../../paasc/install/script.ts";
import { until } from "../support/until.ts";
import type { Printed } from "./printed.ts";

/** What a command has printed, and its exit code. */
export interface Outcome extends Printed {
  readonly code: number;
}

/** How to run a command. */
export interface RunOptions {
  /** Whether stdout is a terminal, of 120 columns. The command then runs in a shell of its own. */
  readonly terminal?: boolean;
  /** Presses Ctrl-C as soon as this is true of what the command has printed. */
  readonly interruptWhen?: (printed: Printed) => boolean | Promise<boolean>;
}

/** How to start a shell. */
export interface ShellOptions {
  /** The path of the shell. */
  readonly program: string;
  /** The path of script(1), which makes terminals. */
  readonly script: string;
  /** A directory for files of this class. */
  readonly directory: string;
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** The shell prints this behind a command, with the exit code on stdout. No command of a page does. */
const MARK = "--- the command has ended: ";
const END_OF_STDOUT = new RegExp(`\n${MARK}(\\d+)\n$`);
const END_OF_STDERR = `\n${MARK}\n`;

/** A shell whose commands have an empty stdin. Variables and the directory last from one command to the next. */
export class Shell implements AsyncDisposable {
  readonly #options: ShellOptions;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reading: Promise<unknown>;
  readonly #printed = { stdout: "", stderr: "" };
  #ended = false;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#child = new Deno.Command(options.program, {
      // As from a terminal, Ctrl-C reaches the shell and its command. The shell survives, and ignores it between commands.
      args: ["-c", `trap '' INT; while read -r line; do trap : INT; eval "$line"; trap '' INT; done`],
      cwd: options.cwd,
      env: options.env,
      clearEnv: true,
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#reading = Promise.all([this.#read("stdout"), this.#read("stderr")]).finally(() => this.#ended = true);
  }

  async #read(name: "stdout" | "stderr"): Promise<void> {
    for await (const piece of this.#child[name].pipeThrough(new TextDecoderStream())) this.#printed[name] += piece;
  }

  /**
   * Runs a command to its end.
   *
   * @throws {Error} When the command does not end, or ends the shell
   */
  async run(command: string, { terminal = false, interruptWhen }: RunOptions = {}): Promise<Outcome> {
    this.#printed.stdout = this.#printed.stderr = "";
    const line = await this.#lineFor(command, terminal);
    const end = `_code=$?; printf '\\n${MARK}%s\\n' $_code; printf '\\n${MARK}\\n' >&2`;
    await this.#stdin.write(new TextEncoder().encode(`${line}; ${end}\n`));
    let presses = 0;
    try {
      await until(`${command} has ended`, async () => {
        if (this.#ended || this.#isDone()) return true;
        if (presses > 0 || await interruptWhen?.(this.#printed)) {
          // Again after a while, as people do: the first may have come between two commands of the line.
          if (presses++ % 100 === 0) Deno.kill(-this.#child.pid, "SIGINT");
        }
        return false;
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}: ${JSON.stringify(this.#printed)}`);
    }
    const { stdout, stderr } = this.#printed;
    if (!this.#isDone()) throw new Error(`${command} has ended the shell: ${stdout}${stderr}`);
    return {
      stdout: stdout.replace(END_OF_STDOUT, "").replaceAll("\r\n", "\n"),
      stderr: stderr.slice(0, -END_OF_STDERR.length),
      code: Number(END_OF_STDOUT.exec(stdout)![1]),
    };
  }

  /** A line for the shell that runs a command, which may have several lines, from a file. */
  async #lineFor(command: string, terminal: boolean): Promise<string> {
    const { program, script, directory } = this.#options;
    await Deno.writeTextFile(join(directory, "command"), `${command}\n`);
    const file = quote(join(directory, "command"));
    if (!terminal) return `. ${file} </dev/null`;
    const errors = quote(join(directory, "stderr"));
    const run = quote(`stty cols 120; . ${file} 2>${errors}`);
    return `SHELL=${quote(program)} ${
      quote(script)
    } -qefc ${run} /dev/null </dev/null; { _code=$?; cat ${errors} >&2; (exit $_code); }`;
  }

  #isDone(): boolean {
    return END_OF_STDOUT.test(this.#printed.stdout) && this.#printed.stderr.endsWith(END_OF_STDERR);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close().catch(() => {}); // it may have ended
    try {
      Deno.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // It has ended, and so have its commands.
    }
    await Promise.all([this.#child.status, this.#reading]);
  }
}
