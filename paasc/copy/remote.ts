/**
 * Runs the programs on the daemon's machine that a copy needs: each is removed with its log when it has ended.
 *
 * @module
 */
import type { Client } from "../client/client.ts";
import type { LogChunk } from "../client/log.ts";
import type { Process } from "../client/process.ts";
import { PaasError } from "../errors.ts";
import { copyFailure } from "./failure.ts";

/** Time that a program may run without this client, in milliseconds: the same as in `paasc run`. */
const LEASE_MS = 30_000;

/** Maximum number of characters of error messages that are printed. */
const MAX_MESSAGES = 16 * 1024;

/** The daemon's machine. */
export class Remote {
  readonly #client: Client;
  readonly #note: (sentence: string) => void;
  readonly #signal: AbortSignal;

  /**
   * @param note Called with each line that a program prints to stderr
   * @param signal Stops what runs
   */
  constructor(client: Client, note: (sentence: string) => void, signal: AbortSignal) {
    this.#client = client;
    this.#note = note;
    this.#signal = signal;
  }

  /**
   * Runs a program to its end.
   *
   * @returns Its exit code
   */
  async run(args: readonly string[]): Promise<number> {
    return await this.#with(args, false, async (process) => {
      await this.#drain(process.logs({ signal: this.#signal }));
      return await this.#codeOf(process, args);
    });
  }

  /** Runs a program even after the signal, to clean up. Its failure is nobody's. */
  async cleanUp(args: readonly string[]): Promise<void> {
    await this.#client.run(args[0]!, args.slice(1))
      .then(({ status }) => this.#client.process(status.id))
      .then((process) => process.remove())
      .catch(() => {});
  }

  /**
   * The stdout of a program.
   *
   * @throws {ExitError} When the program fails
   */
  async *output(args: readonly string[]): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    const process = await this.#start(args, false);
    await using _ = this.#removed(process);
    yield* this.#stdoutOf(process.logs({ signal: this.#signal }));
    refuse(args, await this.#codeOf(process, args));
  }

  /**
   * Runs a program with this stdin.
   *
   * @throws {ExitError} When the program fails
   */
  async input(args: readonly string[], stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const code = await this.#with(args, true, async (process) => {
      await using attached = process.attach({ signal: this.#signal });
      const printed = this.#drain(attached.output);
      printed.catch(() => {}); // it is awaited below
      try {
        for await (const bytes of stream) await attached.write(bytes);
      } catch (error) {
        // The program has ended, and says why.
        if (!(error instanceof PaasError && error.code === "failed-precondition")) throw error;
      }
      attached.closeInput().catch(() => {});
      await printed;
      return await this.#codeOf(process, args);
    });
    refuse(args, code);
  }

  async #with<Result>(
    args: readonly string[],
    stdin: boolean,
    use: (process: Process) => Promise<Result>,
  ): Promise<Result> {
    const process = await this.#start(args, stdin);
    await using _ = this.#removed(process);
    return await use(process);
  }

  async #start(args: readonly string[], stdin: boolean): Promise<Process> {
    this.#signal.throwIfAborted();
    try {
      return await this.#client.exec(args, { stdin, stopAfterDisconnect: LEASE_MS });
    } catch (error) {
      if (!(error instanceof PaasError)) throw error;
      if (error.code === "not-found") {
        throw copyFailure(`the daemon's machine has no '${args[0]}', which 'paasc cp' needs there`, error);
      }
      throw error;
    }
  }

  /** Stops a process at the end, if it still runs, and removes it. */
  #removed(process: Process): AsyncDisposable {
    return {
      async [Symbol.asyncDispose]() {
        try {
          await process.stop();
          await process.remove();
        } catch {
          // The lease ends it, and the daemon forgets it in its time.
        }
      },
    };
  }

  async #codeOf(process: Process, args: readonly string[]): Promise<number> {
    const { exitCode, signalName } = await process.wait({ signal: this.#signal });
    if (exitCode !== undefined) return exitCode;
    throw copyFailure(`'${args[0]}' on the daemon's machine was ended${signalName ? ` by ${signalName}` : ""}`);
  }

  /** Reads output whose stdout is of no interest. */
  async #drain(output: AsyncIterable<LogChunk>): Promise<void> {
    for await (const _ of this.#stdoutOf(output)) { /* the lines of stderr are noted */ }
  }

  /** Separates stdout from stderr, whose lines are noted. */
  async *#stdoutOf(output: AsyncIterable<LogChunk>): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    const decoder = new TextDecoder();
    let [line, left] = ["", MAX_MESSAGES];
    for await (const { stream, data } of output) {
      if (stream === "stdout") {
        yield data;
        continue;
      }
      const lines = (line + decoder.decode(data, { stream: true })).slice(0, left).split("\n");
      line = lines.pop()!;
      for (const each of lines) {
        left -= each.length;
        this.#note(each);
      }
    }
    if (line) this.#note(line);
  }
}

function refuse(args: readonly string[], code: number): void {
  if (code !== 0) throw copyFailure(`'${args[0]}' on the daemon's machine failed with exit code ${code}`);
}
