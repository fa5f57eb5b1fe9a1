/**
 * A process as if it ran here: its output is printed, stdin goes into it, Ctrl-C reaches it, and its exit code is that of
 * `paasc`.
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
import { LogPrinter } from "../print/log_printer.ts";
import { NoProgressError } from "../connection/outage.ts";
import { noteTo, print } from "../print/output.ts";
import { exitCodeOf, isLost, stateText } from "../print/process_status.ts";
import { Suspension } from "./suspension.ts";

const SIGINT = 2;
const SIGPIPE = 13;

/** What a session is about. */
export interface SessionOptions {
  /** Starts the process, or finds it, over a connection; gives its id. */
  begin(daemon: Connection): Promise<string>;
  /** Whether stdin goes into it. */
  readonly stdin: boolean;
  /** The keys that detach, if the terminal is lent to the process. */
  readonly detachKeys?: readonly number[] | undefined;
  /** Begin with the last so many lines of output. */
  readonly tailLines?: number | undefined;
  /** What limits it was given, if that is known. */
  readonly limits?: Known["limits"];
}

/**
 * Stays until the process has finished.
 *
 * @returns The exit code that stands for how it ended; undefined when the user has detached
 * @throws {ExitError} When that cannot be told
 */
export async function session(
  { settings, stdout, stderr }: Context,
  { begin, stdin, detachKeys, tailLines, limits }: SessionOptions,
): Promise<number | undefined> {
  const note = noteTo(stderr);
  const log = new LogPrinter(stdout, stderr, { output: "text", timestamps: false, split: true }, note);
  const over = new AbortController();
  const input = stdin ? new InputFeed() : undefined;
  const position = () => log.account.position;
  using terminal = detachKeys ? new LocalTerminal() : undefined;
  const size = terminal && (() => terminal.size);
  const attachment = new Attachment({ settings, note, begin, input, tailLines, size, position, signal: over.signal });

  let detached = false;
  const detach = async () => {
    detached = true;
    await attachment.keep();
    over.abort();
  };
  const resize = () => terminal && attachment.resize(terminal.size);
  const interrupts = new Interrupts();
  const signals = new Set<number>();
  let stopped = false;
  const interrupt = () => {
    // What does not run yet need not be told.
    if (!attachment.processId) return over.abort();
    const meaning = interrupts.meaning(performance.now());
    if (meaning === "interrupt") {
      signals.add(SIGINT);
      attachment.signal(SIGINT);
    }
    if (meaning === "stop") attachment.stop();
    stopped ||= meaning === "stop";
  };
  // In a terminal that is lent, Ctrl-Z is a key as any other.
  using _suspension = terminal ? undefined : new Suspension(attachment);
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGWINCH", resize);
  if (input) {
    const typed = Deno.stdin.readable;
    input.feed(detachKeys ? untilDetached(typed, detachKeys, detach) : typed)
      .then(() => detached || input.close())
      .catch((error) => note(`stdin cannot be read: ${error instanceof Error ? error.message : error}`));
  }

  try {
    let code: number | undefined;
    for await (const message of attachment.messages()) {
      try {
        await log.print(message);
      } catch (error) {
        // As the kernel does it to a local one when its reader has gone.
        if (error instanceof ExitError && error.reason === "output-closed") await attachment.signal(SIGPIPE);
        throw error;
      }
      const status = message.end?.status;
      if (!status) continue;
      throwIfShort(status, log.shortfall);
      code = exitCodeOf(status);
      // Who is attached is the owner.
      const sentence = endSentence(status, { user: status.owner, limits, signals, stopped });
      if (sentence) await print(stderr, errorLine(new Error(sentence))).catch(() => {}); // whether it is read or not
    }
    if (detached) return undefined;
    if (over.signal.aborted) throw new ExitError("interrupted", "");
    if (code === undefined) {
      throw new ExitError("incomplete", "the daemon ended it without saying how the process ended");
    }
    return code;
  } catch (error) {
    if (detached) return undefined;
    throw failure(error, attachment.processId !== undefined);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    Deno.removeSignalListener("SIGWINCH", resize);
  }
}

/** Says what is not known of a process that has finished, or of its output: then its exit code would promise too much. */
function throwIfShort(status: ProcessStatus__Output, shortfall: string | undefined): void {
  const outcome = isLost(status) ? LOST : `the process has ${stateText(status)}`;
  if (shortfall) throw new ExitError("not-run", `${outcome}; ${shortfall}`);
  if (isLost(status)) throw new ExitError("not-run", outcome);
}

/**
 * What a failure means for the exit code: that of Paas must not be taken for one of the process. A line over which nothing
 * comes is 69 here too, for the process may live.
 *
 * @param started Whether the process was started
 *
 * @example
 * ```ts
 * import { OutageError } from "../connection/connection.ts";
 * import { EXIT_CODES, exitReason } from "../exit.ts";
 * import { NoProgressError } from "../connection/outage.ts";
 * import { failure } from "./session.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lost = new OutageError("the connection to daemon.example:50051 was lost");
 * const codes = [lost, new NoProgressError(lost, 5)].map((error) => EXIT_CODES[exitReason(failure(error, true))!]);
 * assertEquals(codes, [125, 69]);
 * ```
 */
export function failure(error: unknown, started: boolean): unknown {
  const reason = exitReason(error);
  if (!reason || error instanceof NoProgressError) return error;
  if (["usage", "interrupted", "output-closed"].includes(reason)) return error;
  const code = error instanceof PaasError && !started ? error.code : undefined;
  const refusal = code === "not-found" ? "not-found" : code === "permission-denied" ? "not-executable" : "not-run";
  return new ExitError(refusal, (error as Error).message, { cause: error });
}
