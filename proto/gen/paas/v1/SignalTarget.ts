// Original file: proto/paas/v1/paas.proto

/**
 * SignalTarget is the set of processes that receive a signal.
 */
export const SignalTarget = {
  /**
   * Not used. The same as SIGNAL_TARGET_GROUP.
   */
  SIGNAL_TARGET_UNSPECIFIED: 'SIGNAL_TARGET_UNSPECIFIED',
  /**
   * Every member of the process group.
   */
  SIGNAL_TARGET_GROUP: 'SIGNAL_TARGET_GROUP',
  /**
   * Only the leader.
   */
  SIGNAL_TARGET_LEADER: 'SIGNAL_TARGET_LEADER',
} as const;

/**
 * SignalTarget is the set of processes that receive a signal.
 */
export type SignalTarget =
  /**
   * Not used. The same as SIGNAL_TARGET_GROUP.
   */
  | 'SIGNAL_TARGET_UNSPECIFIED'
  | 0
  /**
   * Every member of the process group.
   */
  | 'SIGNAL_TARGET_GROUP'
  | 1
  /**
   * Only the leader.
   */
  | 'SIGNAL_TARGET_LEADER'
  | 2

/**
 * SignalTarget is the set of processes that receive a signal.
 */
export type SignalTarget__Output = typeof SignalTarget[keyof typeof SignalTarget]
