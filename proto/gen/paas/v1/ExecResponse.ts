// Original file: proto/paas/v1/paas.proto


/**
 * ExecResponse identifies the new process.
 */
export interface ExecResponse {
  /**
   * The id of the process, a UUID that is never used again.
   */
  'processId'?: (string);
}

/**
 * ExecResponse identifies the new process.
 */
export interface ExecResponse__Output {
  /**
   * The id of the process, a UUID that is never used again.
   */
  'processId': (string);
}
