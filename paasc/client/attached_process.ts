/**
 * A process that a program is attached to.
 *
 * @module
 */
import { Attachment } from "../streams/attachment.ts";
import type { Calls } from "./client_calls.ts";
import { chunksOf, type LogChunk } from "./log.ts";
import type { AttachOptions, TerminalSize } from "./options.ts";
import { whole } from "./requests.ts";
import { PaasError } from "../errors.ts";
import { InputFeed } from "../streams/input_feed.ts";
import { LogAccount } from "../streams/log_account.ts";
import { withResolvers } from "../words/platform.ts";
import type { LogMessage } from "@paas/proto/log_wire";

/** Maximum output that is read before the program asks for it, in bytes. */
const READ_AHEAD = 1024 * 1024;

const encoder = new TextEncoder();

/** A process that a program is attached to. Made by {@linkcode Process.attach}. */
export class AttachedProcess implements AsyncDisposable {
  /**
   * The output of the process, up to its end. Leaving the loop detaches.
   *
   * At most 1 MiB is read ahead. News about the input arrives with the output, so a program that does not read the output
   * cannot write for long.
   *
   * The loop throws a {@linkcode PaasError}: `not-found` when the daemon does not know the process (any more),
   * `incomplete` when bytes are missing or may be, `no-connection` when the connection cannot be got back, `closed` when
   * the attachment or the client was closed. After an abort it throws the reason of the signal.
   */
  readonly output: AsyncIterable<LogChunk>;

  readonly #attachment: Attachment;
  readonly #detaching = new AbortController();
  /** Aborts when the attachment is over. */
  readonly #signal: AbortSignal;
  readonly #chunks: AsyncGenerator<LogChunk, void, void>;
  readonly #input = new InputFeed();
  /** Resolves when it is known whether the process takes input. */
  readonly #inputKnown = withResolvers<void>();
  /** Resolves when the process takes no more input. */
  readonly #inputEnded = withResolvers<void>();
  /** The reason why the process takes no more input; undefined while it may take some. */
  #inputEnd: unknown;
  /** Resolves when all that was asked of the input is done. */
  #last: Promise<void> = Promise.resolve();
  #size: TerminalSize | undefined;

  /** @ignore Objects of this class come from {@linkcode Process.attach}. */
  constructor(id: string, calls: Calls, { tail, size, signal, onGap, onCut }: AttachOptions) {
    const persistence = calls.persistence(
      signal ? AbortSignal.any([this.#detaching.signal, signal]) : this.#detaching.signal,
    );
    const account = new LogAccount();
    this.#signal = persistence.signal;
    this.#size = size;
    this.#attachment = new Attachment({
      ...persistence,
      begin: () => Promise.resolve(id),
      input: this.#input,
      tailLines: whole("tail", tail),
      size: () => this.#size,
      position: () => account.position,
    });
    this.#chunks = chunksOf(this.#messages(), account, this.#signal, { onGap, onCut });
    this.output = new ReadableStream<LogChunk>({
      pull: async (controller) => {
        const { value, done } = await this.#chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => this[Symbol.asyncDispose](),
    }, { highWaterMark: READ_AHEAD, size: ({ data }) => data.length });
  }

  /**
   * Writes to the stdin of the process, after all earlier writes: bytes, or text in UTF-8. Resolves when there is room for
   * more; at most 4 MiB are on their way. A rejection need not be handled.
   *
   * @throws {PaasError} `failed-precondition` when the process takes no input (any more); otherwise the error that ended
   *   the attachment
   */
  write(input: Uint8Array | string): Promise<void> {
    // Copied: the caller may use the memory again.
    const bytes = typeof input === "string" ? encoder.encode(input) : new Uint8Array(input);
    return this.#inTurn(async () => {
      await this.#inputKnown.promise;
      if (!this.#inputEnd) await this.#input.feed(ReadableStream.from([bytes]));
      if (this.#inputEnd) throw this.#inputEnd;
    });
  }

  /**
   * Ends the input of the process, after all earlier writes; in a terminal this types ^D. Resolves when the process has
   * taken all input, or takes no more.
   */
  closeInput(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#inputEnd) this.#input.close();
      await this.#inputEnded.promise;
    });
  }

  /** Changes the size of the terminal of the process. */
  resize(size: TerminalSize): void {
    this.#size = size;
    this.#attachment.resize(size);
  }

  /** Detaches; the process goes on. Input that the process has not taken yet may be lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#detaching.abort(new PaasError("closed", "the attachment was closed"));
    await this.#chunks.return().catch(() => {});
  }

  /** Yields the messages of the daemon, and notes from them whether the process takes input. */
  async *#messages(): AsyncGenerator<LogMessage, void, void> {
    try {
      for await (const message of this.#attachment.messages()) {
        if (message.input?.closed) {
          this.#endInput(new PaasError("failed-precondition", "the process takes no (more) input"));
        }
        this.#inputKnown.resolve();
        yield message;
      }
      if (!this.#signal.aborted) this.#endInput(new PaasError("failed-precondition", "the process has finished"));
    } catch (error) {
      this.#endInput(this.#signal.aborted ? this.#signal.reason : error);
      throw error;
    } finally {
      this.#endInput(this.#signal.reason ?? new PaasError("closed", "the attachment was closed"));
      this.#input.took({ taken: 0, closed: true }); // ends a write that waits for room
    }
  }

  #endInput(reason: unknown): void {
    this.#inputEnd ??= reason;
    this.#inputEnded.resolve();
    this.#inputKnown.resolve();
  }

  /** Runs an action after all earlier ones. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }
}
