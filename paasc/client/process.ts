/**
 * A process at the daemon, for programs.
 *
 * @module
 */
import { AttachedProcess } from "./attached_process.ts";
import type { Calls } from "./client_calls.ts";
import { chunksOf, type LogChunk } from "./log.ts";
import type {
  AgainOptions,
  AttachOptions,
  CallOptions,
  LogOptions,
  ShareOptions,
  SignalOptions,
  StopOptions,
} from "./options.ts";
import { againRequest, logsRequest, shareRequest, signalRequest, stopRequest } from "./requests.ts";
import { finishedFrom, type FinishedStatus, type ProcessStatus, statusFrom } from "./status.ts";
import { PaasError } from "../errors.ts";
import { followLog } from "../streams/follow.ts";
import { LogAccount } from "../streams/log_account.ts";

/**
 * A process at the daemon. The process lives there, whatever becomes of this object. Objects of this class come from
 * {@linkcode Client.exec} and {@linkcode Client.process}.
 *
 * Every method throws a {@linkcode PaasError}: `not-found` when the daemon does not know the process (any more),
 * `no-connection` when the connection cannot be made or got back in time, `closed` when the client was closed, and the
 * codes that the method names. After an abort a method throws the reason of the signal instead.
 */
export class Process {
  readonly #calls: Calls;

  /** @ignore Objects of this class come from {@linkcode Client.exec} and {@linkcode Client.process}. */
  constructor(
    calls: Calls,
    /** The id, a UUID. */
    readonly id: string,
  ) {
    this.#calls = calls;
  }

  /**
   * Reads the output: all since the start, then new output, until the process has finished. After a lost connection the
   * output goes on at the next byte. The order within a stream is exact; between the streams it is the order in which the
   * daemon read them.
   *
   * @throws {PaasError} `incomplete` when bytes are missing and there is no `onGap`, when the end may be missing and there
   *   is no `onCut`, or when the daemon does not account for every byte
   */
  logs(options: LogOptions = {}): AsyncGenerator<LogChunk, void, void> {
    if (options.onSlow === "skip" && !options.onGap) {
      throw new PaasError("invalid-argument", "onSlow 'skip' needs onGap, to tell what was skipped");
    }
    const request = logsRequest(options);
    const persistence = this.#calls.persistence(options.signal);
    const account = new LogAccount(options.fromOffset);
    const position = () => account.position;
    const messages = followLog({ ...persistence, process: this.id, request, position });
    return chunksOf(messages, account, persistence.signal, options);
  }

  /** Asks for the status. */
  async status({ signal }: CallOptions = {}): Promise<ProcessStatus> {
    return statusFrom(await this.#calls.ask((connection, options) => connection.status(this.id, options), signal));
  }

  /** Waits until the process has finished, over as many connections as that takes, and returns its final status. */
  async wait({ signal }: CallOptions = {}): Promise<FinishedStatus> {
    return finishedFrom(await this.#calls.ask((connection, options) => connection.wait(this.id, options), signal));
  }

  /**
   * Stops the process and its group: by SIGTERM and, after the grace period, by SIGKILL. Returns the final status. A
   * process that has already finished is left as it is. An abort ends the wait, not the stop.
   *
   * @throws {PaasError} `failed-precondition` when the process is already being stopped; `no-connection` also when the
   *   connection breaks before the answer: the call is not repeated, and {@linkcode wait} tells how it went
   */
  async stop(options: StopOptions = {}): Promise<FinishedStatus> {
    const request = stopRequest(this.id, options);
    const ifLost = "it is not known whether the process was stopped";
    const stop = this.#calls.once((connection, asked) => connection.stop(request, asked), ifLost, options.signal);
    return finishedFrom(await stop);
  }

  /**
   * Starts the same once more, and returns the new process: with the program, arguments, variables, directory, limits, name,
   * labels and all else that this process was started with, but `stopAfterDisconnect`. This process stays as it is. When
   * the connection breaks before the answer, the call is repeated, and the daemon starts the new process only once.
   *
   * @throws {PaasError} as `Client.exec`; `already-exists` when a live process has the name, as this one may;
   *   `failed-precondition` also when the daemon has not kept how the process was started; `permission-denied` when it
   *   belongs to another user
   */
  async again(options: AgainOptions = {}): Promise<Process> {
    const request = againRequest(this.id, options);
    const ifLost = "it is not known whether the process was started";
    const id = await this.#calls.ask((connection, asked) => connection.exec(request, asked), options.signal, ifLost);
    return new Process(this.#calls, id);
  }

  /**
   * Sends a signal to the process and its group.
   *
   * @param signal The name, such as `HUP` or `SIGHUP`, or the number, 1 to 64
   * @throws {PaasError} `failed-precondition` when the process has finished; `permission-denied` when it runs as another
   *   account; `no-connection` also when the connection breaks before the answer: the signal is not sent again
   */
  async signal(signal: string | number, options: SignalOptions = {}): Promise<void> {
    const request = signalRequest(this.id, signal, options);
    const ifLost = "it is not known whether the signal was sent";
    await this.#calls.once((connection, asked) => connection.signal(request, asked), ifLost, options.signal);
  }

  /**
   * Lets another user see the process, or stop it as well. This replaces what that user could do before.
   *
   * @param user The id of the other user, which is {@linkcode Client.user} to them
   */
  async share(user: string, options: ShareOptions = {}): Promise<void> {
    const request = shareRequest(this.id, user, options);
    await this.#calls.ask((connection, asked) => connection.share(request, asked), options.signal);
  }

  /** Takes back all that another user could do with the process. What that user is reading of it ends. */
  async unshare(user: string, { signal }: CallOptions = {}): Promise<void> {
    const request = { processId: this.id, user };
    await this.#calls.ask((connection, options) => connection.unshare(request, options), signal);
  }

  /**
   * Has the daemon forget the process, and remove its log.
   *
   * @throws {PaasError} `failed-precondition` when the process has not finished; `no-connection` also when the connection
   *   breaks before the answer: the call is not repeated
   */
  async remove({ signal }: CallOptions = {}): Promise<void> {
    const ifLost = "it is not known whether the process was removed";
    await this.#calls.once((connection, options) => connection.remove(this.id, options), ifLost, signal);
  }

  /** Lets the process go on without a client, if it was started with `stopAfterDisconnect`. */
  async keep({ signal }: CallOptions = {}): Promise<void> {
    await this.#calls.ask((connection, options) => connection.keep(this.id, options), signal);
  }

  /**
   * Attaches to the process: reads its output and, if the process was started with `stdin` or in a terminal, writes to it.
   * After a lost connection both go on at the next byte.
   */
  attach(options: AttachOptions = {}): AttachedProcess {
    return new AttachedProcess(this.id, this.#calls, options);
  }
}
