// Original file: proto/paas/v1/paas.proto


/**
 * GetStatusRequest selects a process.
 */
export interface GetStatusRequest {
  /**
   * The process.
   */
  'processId'?: (string);
}

/**
 * GetStatusRequest selects a process.
 */
export interface GetStatusRequest__Output {
  /**
   * The process.
   */
  'processId': (string);
}
