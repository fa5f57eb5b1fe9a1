// Original file: proto/paas/v1/paas.proto


/**
 * DrainResponse has the number of processes that the daemon waits for.
 */
export interface DrainResponse {
  /**
   * Number of processes that have not ended.
   */
  'processes'?: (number);
}

/**
 * DrainResponse has the number of processes that the daemon waits for.
 */
export interface DrainResponse__Output {
  /**
   * Number of processes that have not ended.
   */
  'processes': (number);
}
