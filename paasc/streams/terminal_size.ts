/**
 * Size of a terminal.
 *
 * @module
 */

/** Size of a terminal, in characters. */
export interface TerminalSize {
  /** Number of columns. */
  readonly columns: number;
  /** Number of rows. */
  readonly rows: number;
}
