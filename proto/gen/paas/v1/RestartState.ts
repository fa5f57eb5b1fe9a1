// Original file: proto/paas/v1/paas.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * RestartState is the place of a process in a row of restarts.
 */
export interface RestartState {
  /**
   * The number of this attempt. The process that a client has started is the
   * first.
   */
  'attempt'?: (number);
  /**
   * Maximum number of attempts: one more than the restarts of the policy.
   */
  'attempts'?: (number);
  /**
   * The time of the next attempt, while the daemon waits for it.
   */
  'nextTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The id of the process that is the next attempt. Empty means none so far.
   */
  'nextProcessId'?: (string);
  /**
   * Why there is no next attempt, although the policy allows one: a sentence.
   * Empty if there is, will be or need be none, or if the daemon died while it
   * waited. Only the owner, viewers and operators receive it.
   */
  'givenUp'?: (string);
}

/**
 * RestartState is the place of a process in a row of restarts.
 */
export interface RestartState__Output {
  /**
   * The number of this attempt. The process that a client has started is the
   * first.
   */
  'attempt': (number);
  /**
   * Maximum number of attempts: one more than the restarts of the policy.
   */
  'attempts': (number);
  /**
   * The time of the next attempt, while the daemon waits for it.
   */
  'nextTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The id of the process that is the next attempt. Empty means none so far.
   */
  'nextProcessId': (string);
  /**
   * Why there is no next attempt, although the policy allows one: a sentence.
   * Empty if there is, will be or need be none, or if the daemon died while it
   * waited. Only the owner, viewers and operators receive it.
   */
  'givenUp': (string);
}
