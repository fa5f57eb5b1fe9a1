/**
 * Attaches to a process: input goes in, output comes out, and signals reach the process. A broken connection is made again,
 * and input and output continue at the next byte.
 *
 * @module
 */
import type { ClientDuplexStream } from "@paas/proto/grpc";
import type { AttachRequest } from "@paas/proto";
import { type Connection, OutageError } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import { hasOutput, messagesOf, whenCaughtUp } from "./follow.ts";
import type { InputFeed } from "./input_feed.ts";
import type { LogMessage } from "@paas/proto/log_wire";
import { overConnections, type Persistence } from "../connection/reconnect.ts";
import type { TerminalSize } from "./terminal_size.ts";

/** Maximum absence of a suspended client, in milliseconds: the contract allows a day. */
const MAX_ABSENCE = 24 * 60 * 60 * 1000;

const SIGCONT = 18;
const SIGSTOP = 19;

/** Options of an attachment. */
export interface AttachmentOptions extends Persistence {
  /** Starts or finds the process over the first connection, and returns its id. */
  begin(connection: Connection): Promise<string>;
  /** Input of the process, if it gets any. */
  readonly input?: InputFeed | undefined;
  /** Number of the last lines to begin with. Default: the whole output. */
  readonly tailLines?: number | undefined;
  /** Gives the size of the terminal, if the process has one. */
  size?(): TerminalSize | undefined;
  /** Gives the offset behind the last byte of output that was used. */
  position(): number;
}

/** A connection that carries an attachment. */
interface Line {
  readonly connection: Connection;
  readonly call: ClientDuplexStream<AttachRequest, Uint8Array>;
}

/** An attachment to a process, over any number of connections. */
export class Attachment {
  readonly #options: AttachmentOptions;
  /** Distinguishes the input of this attachment from that of others. */
  readonly #writer = crypto.randomUUID();
  #processId: string | undefined;
  #line: Line | undefined;
  /** State of a suspension. `resuming` without a connection is sent over the next one. */
  #suspension: "none" | "suspended" | "resuming" = "none";
  /** Number of bytes of input that the daemon has taken. */
  #taken = 0;

  constructor(options: AttachmentOptions) {
    this.#options = options;
  }

  /** Id of the process, once it is known. */
  get processId(): string | undefined {
    return this.#processId;
  }

  /**
   * Yields the output of the process. Each byte comes once, even if connections break.
   *
   * @throws {PaasError} When the first connection fails, a broken one cannot be made again, or the daemon refuses
   */
  messages(): AsyncGenerator<LogMessage, void, void> {
    return overConnections(this.#options, this.#overConnection.bind(this), (message) => {
      const before = this.#taken;
      this.#taken = message.input?.taken ?? before;
      return hasOutput(message) || this.#taken > before;
    });
  }

  async *#overConnection(
    connection: Connection,
    count: number,
    good: () => void,
  ): AsyncGenerator<LogMessage, void, void> {
    const { begin, input, position, tailLines, signal } = this.#options;
    const processId = this.#processId ??= await begin(connection);
    const call = connection.attach();
    const first = position() > 0 ? { fromOffset: position() } : { tailLines };
    call.write({ processId, writer: this.#writer, size: this.#options.size?.(), ...first });
    this.#line = { connection, call };
    if (count > 1) whenCaughtUp(connection, processId, position, good);
    if (this.#suspension === "resuming") this.resume();
    let connected = false;
    try {
      for await (const message of messagesOf(call, connection, count > 1, signal)) {
        if (message.input && connected) input?.took(message.input);
        else if (message.input) input?.connected(message.input, (piece) => call.write(piece));
        connected = true;
        yield message;
      }
    } finally {
      input?.disconnected();
      this.#line = undefined;
    }
  }

  /** Sends a signal to the process group. Without a connection, prints a note and does nothing else. */
  async signal(signal: number): Promise<void> {
    await this.#ask("signalled", (connection, processId) => connection.signal({ processId, signal }));
  }

  /** Stops the process, as `paasc stop` does. */
  async stop(): Promise<void> {
    await this.#ask("stopped", (connection, processId) => connection.stop({ processId }));
  }

  /**
   * Suspends the process for as long as this client is suspended, at most a day. Resolves after the daemon has done it. The
   * signal is SIGSTOP: a process that leads its own session ignores SIGTSTP, because its group is orphaned (setpgid(2)).
   */
  async suspend(): Promise<void> {
    this.#suspension = "suspended";
    await this.#ask("suspended", async (connection, processId) => {
      await connection.away(processId, MAX_ABSENCE);
      await connection.signal({ processId, signal: SIGSTOP });
    });
  }

  /** Continues a suspended process. Without a connection, the next connection does it. */
  async resume(): Promise<void> {
    if (this.#suspension === "none") return;
    this.#suspension = "resuming";
    const [line, processId] = [this.#line, this.#processId];
    if (!line || !processId) return;
    try {
      await line.connection.signal({ processId, signal: SIGCONT });
      await line.connection.away(processId, 0);
      this.#suspension = "none";
    } catch (error) {
      // Any other failure means that the process has finished, and the messages say how.
      if (!(error instanceof OutageError)) this.#suspension = "none";
    }
  }

  /** Changes the size of the terminal of the process. */
  resize(size: TerminalSize): void {
    this.#line?.call.write({ size });
  }

  /** Keeps the process running without this client. Resolves after the daemon knows. */
  async keep(): Promise<void> {
    await this.#ask("kept", (connection, processId) => connection.keep(processId));
  }

  /** Removes the process, which has finished, and its log. */
  async remove(): Promise<void> {
    await this.#ask("removed", (connection, processId) => connection.remove(processId));
  }

  async #ask(what: string, call: (connection: Connection, processId: string) => Promise<unknown>): Promise<void> {
    const [line, processId] = [this.#line, this.#processId];
    if (!line || !processId) return this.#options.note(`the process cannot be ${what}: there is no connection now`);
    try {
      await call(line.connection, processId);
    } catch (error) {
      // The process has just finished.
      if (error instanceof PaasError && error.code === "failed-precondition") return;
      this.#options.note(`the process was not ${what}: ${(error as Error).message}`);
    }
  }
}
