// Original file: proto/paas/v1/paas.proto


/**
 * TerminalSize is the size of a terminal.
 */
export interface TerminalSize {
  /**
   * Width in characters, from 1 to 10,000.
   */
  'columns'?: (number);
  /**
   * Height in characters, from 1 to 10,000.
   */
  'rows'?: (number);
}

/**
 * TerminalSize is the size of a terminal.
 */
export interface TerminalSize__Output {
  /**
   * Width in characters, from 1 to 10,000.
   */
  'columns': (number);
  /**
   * Height in characters, from 1 to 10,000.
   */
  'rows': (number);
}
