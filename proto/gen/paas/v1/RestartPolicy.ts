// Original file: proto/paas/v1/paas.proto

import type { RestartCondition as _paas_v1_RestartCondition, RestartCondition__Output as _paas_v1_RestartCondition__Output } from '../../paas/v1/RestartCondition.ts';

/**
 * RestartPolicy says when the daemon starts a process again by itself.
 * 
 * Each restart is a new process, as with again_of: the status of each says which
 * process it repeats, and which one repeats it (RestartState). It has no grants.
 * The daemon waits 1 s before the first restart, and then twice as long as the
 * time before, up to a minute; after a process that ran for 10 s or longer it
 * waits 1 s again. The number of restarts does not start anew.
 * 
 * A restart is an Exec of the owner: the daemon refuses it when it would refuse
 * that Exec, for a quota, a rule, the name or the user's certificate. It then
 * tries no further. A Stop or Remove of the finished process cancels the restart
 * that waits, and so do a drain and the end of the daemon.
 */
export interface RestartPolicy {
  /**
   * When to restart.
   */
  'condition'?: (_paas_v1_RestartCondition);
  /**
   * Maximum number of restarts in a row, from 1 to 100. Zero means 10. With
   * another condition than RESTART_CONDITION_ON_FAILURE it must be zero.
   */
  'maxRestarts'?: (number);
}

/**
 * RestartPolicy says when the daemon starts a process again by itself.
 * 
 * Each restart is a new process, as with again_of: the status of each says which
 * process it repeats, and which one repeats it (RestartState). It has no grants.
 * The daemon waits 1 s before the first restart, and then twice as long as the
 * time before, up to a minute; after a process that ran for 10 s or longer it
 * waits 1 s again. The number of restarts does not start anew.
 * 
 * A restart is an Exec of the owner: the daemon refuses it when it would refuse
 * that Exec, for a quota, a rule, the name or the user's certificate. It then
 * tries no further. A Stop or Remove of the finished process cancels the restart
 * that waits, and so do a drain and the end of the daemon.
 */
export interface RestartPolicy__Output {
  /**
   * When to restart.
   */
  'condition': (_paas_v1_RestartCondition__Output);
  /**
   * Maximum number of restarts in a row, from 1 to 100. Zero means 10. With
   * another condition than RESTART_CONDITION_ON_FAILURE it must be zero.
   */
  'maxRestarts': (number);
}
