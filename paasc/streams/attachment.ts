/**
 * A process that a client is attached to: input goes in, output comes out, and signals reach it. When the connection breaks
 * it is made anew, and both directions go on at the next byte.
 *
 * @module
 */
import type { ClientDuplexStream } from "@paas/proto/grpc";
import type { AttachRequest } from "@paas/proto";
import { type Connection, OutageError } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import { hasOutput, messagesOf, whenCaughtUp } from "./follow.ts";
import type { InputFeed } from "./input_feed.ts";
import type { Size } from "../session/local_terminal.ts";
import type { LogMessage } from "./log_message.ts";
import { overConnections, type Persistence } from "../connection/reconnect.ts";

/** For so long a suspended client may be away, in milliseconds: the contract has no longer time. */
const day = 24 * 60 * 60 * 1000;

const SIGCONT = 18;
const SIGSTOP = 19;

/** What to attach to, and how. */
export interface AttachmentOptions extends Persistence {
  /** Starts the process, or finds it, over a connection; gives its id. */
  begin(daemon: Connection): Promise<string>;
  /** What goes into it, if anything does. */
  readonly input?: InputFeed | undefined;
  /** Begin with the last so many lines of output; without it all of them come. */
  readonly tailLines?: number | undefined;
  /** How large its terminal is, if it has one. */
  size?(): Size | undefined;
  /** Up to which offset the messages so far have come. */
  position(): number;
}

/** An attached process. */
export class Attachment {
  readonly #options: AttachmentOptions;
  /** Tells its input apart from that of others. */
  readonly #writer = crypto.randomUUID();
  #processId: string | undefined;
  #daemon: Connection | undefined;
  /** Whether the process is suspended, and whether it is to go on. */
  #suspended: boolean | "no more" = false;
  #call: ClientDuplexStream<AttachRequest, Uint8Array> | undefined;

  constructor(options: AttachmentOptions) {
    this.#options = options;
  }

  /** The id of the process, once it is known. */
  get processId(): string | undefined {
    return this.#processId;
  }

  /**
   * Its output, without a gap or a repeat where the connection broke.
   *
   * @throws {PaasError} When there is no connection, it cannot be got back, or the daemon refuses
   */
  messages(): AsyncGenerator<LogMessage, void, void> {
    let taken = 0;
    return overConnections(this.#options, this.#overConnection.bind(this), (message) => {
      const before = taken;
      taken = message.input?.taken ?? taken;
      return hasOutput(message) || taken > before;
    });
  }

  async *#overConnection(
    daemon: Connection,
    connections: number,
    good: () => void,
  ): AsyncGenerator<LogMessage, void, void> {
    const { begin, input, position, tailLines, signal } = this.#options;
    const processId = this.#processId ??= await begin(daemon);
    const call = daemon.attach();
    const first = position() > 0 ? { fromOffset: position() } : { tailLines };
    call.write({ processId, writer: this.#writer, size: this.#options.size?.(), ...first });
    [this.#daemon, this.#call] = [daemon, call];
    if (connections > 1) whenCaughtUp(daemon, processId, position, good);
    if (this.#suspended === "no more") this.resume();
    let connected = false;
    try {
      for await (const message of messagesOf(call, daemon, connections > 1, signal)) {
        if (message.input && connected) input?.took(message.input);
        else if (message.input) input?.connected(message.input, (piece) => call.write(piece));
        connected = true;
        yield message;
      }
    } finally {
      input?.disconnected();
      this.#daemon = this.#call = undefined;
    }
  }

  /** Sends a signal to its group; without a connection that is told, and nothing else happens. */
  async signal(signal: number): Promise<void> {
    await this.#ask("signalled", (daemon, processId) => daemon.signal({ processId, signal }));
  }

  /** Stops it, as `paasc stop` does. */
  async stop(): Promise<void> {
    await this.#ask("stopped", (daemon, processId) => daemon.stop({ processId }));
  }

  /**
   * Suspends the process for as long as this client is suspended, up to a day; resolves when the daemon knows. By SIGSTOP:
   * a process that leads its own session does not stop for SIGTSTP (its group is orphaned, setpgid(2)).
   */
  async suspend(): Promise<void> {
    this.#suspended = true;
    await this.#ask("suspended", async (daemon, processId) => {
      await daemon.away(processId, day);
      await daemon.signal({ processId, signal: SIGSTOP });
    });
  }

  /** Lets it go on, over the next connection if there is none. */
  async resume(): Promise<void> {
    this.#suspended &&= "no more";
    const [daemon, processId] = [this.#daemon, this.#processId];
    if (!this.#suspended || !daemon || !processId) return;
    try {
      await daemon.signal({ processId, signal: SIGCONT });
      await daemon.away(processId, 0);
      this.#suspended = false;
    } catch (error) {
      if (!(error instanceof OutageError)) this.#suspended = false; // it has finished: the messages tell how
    }
  }

  /** Tells the process that the size of its terminal has changed. */
  resize(size: Size): void {
    this.#call?.write({ size });
  }

  /** Lets the process go on without this client; resolves when the daemon knows. */
  async keep(): Promise<void> {
    await this.#ask("kept", (daemon, processId) => daemon.keep(processId));
  }

  async #ask(what: string, call: (daemon: Connection, processId: string) => Promise<unknown>): Promise<void> {
    const [daemon, processId] = [this.#daemon, this.#processId];
    if (!daemon || !processId) return this.#options.note(`the process cannot be ${what}: there is no connection now`);
    try {
      await call(daemon, processId);
    } catch (error) {
      // One that has just finished needs no signal.
      if (error instanceof PaasError && error.code === "failed-precondition") return;
      this.#options.note(`the process was not ${what}: ${(error as Error).message}`);
    }
  }
}
