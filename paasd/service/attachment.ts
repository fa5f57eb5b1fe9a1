/**
 * A client's attachment to a process: carries input to the process, and output back.
 *
 * @module
 */
import type { AttachRequest__Output, AttachResponse } from "@paas/proto";
import { InputClosedError, type InputWriter } from "@paas/worker";
import { type LogReader, pieces as inPieces } from "@paas/worker/records";
import { Bell } from "../bell.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { Entry } from "../processes/entries.ts";
import { DAY_MS, type DurationMessage, toMilliseconds, toTerminalSize } from "./fields.ts";

/** A message of the client: a piece of input, and changes of the terminal or the lease. */
export type Piece = Pick<AttachRequest__Output, "input" | "inputOffset" | "closeInput" | "size" | "keep" | "absence">;

/** The process that gets the input. */
export type Receiver = Pick<Entry, "process" | "lease">;

/** Options of an {@linkcode Attachment}. */
export interface AttachmentOptions {
  /** The output of the process. */
  readonly log: LogReader;
  readonly receiver: Receiver;
  /** Identifies the writer of the input over several attachments; an empty text is a new writer. */
  readonly writer: string;
  /** Messages of the client. The attachment takes the next one when the process has taken the last one's input. */
  readonly pieces: AsyncIterable<Piece>;
  /** Returns the maximum size of the next message of output, in bytes. */
  readonly messageSize: () => number;
}

/** One attachment, from the first message of the client to the end of the output. */
export class Attachment {
  readonly #receiver: Receiver;
  readonly #pieces: AsyncIterable<Piece>;
  readonly #messageSize: () => number;
  readonly #writer: InputWriter | undefined;
  readonly #output: ReadableStreamDefaultReader<Uint8Array>;
  readonly #bell = new Bell();
  /** Whether the state of the input has changed since it was sent. */
  #inputChanged = true;
  /** The result of the last read of output, until it is sent. */
  #read: ReadableStreamReadResult<Uint8Array> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor({ log, receiver, writer, pieces, messageSize }: AttachmentOptions) {
    this.#receiver = receiver;
    this.#pieces = pieces;
    this.#messageSize = messageSize;
    this.#writer = receiver.process.input?.writer(writer);
    this.#output = log.getReader();
  }

  /**
   * Yields the output of the process, and between it the state of the input after each change.
   *
   * @throws {InvalidArgumentError} When the process cannot take a piece.
   * @throws {InputOffsetError} When input before a piece is missing.
   */
  async *messages(): AsyncGenerator<Uint8Array | AttachResponse, void, void> {
    this.#feedAll().catch(this.#fail);
    this.#readNext();
    try {
      for (;;) {
        if (this.#failure) throw this.#failure.error;
        if (this.#inputChanged) {
          this.#inputChanged = false;
          yield this.#inputState();
        } else if (this.#read?.done) {
          return;
        } else if (this.#read) {
          const { value } = this.#read;
          this.#read = undefined;
          yield* inPieces(value, this.#messageSize);
          this.#readNext();
        } else {
          await this.#bell.rung();
        }
      }
    } finally {
      await this.#output.cancel();
    }
  }

  async #feedAll(): Promise<void> {
    for await (const piece of this.#pieces) {
      await feed(this.#receiver, this.#writer, piece);
      this.#inputChanged = true;
      this.#bell.ring();
    }
  }

  #readNext(): void {
    this.#output.read().then((result) => {
      this.#read = result;
      this.#bell.ring();
    }, this.#fail);
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#bell.ring();
  };

  #inputState(): AttachResponse {
    const { input } = this.#receiver.process;
    return { input: { taken: this.#writer?.taken ?? 0, closed: input?.closed ?? true } };
  }
}

/**
 * Applies a piece to a process. Resolves when the process has taken the piece's input.
 *
 * @throws {InvalidArgumentError} When the process cannot take the piece.
 * @throws {InputOffsetError} When input before the piece is missing.
 */
async function feed(
  { process, lease }: Receiver,
  writer: InputWriter | undefined,
  { input: bytes, inputOffset, closeInput, size, keep, absence }: Piece,
): Promise<void> {
  const { input, terminal } = process;
  if (keep) lease?.end();
  const away = absence ? toAbsence(absence) : undefined;
  if (lease && away !== undefined) lease.absence = away;
  if (size) {
    if (!terminal) throw new InvalidArgumentError("The process has no terminal: ask for one when you start it");
    terminal.resize(toTerminalSize(size));
  }
  if (bytes.length === 0 && !closeInput) return;
  if (!process.stdin) {
    throw new InvalidArgumentError("The process was started without stdin: ask for it when you start it");
  }
  if (!input || !writer) return; // it has ended: the state of its input says that it is closed
  try {
    await writer.write(bytes, inputOffset);
  } catch (error) {
    if (!(error instanceof InputClosedError)) throw error; // the state of the input tells the client, so this is no failure
  }
  if (closeInput) input.close();
}

/**
 * Yields the first message of a client, then all others.
 *
 * @throws {InvalidArgumentError} When another message than the first one names a process.
 */
export async function* piecesOf(
  first: Piece,
  messages: AsyncIterator<AttachRequest__Output>,
): AsyncGenerator<Piece> {
  yield first;
  for (let next = await messages.next(); !next.done; next = await messages.next()) {
    if (next.value.processId) throw new InvalidArgumentError("Only the first message names the process");
    yield next.value;
  }
}

/** Converts the announced absence of a client to milliseconds. */
export function toAbsence(absence: DurationMessage): number {
  return toMilliseconds("absence", absence, DAY_MS);
}
