// Original file: proto/paas/v1/paas.proto


/**
 * WatchRequest asks for the changes of the user's own processes.
 */
export interface WatchRequest {
  /**
   * Whether to watch the processes of all users. Only viewers and operators
   * may.
   */
  'allUsers'?: (boolean);
}

/**
 * WatchRequest asks for the changes of the user's own processes.
 */
export interface WatchRequest__Output {
  /**
   * Whether to watch the processes of all users. Only viewers and operators
   * may.
   */
  'allUsers': (boolean);
}
