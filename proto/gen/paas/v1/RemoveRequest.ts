// Original file: proto/paas/v1/paas.proto


/**
 * RemoveRequest selects a process to remove.
 */
export interface RemoveRequest {
  /**
   * The process. It must have finished.
   */
  'processId'?: (string);
}

/**
 * RemoveRequest selects a process to remove.
 */
export interface RemoveRequest__Output {
  /**
   * The process. It must have finished.
   */
  'processId': (string);
}
