// Original file: proto/paas/v1/paas.proto


/**
 * UnshareRequest selects a grant to withdraw.
 */
export interface UnshareRequest {
  /**
   * The process, which must be the user's own.
   */
  'processId'?: (string);
  /**
   * The id of the other user: 64 hexadecimal digits.
   */
  'user'?: (string);
}

/**
 * UnshareRequest selects a grant to withdraw.
 */
export interface UnshareRequest__Output {
  /**
   * The process, which must be the user's own.
   */
  'processId': (string);
  /**
   * The id of the other user: 64 hexadecimal digits.
   */
  'user': (string);
}
