/**
 * A command that was started: with pipes, or in a terminal.
 *
 * @module
 */

/**
 * How the leader of a process group ended: with a code (0 to 255), or by a signal (its number). Neither is known of one
 * that was lost with its daemon.
 */
export type Exit =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly signal: number; readonly code?: undefined }
  | { readonly code?: undefined; readonly signal?: undefined };

/** How large a terminal is, in characters. */
export interface TerminalSize {
  /** Its width, at most 65,535. */
  columns: number;
  /** Its height, at most 65,535. */
  rows: number;
}

/** A terminal to start a process in. */
export interface TerminalOptions extends TerminalSize {
  /** What it understands, for the variable TERM; default is `xterm-256color`. */
  type?: string | undefined;
}

/** A child process of this program. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has exited and was reaped. Never rejects. */
  readonly exit: Promise<Exit>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** None in a terminal, where it is one with stdout. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  readonly stdin: WritableStream<Uint8Array> | undefined;
  readonly terminal: { resize(size: TerminalSize): void } | undefined;
}
