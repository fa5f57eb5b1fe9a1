/**
 * A child process, with pipes or in a terminal.
 *
 * @module
 */

/**
 * The end of the leader of a process group: a code (0 to 255), or the number of a signal. Neither is known when the process
 * was lost with its daemon.
 */
export type Exit =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly signal: number; readonly code?: undefined }
  | { readonly code?: undefined; readonly signal?: undefined };

/** The size of a terminal, in characters. */
export interface TerminalSize {
  /** The width, at most 65,535. */
  columns: number;
  /** The height, at most 65,535. */
  rows: number;
}

/** A terminal to start a process in. */
export interface TerminalOptions extends TerminalSize {
  /** The type of the terminal, for the variable TERM; default is `xterm-256color`. */
  type?: string | undefined;
}

/** A child process of this program. */
export interface Child {
  /** The process id. */
  readonly pid: number;
  /** Resolves when the child has exited and was reaped. Never rejects. */
  readonly exit: Promise<Exit>;
  /** The output; in a terminal all of it. */
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The errors; `undefined` in a terminal. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  /** The input, if the child has a pipe or a terminal for it. */
  readonly stdin: WritableStream<Uint8Array> | undefined;
  /** The terminal, if the child is in one. */
  readonly terminal: { resize(size: TerminalSize): void } | undefined;
}
