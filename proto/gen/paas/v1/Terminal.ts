// Original file: proto/paas/v1/paas.proto


/**
 * Terminal describes the terminal of a process.
 */
export interface Terminal {
  /**
   * Width in characters, from 1 to 10,000.
   */
  'columns'?: (number);
  /**
   * Height in characters, from 1 to 10,000.
   */
  'rows'?: (number);
  /**
   * The terminal type, for the variable TERM unless env sets it. At most 64
   * letters, digits, ".", "_", "+" and "-". Empty means xterm-256color.
   */
  'type'?: (string);
}

/**
 * Terminal describes the terminal of a process.
 */
export interface Terminal__Output {
  /**
   * Width in characters, from 1 to 10,000.
   */
  'columns': (number);
  /**
   * Height in characters, from 1 to 10,000.
   */
  'rows': (number);
  /**
   * The terminal type, for the variable TERM unless env sets it. At most 64
   * letters, digits, ".", "_", "+" and "-". Empty means xterm-256color.
   */
  'type': (string);
}
