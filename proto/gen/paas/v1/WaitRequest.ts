// Original file: proto/paas/v1/paas.proto


/**
 * WaitRequest selects a process to wait for.
 */
export interface WaitRequest {
  /**
   * The process.
   */
  'processId'?: (string);
}

/**
 * WaitRequest selects a process to wait for.
 */
export interface WaitRequest__Output {
  /**
   * The process.
   */
  'processId': (string);
}
