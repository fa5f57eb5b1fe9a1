// Original file: proto/paas/v1/paas.proto


/**
 * UntilMatch describes the line at which a stream ends.
 */
export interface UntilMatch {
  /**
   * The pattern, of 1 to 1,024 bytes, as in Grep.
   */
  'pattern'?: (string);
  /**
   * Whether upper and lower case are the same.
   */
  'ignoreCase'?: (boolean);
}

/**
 * UntilMatch describes the line at which a stream ends.
 */
export interface UntilMatch__Output {
  /**
   * The pattern, of 1 to 1,024 bytes, as in Grep.
   */
  'pattern': (string);
  /**
   * Whether upper and lower case are the same.
   */
  'ignoreCase': (boolean);
}
