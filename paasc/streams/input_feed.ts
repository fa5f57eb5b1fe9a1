/**
 * What goes into a process: read from a source, and kept until the daemon has it, so that nothing is lost or comes twice
 * when the connection breaks.
 *
 * @module
 */

import { SMALLEST_WINDOW, Window } from "../connection/window.ts";

/** The largest piece, in bytes, that is sent at a time. */
const maxPiece = 64 * 1024;

/** A piece of input, as `AttachRequest` has it. */
export interface Piece {
  readonly input: Uint8Array;
  readonly inputOffset: number;
  readonly closeInput?: boolean;
}

/** How the input stands at the daemon. */
export interface InputState {
  /** How many bytes of this input it has taken. */
  readonly taken: number;
  /** Whether the process takes no more. */
  readonly closed: boolean;
}

/** The input of one process, whichever connections it goes by. */
export class InputFeed {
  /** What the daemon may not have yet. */
  #untaken: Piece[] = [];
  #read = 0;
  #taken = 0;
  #closed = false;
  /** So much may be on its way: then the source waits. A signal would wait behind more. */
  readonly #window = new Window(SMALLEST_WINDOW);
  #tookAt = performance.now();
  #send: ((piece: Piece) => void) | undefined;
  #proceed = () => {};

  /** Feeds all of the source, or until the process takes no more. */
  async feed(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of source) {
      for (let at = 0; at < bytes.length && !this.#closed;) {
        const input = bytes.subarray(at, at + Math.min(maxPiece, this.#window.size / 2));
        at += input.length;
        this.#add({ input, inputOffset: this.#read });
        while (this.#read - this.#taken > this.#window.size && !this.#closed) {
          await new Promise<void>((resolve) => this.#proceed = resolve);
        }
      }
      if (this.#closed) return;
    }
  }

  /** Lets the process see the end of its input, behind what was fed. */
  close(): void {
    this.#add({ input: new Uint8Array(), inputOffset: this.#read, closeInput: true });
  }

  /** There is a connection, and the daemon has told how the input stands: what it has not is sent (again). */
  connected(state: InputState, send: (piece: Piece) => void): void {
    this.#send = send;
    this.took(state);
    for (const piece of this.#untaken) send(piece);
  }

  /** There is no connection any more. */
  disconnected(): void {
    this.#send = undefined;
  }

  /** The daemon has told how the input stands. */
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
