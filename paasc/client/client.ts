/**
 * The client of Paas for programs: starts processes at a daemon, reads their output as it comes, and ends them.
 *
 * All goes over one connection by mutual TLS, which is made anew when it breaks: what was being read, written or waited
 * for goes on where it was. Durations are milliseconds, sizes and offsets are bytes, times are `Date`s.
 *
 * @example A command, its output, and how it ended
 * ```ts
 * import { Client } from "@paas/paasc/client";
 *
 * async function test(server: string): Promise<boolean> {
 *   await using client = await Client.connect({ server });
 *   const process = await client.exec(["make", "test"], { cwd: "/srv/app", timeout: 600_000 });
 *   for await (const { stream, data, time } of process.logs()) {
 *     console.log(time, stream, new TextDecoder().decode(data));
 *   }
 *   const { exitCode, signalName } = await process.wait();
 *   console.log(exitCode ?? signalName);
 *   return exitCode === 0;
 * }
 * ```
 *
 * @example Input
 * ```ts
 * import type { Client } from "@paas/paasc/client";
 *
 * async function sorted(client: Client, lines: string[]): Promise<string> {
 *   const process = await client.exec(["sort"], { stdin: true });
 *   await using attached = process.attach();
 *   attached.write(lines.join("\n"));
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
import { Calls } from "./client_calls.ts";
import { Process } from "./process.ts";
import { type CallOptions, type ExecOptions, execRequest, type ListOptions, listRequest, whole } from "./requests.ts";
import { type ProcessStatus, statusFrom } from "./status.ts";
import { destinationFrom, type DestinationOptions } from "./destination.ts";
import { findProcess } from "../streams/find_process.ts";
import { Link } from "../connection/shared_connection.ts";
import { defaultPatience } from "../connection/outage.ts";
import { pages } from "../streams/list_processes.ts";
import { watchProcesses } from "../streams/watch.ts";

export type { DestinationOptions } from "./destination.ts";
export type { AttachedProcess, AttachOptions } from "./attached_process.ts";
export type { LogChunk, LogGap, LogStream } from "./log.ts";
export { Process, type ShareOptions, type SignalOptions, type StopOptions } from "./process.ts";
export type {
  CallOptions,
  ExecOptions,
  GapOptions,
  LimitOptions,
  ListOptions,
  LogOptions,
  TerminalOptions,
  TerminalSize,
} from "./requests.ts";
export type {
  EndReason,
  FinishedStatus,
  Grant,
  ProcessStatus,
  RunningStatus,
  StartedStatus,
  StopInfo,
  StoppingStatus,
} from "./status.ts";
export { PaasError, type PaasErrorCode } from "../errors.ts";

/** Where to connect to, as whom, and how. */
export interface ConnectOptions extends DestinationOptions {
  /** How long to try to get a lost connection back, in milliseconds; default is a minute. */
  readonly patience?: number | undefined;
  /** Is told, as a sentence for a person, when a connection has been lost for two seconds, and when it is back. */
  readonly note?: ((text: string) => void) | undefined;
  /** Ends the connecting: it fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What has happened to a process. */
export interface Change {
  /** The id of the process. */
  readonly id: string;
  /** Its name; undefined when it has none, or that is not known. */
  readonly name: string | undefined;
  /** Its new status; undefined when it was removed. */
  readonly status: ProcessStatus | undefined;
}

/**
 * A client of one daemon, for one user: their certificate is who they are, and they see their own processes only.
 *
 * Every method throws a {@linkcode PaasError}, whose `code` says why: `no-connection` when there is none and it cannot be
 * got back in time, `unauthenticated` when the daemon does not take the certificate any more, `closed` when the client was
 * closed; and the reason of the signal, when that ends it.
 */
export class Client implements AsyncDisposable {
  readonly #calls: Calls;

  private constructor(
    calls: Calls,
    /** Where the daemon is, `HOST:PORT`. */
    readonly server: string,
    /** Who the client is to the daemon: its user id, by default the hexadecimal SHA-256 of its certificate. */
    readonly user: string,
  ) {
    this.#calls = calls;
  }

  /**
   * Connects to a daemon. This is tried once; a connection that is lost later is made anew.
   *
   * @throws {PaasError} `no-connection`, with what to check; `invalid-argument` when an option is no good
   */
  static async connect({ patience, note, signal, ...where }: ConnectOptions = {}): Promise<Client> {
    const destination = await destinationFrom(where);
    const calls = new Calls(new Link(destination), whole("patience", patience) ?? defaultPatience, note ?? (() => {}));
    try {
      const { userId } = await calls.ask((daemon, options) => daemon.whoAmI(options), signal);
      return new Client(calls, destination.server, userId);
    } catch (error) {
      calls.close();
      throw error;
    }
  }

  /**
   * Starts a process; resolves as soon as it runs. When the connection breaks before the answer it is asked for again,
   * and the daemon starts it only once.
   *
   * @param args The program, which is looked up in the daemon's PATH unless it has a slash, and its arguments. No shell is
   *   involved
   * @throws {PaasError} `not-found` when there is no such program, `permission-denied` when it is not executable,
   *   `failed-precondition` when the directory does not exist, `already-exists` when a live process has the name,
   *   `resource-exhausted` when the daemon is out of something, `unavailable` when it is shutting down
   */
  async exec(args: readonly string[], options: ExecOptions = {}): Promise<Process> {
    const request = execRequest(args, options);
    const ifLost = "it is not known whether the process was started";
    const id = await this.#calls.ask((daemon, asked) => daemon.exec(request, asked), options.signal, ifLost);
    return new Process(this.#calls, id);
  }

  /**
   * The process that a word names: its id, its name (of several the newest), or the beginning of an id that no other has.
   * For a whole id the daemon is not asked.
   *
   * @throws {PaasError} `not-found` or `ambiguous`
   */
  async process(word: string, { signal }: CallOptions = {}): Promise<Process> {
    return new Process(this.#calls, await this.#calls.ask((daemon, asked) => findProcess(daemon, word, asked), signal));
  }

  /** The user's processes, the newest first: those that run, and those that have finished and were not removed. */
  async *list({ limit, signal, ...which }: ListOptions = {}): AsyncGenerator<ProcessStatus, void, void> {
    const list = (request: ListRequest) => this.#calls.ask((daemon, asked) => daemon.list(request, asked), signal);
    for await (const page of pages(list, listRequest(which), whole("limit", limit))) yield* page.map(statusFrom);
  }

  /**
   * What happens to the user's processes: first each that has not finished, then each change of the state of one, without
   * end. What happened while there was no connection follows; of what happens very fast only the last state is told.
   */
  async *watch({ signal }: CallOptions = {}): AsyncGenerator<Change, void, void> {
    const persistence = this.#calls.persistence(signal);
    try {
      for await (const { id, name, status } of watchProcesses(persistence)) {
        yield { id, name: name || undefined, status: status && statusFrom(status) };
      }
    } catch (error) {
      persistence.signal.throwIfAborted();
      throw error;
    }
    persistence.signal.throwIfAborted();
  }

  /** Closes the connection. What goes on ends with the error `closed`; processes live on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#calls.close();
    // The connection says goodbye and closes in later turns of the event loop (`http2_goaway.ts`).
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
