// Original file: proto/paas/v1/paas.proto

/**
 * ProcessState is the state of a process.
 */
export const ProcessState = {
  /**
   * Not used.
   */
  PROCESS_STATE_UNSPECIFIED: 'PROCESS_STATE_UNSPECIFIED',
  /**
   * The leader of the process group is running.
   */
  PROCESS_STATE_RUNNING: 'PROCESS_STATE_RUNNING',
  /**
   * The daemon has sent SIGTERM, and the leader has not exited yet.
   */
  PROCESS_STATE_STOPPING: 'PROCESS_STATE_STOPPING',
  /**
   * The leader has exited, or was lost with the daemon. This state is final.
   */
  PROCESS_STATE_FINISHED: 'PROCESS_STATE_FINISHED',
} as const;

/**
 * ProcessState is the state of a process.
 */
export type ProcessState =
  /**
   * Not used.
   */
  | 'PROCESS_STATE_UNSPECIFIED'
  | 0
  /**
   * The leader of the process group is running.
   */
  | 'PROCESS_STATE_RUNNING'
  | 1
  /**
   * The daemon has sent SIGTERM, and the leader has not exited yet.
   */
  | 'PROCESS_STATE_STOPPING'
  | 2
  /**
   * The leader has exited, or was lost with the daemon. This state is final.
   */
  | 'PROCESS_STATE_FINISHED'
  | 3

/**
 * ProcessState is the state of a process.
 */
export type ProcessState__Output = typeof ProcessState[keyof typeof ProcessState]
