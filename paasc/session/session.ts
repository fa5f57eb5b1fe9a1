/**
 * Runs a remote process as if it ran here: prints its output, feeds stdin to it, passes Ctrl-C on, and gives its exit code.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { Attachment } from "../streams/attachment.ts";
import type { Context } from "../command.ts";
import type { Connection } from "../connection/connection.ts";
import { endSentence, type Known, LOST } from "../print/end_reason.ts";
import { PaasError } from "../errors.ts";
import { errorLine, ExitError, exitReason } from "../exit.ts";
import { InputFeed } from "../streams/input_feed.ts";
import { Interrupts } from "./interrupts.ts";
import { LocalTerminal, untilDetached } from "./local_terminal.ts";
import { typedLines } from "./typed_lines.ts";
import { TerminalModes } from "../print/terminal_modes.ts";
import { LogPrinter } from "../print/log_printer.ts";
import type { LogMessage } from "@paas/proto/log_wire";
import { noteTo, type Output, print } from "../print/output.ts";
import { exitCodeOf, isLost, stateText } from "../print/process_status.ts";
import { Suspension } from "./suspension.ts";

const SIGINT = 2;
const SIGPIPE = 13;

/** Options of a session. */
export interface SessionOptions {
  /** Starts or finds the process over the first connection, and returns its id. */
  begin(connection: Connection): Promise<string>;
  /** Whether the process gets stdin. */
  readonly stdin: boolean;
  /** Keys that detach, if stdin is a terminal and passes each key on. */
  readonly detachKeys?: readonly number[] | undefined;
  /** Whether the process gets the terminal. Otherwise it gets the lines that are typed. */
  readonly tty?: boolean | undefined;
  /** Whether Ctrl-C leaves the process and does not interrupt it. */
  readonly interruptLeaves?: boolean | undefined;
  /** Number of the last lines of output to begin with. Default: the whole output. */
  readonly tailLines?: number | undefined;
  /** Limits of the process, if they are known. */
  readonly limits?: Known["limits"];
  /** Whether to remove the process and its log after its end. */
  readonly remove?: boolean;
}

/**
 * Attaches to a process until it has finished or the user leaves.
 *
 * @returns The exit code that stands for the end of the process; undefined after the user has detached
 * @throws {ExitError} When the end of the process is not known, or its output may be incomplete
 */
export async function session(context: Context, options: SessionOptions): Promise<number | undefined> {
  const session = new Session(context, options);
  try {
    return await session.run();
  } finally {
    session[Symbol.dispose]();
    await session.sayGoodbye();
  }
}

/** A process that uses stdin, stdout, stderr and the signals of this program. */
class Session implements Disposable {
  readonly #options: SessionOptions;
  readonly #stdout: Output;
  readonly #stderr: Output;
  /** Prints a sentence for a person. */
  readonly #note: (text: string) => void;
  readonly #log: LogPrinter;
  readonly #input: InputFeed | undefined;
  /** Terminal that the process gets, if it gets one. */
  readonly #terminal: LocalTerminal | undefined;
  readonly #attachment: Attachment;
  readonly #interrupts = new Interrupts();
  /** Signals that the user has sent. */
  readonly #signals = new Set<number>();
  /** Whether the user has stopped the process. */
  #stopped = false;
  /** Way in which the user has left before the end of the process. */
  #left: "detached" | "interrupted" | undefined;
  /** Modes of the terminal, if the process gets it. */
  readonly #modes: TerminalModes | undefined;
  /** Whether the process has exited by itself, and so has left the terminal as it wanted. */
  #exited = false;
  /** Ends the attachment after the user has left. */
  readonly #leaving = new AbortController();
  readonly #cleanup = new DisposableStack();

  constructor({ settings, stdout, stderr }: Context, options: SessionOptions) {
    const { begin, stdin, detachKeys, tailLines, tty = false } = options;
    this.#options = options;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#note = noteTo(stderr);
    this.#log = new LogPrinter(stdout, stderr, { output: "text", timestamps: false, split: true }, this.#note);
    this.#input = stdin ? new InputFeed() : undefined;
    const local = detachKeys && this.#cleanup.use(new LocalTerminal(!tty));
    const terminal = this.#terminal = tty ? local : undefined;
    this.#modes = terminal && new TerminalModes();
    this.#attachment = new Attachment({
      settings,
      note: this.#note,
      begin,
      input: this.#input,
      tailLines,
      size: terminal && (() => terminal.size),
      position: () => this.#log.account.position,
      signal: this.#leaving.signal,
    });
    // In a terminal that belongs to the process, Ctrl-Z is a key like any other.
    if (!terminal) this.#cleanup.use(new Suspension(this.#attachment, local));
    this.#listen("SIGINT", () => this.#interrupt());
    this.#listen("SIGWINCH", () => this.#resize());
  }

  #listen(signal: Deno.Signal, listener: () => void): void {
    Deno.addSignalListener(signal, listener);
    this.#cleanup.defer(() => Deno.removeSignalListener(signal, listener));
  }

  /** Runs the session to its end; see {@linkcode session}. */
  async run(): Promise<number | undefined> {
    if (this.#input) this.#feedStdin(this.#input);
    try {
      let code: number | undefined;
      for await (const message of this.#attachment.messages()) {
        await this.#print(message);
        if (message.end?.status) code = await this.#finish(message.end.status);
      }
      if (this.#left) return this.#leave(this.#left);
      if (code === undefined) {
        throw new ExitError("incomplete", "the daemon ended the output without saying how the process ended");
      }
      return code;
    } catch (error) {
      if (this.#left && !(error instanceof ExitError)) return this.#leave(this.#left);
      throw failure(error, this.#attachment.processId !== undefined);
    }
  }

  /**
   * The exit code of a user who has left the process.
   *
   * @throws {ExitError} When the user has left by Ctrl-C
   */
  #leave(left: "detached" | "interrupted"): undefined {
    if (left === "interrupted") throw new ExitError("interrupted", "");
  }

  /** Makes the terminal usable again, and tells a user who has left how to come back. Called after the end of all else. */
  async sayGoodbye(): Promise<void> {
    const id = this.#attachment.processId;
    const undo = this.#exited ? "" : this.#modes?.undo() ?? "";
    if (undo && Deno.stdout.isTerminal()) await print(this.#stdout, `${undo}\r\n`).catch(() => {});
    if (!this.#left || !id) return;
    const sentence = `detached from ${id}; come back with: paasc attach ${id}`;
    await print(this.#stderr, errorLine(new Error(sentence))).catch(() => {});
  }

  /** Feeds stdin to the process, up to the keys that detach. */
  #feedStdin(input: InputFeed): void {
    const { detachKeys, tty } = this.#options;
    const stdin = Deno.stdin.readable;
    const keys = detachKeys ? untilDetached(stdin, detachKeys, () => this.#detach()) : stdin;
    let shown = Promise.resolve();
    const show = (content: string | Uint8Array) => {
      shown = shown.then(() => print(this.#stdout, content)).catch(() => {});
    };
    input.feed(detachKeys && !tty ? typedLines(keys, show) : keys)
      .then(() => this.#left === "detached" || input.close())
      .catch((error) => this.#note(`cannot read stdin: ${error instanceof Error ? error.message : error}`));
  }

  async #print(message: LogMessage): Promise<void> {
    if (this.#modes) { for (const { data } of message.pieces) this.#modes.note(data); }
    try {
      await this.#log.print(message);
    } catch (error) {
      // The kernel does the same to a local process whose reader has gone.
      if (exitReason(error) === "output-closed") await this.#attachment.signal(SIGPIPE);
      throw error;
    }
  }

  /** Tells the user why the process ended, and returns the exit code. */
  async #finish(status: ProcessStatus__Output): Promise<number> {
    this.#exited = status.exit === "exitCode";
    throwIfShort(status, this.#log.shortfall);
    const sentence = endSentence(status, {
      user: status.owner, // only the owner can attach
      limits: this.#options.limits,
      signals: this.#signals,
      stopped: this.#stopped,
    });
    // A closed stderr changes nothing.
    if (sentence) await print(this.#stderr, errorLine(new Error(sentence))).catch(() => {});
    if (this.#options.remove) await this.#attachment.remove();
    return exitCodeOf(status);
  }

  /** Called after each SIGINT. */
  #interrupt(): void {
    // Otherwise no process runs yet that would get the signal.
    if (this.#options.interruptLeaves || !this.#attachment.processId) {
      this.#left ??= "interrupted";
      return this.#leaving.abort();
    }
    const meaning = this.#interrupts.meaning(performance.now());
    if (meaning === "interrupt") {
      this.#signals.add(SIGINT);
      this.#attachment.signal(SIGINT);
    } else if (meaning === "stop") {
      this.#stopped = true;
      this.#attachment.stop();
    }
  }

  #resize(): void {
    if (this.#terminal) this.#attachment.resize(this.#terminal.size);
  }

  /** Leaves the process running. */
  async #detach(): Promise<void> {
    this.#left = "detached";
    await this.#attachment.keep();
    this.#leaving.abort();
  }

  [Symbol.dispose]() {
    this.#cleanup.dispose();
  }
}

/**
 * Checks that the exit code of a finished process is not misleading.
 *
 * @throws {ExitError} When the end of the process is not known, or its output may be incomplete
 */
function throwIfShort(status: ProcessStatus__Output, shortfall: string | undefined): void {
  const outcome = isLost(status) ? LOST : `the process has ${stateText(status)}`;
  if (shortfall) throw new ExitError("not-run", `${outcome}; ${shortfall}`);
  if (isLost(status)) throw new ExitError("not-run", outcome);
}

/**
 * Converts a refusal to start a process to an error with the exit code of a shell. Other errors stay as they are.
 *
 * @param started Whether the process was started
 *
 * @example
 * ```ts
 * import { PaasError } from "../errors.ts";
 * import { exitCodeFor } from "../exit.ts";
 * import { failure } from "./session.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const unknown = new PaasError("not-found", "the program does not exist");
 * assertEquals([failure(unknown, false), failure(unknown, true)].map((error) => exitCodeFor(error, true)), [127, 125]);
 * ```
 */
export function failure(error: unknown, started: boolean): unknown {
  const code = error instanceof PaasError && !started ? error.code : undefined;
  const refusal = code === "not-found" ? "not-found" : code === "permission-denied" ? "not-executable" : undefined;
  return refusal ? new ExitError(refusal, (error as Error).message, { cause: error }) : error;
}
