/**
 * The client library of Paas: starts processes at a daemon, reads their output live, and stops them.
 *
 * A {@linkcode Client} has one connection, by mutual TLS, which is made anew when it breaks: reading, writing and waiting
 * then go on where they were. Durations are in milliseconds, sizes and offsets in bytes, and times are `Date`s.
 *
 * All functions throw a {@linkcode PaasError} and nothing else, with two exceptions that the caller has in hand: after an
 * abort they throw the reason of the signal, and an error of a callback passes through.
 *
 * Under Deno's permissions a program needs `--allow-net` for the daemon, `--allow-read` for the certificate files, and
 * `--allow-env` or `--ignore-env`, because grpc-js reads variables of its own.
 *
 * @example A program that is run to its end
 * ```ts
 * import { Client } from "@paas/paasc/client";
 *
 * async function revision(server: string): Promise<string> {
 *   await using client = await Client.connect({ server });
 *   const { success, stdoutText, stderrText } = await client.run("git", ["rev-parse", "HEAD"], { cwd: "/srv/app" });
 *   if (!success) throw new Error(stderrText);
 *   return stdoutText.trim();
 * }
 * ```
 *
 * @example Live output
 * ```ts
 * import { Client } from "@paas/paasc/client";
 *
 * async function test(server: string): Promise<boolean> {
 *   await using client = await Client.connect({ server });
 *   const tests = await client.exec(["make", "test"], { cwd: "/srv/app", timeout: 600_000 });
 *   for await (const { stream, data, time } of tests.logs()) {
 *     console.log(time, stream, new TextDecoder().decode(data));
 *   }
 *   const { exitCode, signalName } = await tests.wait();
 *   console.log(exitCode ?? signalName);
 *   return exitCode === 0;
 * }
 * ```
 *
 * @example Input and output at the same time
 * ```ts
 * import type { Client } from "@paas/paasc/client";
 *
 * async function sum(client: Client, numbers: number[]): Promise<string> {
 *   const calculator = await client.exec(["bc"], { stdin: true });
 *   await using attached = calculator.attach();
 *   attached.write(`${numbers.join("+")}\n`);
 *   attached.closeInput();
 *   let text = "";
 *   const decoder = new TextDecoder();
 *   for await (const { data } of attached.output) text += decoder.decode(data, { stream: true });
 *   return text;
 * }
 * ```
 *
 * @module
 */
import type { ListRequest } from "@paas/proto";
import { sessionsClosed } from "@paas/proto/grpc";
import { asPaasError, Calls } from "./client_calls.ts";
import { destinationFrom, type DestinationOptions } from "./destination.ts";
import type { CallOptions, ExecOptions, ListOptions, WatchOptions } from "./options.ts";
import { Process } from "./process.ts";
import { execRequest, listRequest, whole } from "./requests.ts";
import { collect, DEFAULT_LEASE, DEFAULT_MAX_BUFFER, type RunOptions, type RunResult } from "./run.ts";
import { type ProcessStatus, statusFrom } from "./status.ts";
import { DEFAULT_PATIENCE } from "../connection/outage.ts";
import { SharedConnection } from "../connection/shared_connection.ts";
import { findProcess } from "../streams/find_process.ts";
import { pages } from "../streams/list_processes.ts";
import { watchProcesses } from "../streams/watch.ts";

export { PaasError, type PaasErrorCode } from "../errors.ts";
export { AttachedProcess } from "./attached_process.ts";
export type { DestinationOptions } from "./destination.ts";
export type { GapOptions, LogChunk, LogGap, LogStream } from "./log.ts";
export type {
  AgainOptions,
  AttachOptions,
  CallOptions,
  ExecOptions,
  GrepOptions,
  LimitOptions,
  ListOptions,
  LogOptions,
  Moment,
  PatternOptions,
  ShareOptions,
  SignalOptions,
  StopOptions,
  TerminalOptions,
  TerminalSize,
  WatchOptions,
} from "./options.ts";
export { Process } from "./process.ts";
export { type RunOptions, RunResult } from "./run.ts";
export type {
  EndReason,
  FinishedStatus,
  Grant,
  ProcessStatus,
  RestartState,
  RunningStatus,
  StartedStatus,
  StopInfo,
  StoppingStatus,
} from "./status.ts";

/** Options for connecting to a daemon. */
export interface ConnectOptions extends DestinationOptions {
  /** Maximum time to get a lost connection back, in milliseconds; default is a minute. */
  readonly patience?: number | undefined;
  /** Called with a sentence for a person when a connection has been lost for two seconds, and when it is back. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Ends the attempt to connect, which then throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** A change in the state of a process. */
export interface Change {
  /** The id of the process. */
  readonly id: string;
  /** The name of the process; undefined when it has none, or the name is not known. */
  readonly name: string | undefined;
  /** The new status; undefined when the process was removed. */
  readonly status: ProcessStatus | undefined;
}

/**
 * A client of one daemon, for one user. The client certificate determines the user. A user sees their own processes, and
 * those that other users have shared with them.
 *
 * Every method throws a {@linkcode PaasError}: `no-connection` when the connection cannot be made or got back in time,
 * `unauthenticated` when the daemon does not accept the certificate any more, `closed` when the client was closed, and the
 * codes that the method names. After an abort a method throws the reason of the signal instead.
 */
export class Client implements AsyncDisposable {
  readonly #calls: Calls;

  private constructor(
    calls: Calls,
    /** The address of the daemon, `HOST:PORT`. */
    readonly server: string,
    /** The user id of this client; by default the hexadecimal SHA-256 of its certificate. */
    readonly user: string,
  ) {
    this.#calls = calls;
  }

  /**
   * Connects to a daemon. A failed attempt is not repeated; a connection that is lost later is made anew.
   *
   * @throws {PaasError} `no-connection` with a sentence that says what to check; `invalid-argument` when an option is
   *   invalid; `permission-denied` when Deno may not read the environment
   */
  static async connect({ patience, onNote, signal, ...options }: ConnectOptions = {}): Promise<Client> {
    let calls: Calls | undefined;
    try {
      const destination = await destinationFrom(options);
      const tries = whole("patience", patience) ?? DEFAULT_PATIENCE;
      calls = new Calls(new SharedConnection(destination), tries, onNote ?? (() => {}));
      const { userId } = await calls.ask((connection, asked) => connection.whoAmI(asked), signal);
      return new Client(calls, destination.server, userId);
    } catch (error) {
      calls?.close();
      throw asPaasError(error, signal);
    }
  }

  /**
   * Runs a program to its end, and returns its complete output and how it ended. No shell is involved. After a lost
   * connection the output goes on at the next byte.
   *
   * A call that fails after the start stops the process before it throws. A process whose client is gone for good is
   * stopped after `stopAfterDisconnect`.
   *
   * @param program The program; without a slash the daemon looks it up in its PATH
   * @param args The arguments of the program
   * @throws {PaasError} `incomplete` when output is missing, or may be, or exceeds `maxBuffer`; and as {@linkcode exec}
   *   does. An exit code other than 0 is no error
   */
  async run(
    program: string,
    args: readonly string[] = [],
    { input, maxBuffer, signal, stopAfterDisconnect = DEFAULT_LEASE, ...options }: RunOptions = {},
  ): Promise<RunResult> {
    const max = whole("maxBuffer", maxBuffer) ?? DEFAULT_MAX_BUFFER;
    signal?.throwIfAborted();
    // Without the signal: after an abort the id would not be known, and the process could not be stopped.
    const process = await this.exec([program, ...args], {
      ...options,
      stdin: input !== undefined,
      stopAfterDisconnect,
    });
    try {
      return await collect(process, { input, maxBuffer: max, signal });
    } catch (error) {
      await process.stop().catch(() => {}); // the lease ends what cannot be stopped now
      throw error;
    }
  }

  /**
   * Starts a process; resolves as soon as it runs. No shell is involved. When the connection breaks before the answer, the
   * call is repeated, and the daemon starts the process only once.
   *
   * @param args The program and its arguments; without a slash the daemon looks the program up in its PATH
   * @throws {PaasError} `not-found` when the program does not exist, `permission-denied` when it is not executable,
   *   `failed-precondition` when the directory does not exist, `already-exists` when a live process has the name,
   *   `resource-exhausted` when the daemon has run out of something, `unavailable` when it is shutting down
   */
  async exec(args: readonly string[], options: ExecOptions = {}): Promise<Process> {
    const request = execRequest(args, options);
    const ifLost = "it is not known whether the process was started";
    const id = await this.#calls.ask((connection, asked) => connection.exec(request, asked), options.signal, ifLost);
    return new Process(this.#calls, id);
  }

  /**
   * Finds a process by its id, by its name (the newest process with that name), or by the beginning of its id, if no other
   * id begins so. The daemon is not asked for a whole id.
   *
   * @throws {PaasError} `not-found` or `ambiguous`
   */
  async process(word: string, { signal }: CallOptions = {}): Promise<Process> {
    const id = await this.#calls.ask((connection, asked) => findProcess(connection, word, asked), signal);
    return new Process(this.#calls, id);
  }

  /** Lists the user's processes, the newest first: live ones, and finished ones that the daemon has not forgotten. */
  async *list({ limit, signal, ...which }: ListOptions = {}): AsyncGenerator<ProcessStatus, void, void> {
    const list = (request: ListRequest) =>
      this.#calls.ask((connection, asked) => connection.list(request, asked), signal);
    for await (const page of pages(list, listRequest(which), whole("limit", limit))) yield* page.map(statusFrom);
  }

  /**
   * Watches the user's processes: first yields each live process, then each change of a state, without end. Changes that
   * happened without a connection follow later. Of several changes in quick succession only the last may come.
   */
  async *watch({ signal, allUsers }: WatchOptions = {}): AsyncGenerator<Change, void, void> {
    const persistence = this.#calls.persistence(signal);
    try {
      for await (const { id, name, status } of watchProcesses(persistence, allUsers)) {
        yield { id, name: name || undefined, status: status && statusFrom(status) };
      }
    } catch (error) {
      throw asPaasError(error, persistence.signal);
    }
    persistence.signal.throwIfAborted();
  }

  /** Closes the connection. Calls under way end with the error `closed`; processes go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#calls.close();
    await sessionsClosed();
  }
}
