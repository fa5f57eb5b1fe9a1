/**
 * Prints the logs of several processes at once, each line behind the name of its process.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import type { LogMessage } from "@paas/proto/log_wire";
import { listRequest, logsRequest } from "../../client/requests.ts";
import type { Context } from "../../command.ts";
import { ask, type Persistence } from "../../connection/reconnect.ts";
import { SharedConnection } from "../../connection/shared_connection.ts";
import { ExitError, type ExitReason, exitReason } from "../../exit.ts";
import type { LogChoice } from "../../options/logs.ts";
import { LogPrinter } from "../../print/log_printer.ts";
import { NamedOutput } from "../../print/named_output.ts";
import { noteTo, type Output, SharedOutput } from "../../print/output.ts";
import { type Color, terminalColors } from "../../print/terminal_colors.ts";
import { findProcess } from "../../streams/find_process.ts";
import { followLog } from "../../streams/follow.ts";
import { listProcesses } from "../../streams/list_processes.ts";
import { watchProcesses } from "../../streams/watch.ts";
import { type Ending, noLine } from "./ending.ts";

/** Maximum number of logs at a time. */
const MAX_LOGS = 64;

/** The first digits of an id, as many as `paasc list` shows. */
const SHOWN_DIGITS = 8;

/** The processes whose logs are wanted. */
export interface Which {
  /** Ids, beginnings of ids, or names. */
  readonly words: readonly string[];
  /** Labels that a process has, if there is one. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Prints the logs of several processes until all have ended. With labels and follow it also prints the logs of processes
 * that start later, and does not end by itself.
 *
 * @throws {ExitError} When a log could not be printed whole; the sentences are on stderr already
 * @throws {PaasError} When the connection cannot be made or got back
 */
export async function printLogs(context: Context, choice: LogChoice, which: Which, ending: Ending): Promise<void> {
  await using logs = new ManyLogs(context, choice, ending, await colorsFor(context));
  await ending.unlessStuck(() => logs.print(which));
  logs.check();
}

async function colorsFor({ columns }: Context): Promise<readonly Color[]> {
  if (columns === undefined) return [(text) => text];
  const { cyan, green, yellow, magenta, blue } = await terminalColors((name) => Deno.env.get(name));
  return [cyan, green, yellow, magenta, blue];
}

/** The log of one of several processes. */
interface OneLog {
  readonly id: string;
  readonly name: string;
  readonly printer: LogPrinter;
  readonly outputs: readonly NamedOutput[];
}

class ManyLogs implements AsyncDisposable {
  readonly #choice: LogChoice;
  readonly #ending: Ending;
  readonly #colors: readonly Color[];
  readonly #stdout: SharedOutput;
  readonly #stderr: Output;
  readonly #note: (text: string) => void;
  readonly #connection: SharedConnection;
  /** Ends the reading of all logs: at the end of the command, at a match, or after a failure that concerns all. */
  readonly #enough = new AbortController();
  readonly #persistence: Persistence & { readonly signal: AbortSignal };
  readonly #logs = new Map<string, OneLog>();
  readonly #names = new Set<string>();
  #reading = 0;
  #width = 0;
  #failure: ExitReason | undefined;

  constructor({ settings, stdout, stderr }: Context, choice: LogChoice, ending: Ending, colors: readonly Color[]) {
    this.#choice = choice;
    this.#ending = ending;
    this.#colors = colors;
    this.#stdout = new SharedOutput(stdout, "stdout");
    this.#stderr = stderr;
    this.#note = noteTo(stderr);
    this.#connection = new SharedConnection(settings);
    let last = "";
    const note = (text: string) => { // each log notices the loss of the one connection
      if (text !== last) this.#note(text);
      last = text;
    };
    const signal = AbortSignal.any([ending.signal, this.#enough.signal]);
    this.#persistence = { settings: this.#connection, patience: choice.patience, note, signal };
  }

  /** Prints the logs to their end. */
  async print(which: Which): Promise<void> {
    const { follow } = this.#choice.options;
    const byLabel = Object.keys(which.labels).length > 0;
    const processes = await ask(this.#persistence, (connection) => this.#find(connection, which));
    if (processes.length > MAX_LOGS) {
      throw new ExitError(
        "failed",
        `there are ${processes.length} such processes: paasc prints at most ${MAX_LOGS} logs at once`,
      );
    }
    if (processes.length === 0 && !(byLabel && follow)) throw new ExitError("failed", "no process has these labels");
    const logs = processes.map((status) => this.#add(status));
    if (!follow) return await this.#printMerged(logs);
    await Promise.all([...logs.map((log) => this.#follow(log)), byLabel && this.#join(which.labels)]);
  }

  /**
   * Checks that all logs were printed whole.
   *
   * @throws {ExitError} When one was not
   */
  check(): void {
    const { output } = this.#choice.form;
    const logs = [...this.#logs.values()];
    for (const { name, printer: { shortfall } } of logs) {
      if (!shortfall) continue;
      this.#failure = "incomplete";
      if (output === "text") this.#note(`${name}: ${shortfall}`);
    }
    if (this.#failure) throw new ExitError(this.#failure, "");
    const { untilMatch } = this.#choice.options;
    if (untilMatch && logs.some(({ printer }) => printer.matched)) return;
    if (this.#ending.signal.aborted) throw this.#ending.error("the output has not ended");
    if (untilMatch) throw noLine(untilMatch);
  }

  /** Finds the processes, the oldest first after those that are named. */
  async #find(
    connection: Parameters<Parameters<typeof ask>[1]>[0],
    { words, labels }: Which,
  ): Promise<ProcessStatus__Output[]> {
    const processes = new Map<string, ProcessStatus__Output>();
    for (const word of words) {
      const id = await findProcess(connection, word);
      processes.set(id, await connection.status(id));
    }
    if (Object.keys(labels).length > 0) {
      const labelled = await listProcesses(connection, listRequest({ labels }));
      for (const status of labelled.toReversed()) processes.set(status.processId, status);
    }
    return [...processes.values()];
  }

  #add({ processId: id, name: given }: ProcessStatus__Output): OneLog {
    const { form } = this.#choice;
    const digits = id.slice(0, SHOWN_DIGITS);
    const name = !given ? digits : this.#names.has(given) ? `${given}/${digits}` : given;
    this.#names.add(name);
    this.#width = Math.max(this.#width, name.length);
    const color = this.#colors[this.#logs.size % this.#colors.length]!;
    const shown = () => color(name.padEnd(this.#width));
    const note = (text: string) => this.#note(`${name}: ${text}`);
    const outputs = form.output === "json" ? [] : [
      new NamedOutput(this.#stdout, shown),
      new NamedOutput(form.split ? this.#stderr : this.#stdout, shown),
    ];
    const [stdout = this.#stdout, stderr = this.#stderr] = outputs;
    // Lines of the two streams must not mix, so they are kept apart up to the last.
    const printer = new LogPrinter(stdout, stderr, { ...form, split: true }, note, { id, name: given });
    const log: OneLog = { id, name, printer, outputs };
    this.#logs.set(id, log);
    return log;
  }

  #messages({ id, printer: { account } }: OneLog): AsyncGenerator<LogMessage, void, void> {
    const request = logsRequest(this.#choice.options);
    return followLog({ ...this.#persistence, process: id, request, position: () => account.position });
  }

  async #follow(log: OneLog): Promise<void> {
    this.#reading++;
    try {
      for await (const message of this.#messages(log)) await this.#print(log, message);
      await this.#finish(log);
    } catch (error) {
      this.#failed(log, error);
    } finally {
      this.#reading--;
    }
  }

  async #print({ printer }: OneLog, message: LogMessage): Promise<void> {
    await printer.print(message);
    if (printer.matched) this.#enough.abort();
  }

  async #finish({ printer, outputs }: OneLog): Promise<void> {
    for (const output of outputs) await output.flush();
    if (!this.#persistence.signal.aborted) printer.account.finish();
  }

  /** Notes the failure of one log. The others go on, unless the failure concerns all. */
  #failed({ name, printer }: OneLog, error: unknown): void {
    if (printer.account.complete || this.#persistence.signal.aborted) return;
    const reason = exitReason(error);
    if (!reason || reason === "output-closed" || reason === "no-connection") {
      this.#enough.abort();
      throw error;
    }
    this.#note(`${name}: ${(printer.cutShort(error) as Error).message}`);
    if (this.#failure !== "incomplete") this.#failure = reason;
  }

  /** Prints the logs of processes that start later. */
  async #join(labels: Which["labels"]): Promise<void> {
    const wanted = Object.entries(labels);
    const joined: Promise<void>[] = [];
    for await (const { id, status } of watchProcesses(this.#persistence)) {
      if (!status || this.#logs.has(id) || wanted.some(([key, value]) => status.labels[key] !== value)) continue;
      if (this.#reading < MAX_LOGS) {
        const following = this.#follow(this.#add(status));
        following.catch(() => {}); // it has ended the watching, and fails again below
        joined.push(following);
      } else {
        const name = status.name || id;
        this.#note(`the log of ${name} is not printed: paasc prints at most ${MAX_LOGS} logs at once`);
      }
    }
    await Promise.all(joined);
  }

  /** Prints logs that have an end in the order of the times at which the daemon read their pieces. */
  async #printMerged(logs: readonly OneLog[]): Promise<void> {
    const heads = await Promise.all(logs.map(async (log) => {
      const messages = singly(this.#messages(log));
      return { log, messages, next: await this.#next(log, messages) };
    }));
    const { signal } = this.#persistence;
    while (!signal.aborted) {
      let first: typeof heads[number] | undefined;
      for (const head of heads) if (head.next && (!first || timeOf(head.next) < timeOf(first.next!))) first = head;
      if (!first) return;
      await this.#print(first.log, first.next!);
      first.next = await this.#next(first.log, first.messages);
    }
  }

  /** The next message of a log; undefined at its end, or after a failure. */
  async #next(log: OneLog, messages: AsyncGenerator<LogMessage, void, void>): Promise<LogMessage | undefined> {
    try {
      const { value } = await messages.next();
      if (value) return value;
      await this.#finish(log);
    } catch (error) {
      this.#failed(log, error);
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#enough.abort();
    for (const { outputs } of this.#logs.values()) {
      for (const output of outputs) await output[Symbol.asyncDispose]().catch(() => {});
    }
    this.#connection[Symbol.dispose]();
  }
}

/** Yields messages with one piece each. */
async function* singly(messages: AsyncIterable<LogMessage>): AsyncGenerator<LogMessage, void, void> {
  for await (const { pieces, gap, end } of messages) {
    if (gap) yield { pieces: [], gap };
    for (const piece of pieces) yield { pieces: [piece] };
    if (end) yield { pieces: [], end };
  }
}

/** The time of a message with one piece; a message without one comes first. */
function timeOf({ pieces: [piece] }: LogMessage): number {
  return piece?.time ? piece.time.seconds * 1000 + piece.time.nanos / 1e6 : -Infinity;
}
