// Original file: proto/paas/v1/paas.proto


/**
 * Grep selects lines of a log by a pattern.
 * 
 * A pattern is a regular expression in the syntax of RE2. The time of a search
 * is linear in the size of the log, whatever the pattern is. A pattern that is
 * no regular expression, or that is too large when it is compiled, is
 * INVALID_ARGUMENT. The daemon reads the bytes of a line as UTF-8 to compare
 * them with the pattern, and a byte that is not UTF-8 as U+FFFD. It sends lines
 * as they were written. Of a long line it compares the first 64 KiB. A line is
 * compared when it is complete, when it has reached that length, or when the
 * log ends or has a gap of missing bytes.
 */
export interface Grep {
  /**
   * The pattern, of 1 to 1,024 bytes.
   */
  'pattern'?: (string);
  /**
   * Whether upper and lower case are the same.
   */
  'ignoreCase'?: (boolean);
  /**
   * Whether to send the lines that do not match.
   */
  'invert'?: (boolean);
  /**
   * Number of lines to send before each selected line, at most 200. The daemon
   * keeps at most 256 KiB of them.
   */
  'before'?: (number);
  /**
   * Number of lines to send after each selected line, at most 200.
   */
  'after'?: (number);
}

/**
 * Grep selects lines of a log by a pattern.
 * 
 * A pattern is a regular expression in the syntax of RE2. The time of a search
 * is linear in the size of the log, whatever the pattern is. A pattern that is
 * no regular expression, or that is too large when it is compiled, is
 * INVALID_ARGUMENT. The daemon reads the bytes of a line as UTF-8 to compare
 * them with the pattern, and a byte that is not UTF-8 as U+FFFD. It sends lines
 * as they were written. Of a long line it compares the first 64 KiB. A line is
 * compared when it is complete, when it has reached that length, or when the
 * log ends or has a gap of missing bytes.
 */
export interface Grep__Output {
  /**
   * The pattern, of 1 to 1,024 bytes.
   */
  'pattern': (string);
  /**
   * Whether upper and lower case are the same.
   */
  'ignoreCase': (boolean);
  /**
   * Whether to send the lines that do not match.
   */
  'invert': (boolean);
  /**
   * Number of lines to send before each selected line, at most 200. The daemon
   * keeps at most 256 KiB of them.
   */
  'before': (number);
  /**
   * Number of lines to send after each selected line, at most 200.
   */
  'after': (number);
}
