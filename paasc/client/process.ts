/**
 * A process at the daemon, for programs.
 *
 * @module
 */
import { attach, type AttachedProcess, type AttachOptions } from "./attached_process.ts";
import type { Calls } from "./client_calls.ts";
import { chunksOf, type LogChunk } from "./log.ts";
import { type CallOptions, duration, type LogOptions, logsRequest, moment, signalRequest } from "./requests.ts";
import { finishedFrom, type FinishedStatus, type ProcessStatus, statusFrom } from "./status.ts";
import { followLog } from "../streams/follow.ts";
import { LogAccount } from "../streams/log_account.ts";

/** How to stop a process. */
export interface StopOptions extends CallOptions {
  /** How long to wait from SIGTERM to SIGKILL, in milliseconds; default is what it was started with, or the daemon's. */
  readonly grace?: number | undefined;
}

/** How to send a signal. */
export interface SignalOptions extends CallOptions {
  /** Whether to send it to the process alone, not to all that it started in its group. */
  readonly leader?: boolean | undefined;
}

/** How to share a process. */
export interface ShareOptions extends CallOptions {
  /** Whether the other user may stop it, too; default is to see its status and output only. */
  readonly stop?: boolean | undefined;
  /** Until when; default is until it is taken back. */
  readonly until?: Date | undefined;
}

/**
 * A process at the daemon. It lives there, whatever becomes of this object.
 *
 * Every method throws a {@linkcode PaasError}: `not-found` when the daemon does not know the process (any more),
 * `no-connection` when there is none and it cannot be got back in time, `closed` when the client was closed; and the
 * reason of the signal, when that ends it.
 */
export class Process {
  readonly #calls: Calls;

  /** @ignore Processes come from {@linkcode Client.exec} and {@linkcode Client.process}. */
  constructor(
    calls: Calls,
    /** Its id, a UUID. */
    readonly id: string,
  ) {
    this.#calls = calls;
  }

  /**
   * Its output: all since its start, then what comes, until it has finished. When the connection breaks it goes on at the
   * next byte. The order within a stream is exact; between the two it is that in which the daemon read them.
   *
   * @throws {PaasError} `incomplete` when bytes are missing and there is no `onGap`, or may be and there is no `onCut`, or
   *   the daemon does not account for every byte
   */
  logs(options: LogOptions = {}): AsyncGenerator<LogChunk, void, void> {
    const request = logsRequest(options);
    const persistence = this.#calls.persistence(options.signal);
    const account = new LogAccount(request.fromOffset);
    const position = () => account.position;
    return chunksOf(
      followLog({ ...persistence, process: this.id, request, position }),
      account,
      persistence.signal,
      options,
    );
  }

  /** How it stands. */
  async status({ signal }: CallOptions = {}): Promise<ProcessStatus> {
    return statusFrom(await this.#calls.ask((daemon, options) => daemon.status(this.id, options), signal));
  }

  /** Its status when it has finished: however long that takes, and over as many connections. */
  async wait({ signal }: CallOptions = {}): Promise<FinishedStatus> {
    return finishedFrom(await this.#calls.ask((daemon, options) => daemon.wait(this.id, options), signal));
  }

  /**
   * Ends it and all that it started in its group: by SIGTERM and, when the grace period has passed, by SIGKILL. Gives its
   * status when it has finished. One that has finished before is left as it is. Once the daemon has been asked it goes on,
   * even if the signal ends the waiting.
   *
   * @throws {PaasError} `failed-precondition` when a stop is under way; `no-connection` also when the connection breaks
   *   before the answer: it is not asked for again, and {@linkcode wait} tells
   */
  async stop({ grace, signal }: StopOptions = {}): Promise<FinishedStatus> {
    const request = { processId: this.id, grace: duration("grace", grace) };
    const ifLost = "it is not known whether the process was stopped";
    return finishedFrom(await this.#calls.once((daemon, options) => daemon.stop(request, options), ifLost, signal));
  }

  /**
   * Sends it a signal, and to all that it started in its group.
   *
   * @param name Such as `HUP` or `SIGHUP`, or the number, 1 to 64
   * @throws {PaasError} `failed-precondition` when it has finished; `permission-denied` when it runs as another user;
   *   `no-connection` also when the connection breaks before the answer: it is not sent again
   */
  async signal(name: string | number, { leader, signal }: SignalOptions = {}): Promise<void> {
    const request = signalRequest(this.id, name, leader);
    const ifLost = "it is not known whether the signal was sent";
    await this.#calls.once((daemon, options) => daemon.signal(request, options), ifLost, signal);
  }

  /**
   * Lets another user see it, or stop it as well, in place of what they could before.
   *
   * @param user Their id, which `paasc doctor` tells them
   */
  async share(user: string, { stop, until, signal }: ShareOptions = {}): Promise<void> {
    const permission = stop ? "SHARE_PERMISSION_STOP" : "SHARE_PERMISSION_VIEW";
    const request = { processId: this.id, user, permission, until: moment("until", until) } as const;
    await this.#calls.ask((daemon, options) => daemon.share(request, options), signal);
  }

  /** Takes back what another user could do with it; what they read of it ends. */
  async unshare(user: string, { signal }: CallOptions = {}): Promise<void> {
    const request = { processId: this.id, user };
    await this.#calls.ask((daemon, options) => daemon.unshare(request, options), signal);
  }

  /**
   * Has the daemon forget it, and remove its log.
   *
   * @throws {PaasError} `failed-precondition` when it has not finished; `no-connection` also when the connection breaks
   *   before the answer: it is not asked for again
   */
  async remove({ signal }: CallOptions = {}): Promise<void> {
    const ifLost = "it is not known whether the process was removed";
    await this.#calls.once((daemon, options) => daemon.remove(this.id, options), ifLost, signal);
  }

  /** Ends its lease, if it was started with `stopAfterDisconnect`: it goes on without this client. */
  async keep({ signal }: CallOptions = {}): Promise<void> {
    await this.#calls.ask((daemon, options) => daemon.keep(this.id, options), signal);
  }

  /**
   * Attaches to it: for its output, and to write to it, if it was started with `stdin` or in a terminal. When the
   * connection breaks, both go on at the next byte.
   */
  attach(options: AttachOptions = {}): AttachedProcess {
    return attach(this.id, (signal) => this.#calls.persistence(signal), options);
  }
}
