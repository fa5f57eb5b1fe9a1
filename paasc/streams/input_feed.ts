/**
 * Feeds the input of a process from a source. Input is kept until the daemon has taken it, so that no byte is lost or
 * repeated when the connection breaks.
 *
 * @module
 */
import { SMALLEST_WINDOW, Window } from "../connection/window.ts";

/** Maximum size of a piece of input, in bytes. */
const MAX_PIECE = 64 * 1024;

/** A piece of input: some fields of `AttachRequest`. */
export interface Piece {
  /** Bytes of the piece. */
  readonly input: Uint8Array;
  /** Number of bytes of input before the piece. */
  readonly inputOffset: number;
  /** Whether the input ends behind the piece. */
  readonly closeInput?: boolean;
}

/** State of the input at the daemon. */
export interface InputState {
  /** Number of bytes that the daemon has taken. */
  readonly taken: number;
  /** Whether the process takes no more input. */
  readonly closed: boolean;
}

/** Input of one process, over any number of connections. */
export class InputFeed {
  /** Pieces that the daemon has not taken, as far as is known. */
  #untaken: Piece[] = [];
  #read = 0;
  #taken = 0;
  #closed = false;
  /** Limits the bytes on their way; a source with more waits. Signals would have to wait behind more bytes. */
  readonly #window = new Window(SMALLEST_WINDOW);
  #tookAt = performance.now();
  #send: ((piece: Piece) => void) | undefined;
  /** Wakes the source that waits. */
  #proceed = () => {};

  /** Feeds the whole source. Resolves early if the process takes no more input. */
  async feed(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of source) {
      for (let at = 0; at < bytes.length && !this.#closed;) {
        const input = bytes.subarray(at, at + Math.min(MAX_PIECE, this.#window.size / 2));
        at += input.length;
        this.#add({ input, inputOffset: this.#read });
        while (this.#read - this.#taken > this.#window.size && !this.#closed) {
          await new Promise<void>((resolve) => this.#proceed = resolve);
        }
      }
      if (this.#closed) return;
    }
  }

  /** Ends the input behind the bytes that were fed. */
  close(): void {
    this.#add({ input: new Uint8Array(), inputOffset: this.#read, closeInput: true });
  }

  /**
   * Called after a connection was made, with the state of the input at the daemon. Sends the pieces that the daemon has not
   * taken, again if need be.
   */
  connected(state: InputState, send: (piece: Piece) => void): void {
    this.#send = send;
    this.took(state);
    for (const piece of this.#untaken) send(piece);
  }

  /** Called after the connection has ended. */
  disconnected(): void {
    this.#send = undefined;
  }

  /** Called after each message about the state of the input. */
  took({ taken, closed }: InputState): void {
    const now = performance.now();
    this.#window.arrived(Math.max(0, taken - this.#taken), now - this.#tookAt);
    this.#tookAt = now;
    this.#taken = taken;
    this.#closed = closed;
    this.#untaken = closed ? [] : this.#untaken.filter(({ input, inputOffset, closeInput }) => {
      return closeInput || inputOffset + input.length > taken;
    });
    this.#proceed();
  }

  #add(piece: Piece): void {
    this.#read += piece.input.length;
    this.#untaken.push(piece);
    this.#send?.(piece);
  }
}
