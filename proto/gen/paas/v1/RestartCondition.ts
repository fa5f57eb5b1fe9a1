// Original file: proto/paas/v1/paas.proto

/**
 * RestartCondition is the condition for a restart.
 */
export const RestartCondition = {
  /**
   * Not used. The same as RESTART_CONDITION_NO.
   */
  RESTART_CONDITION_UNSPECIFIED: 'RESTART_CONDITION_UNSPECIFIED',
  /**
   * The process is not started again.
   */
  RESTART_CONDITION_NO: 'RESTART_CONDITION_NO',
  /**
   * The process is started again when it has exited with another code than 0, or
   * a signal has killed it (END_REASON_EXITED, END_REASON_SIGNALLED). The signal
   * may come from Signal. A process that was stopped is not started again,
   * whoever or whatever has stopped it, nor is one that was lost with the daemon.
   */
  RESTART_CONDITION_ON_FAILURE: 'RESTART_CONDITION_ON_FAILURE',
} as const;

/**
 * RestartCondition is the condition for a restart.
 */
export type RestartCondition =
  /**
   * Not used. The same as RESTART_CONDITION_NO.
   */
  | 'RESTART_CONDITION_UNSPECIFIED'
  | 0
  /**
   * The process is not started again.
   */
  | 'RESTART_CONDITION_NO'
  | 1
  /**
   * The process is started again when it has exited with another code than 0, or
   * a signal has killed it (END_REASON_EXITED, END_REASON_SIGNALLED). The signal
   * may come from Signal. A process that was stopped is not started again,
   * whoever or whatever has stopped it, nor is one that was lost with the daemon.
   */
  | 'RESTART_CONDITION_ON_FAILURE'
  | 2

/**
 * RestartCondition is the condition for a restart.
 */
export type RestartCondition__Output = typeof RestartCondition[keyof typeof RestartCondition]
