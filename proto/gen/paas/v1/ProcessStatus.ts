// Original file: proto/paas/v1/paas.proto

import type { ProcessState as _paas_v1_ProcessState, ProcessState__Output as _paas_v1_ProcessState__Output } from '../../paas/v1/ProcessState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { EndReason as _paas_v1_EndReason, EndReason__Output as _paas_v1_EndReason__Output } from '../../paas/v1/EndReason.ts';
import type { StopInfo as _paas_v1_StopInfo, StopInfo__Output as _paas_v1_StopInfo__Output } from '../../paas/v1/StopInfo.ts';
import type { Grant as _paas_v1_Grant, Grant__Output as _paas_v1_Grant__Output } from '../../paas/v1/Grant.ts';
import type { RestartState as _paas_v1_RestartState, RestartState__Output as _paas_v1_RestartState__Output } from '../../paas/v1/RestartState.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * ProcessStatus is the state of a process, and how and why it ended.
 */
export interface ProcessStatus {
  /**
   * The state of the process.
   */
  'state'?: (_paas_v1_ProcessState);
  /**
   * The exit code of the leader, from 0 to 255.
   */
  'exitCode'?: (number);
  /**
   * The number of the signal that killed the leader. It may be a real-time
   * signal.
   */
  'signal'?: (number);
  /**
   * The time at which the process started.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The time at which the leader exited, or was found to be lost with the
   * daemon. Set once the process has finished.
   */
  'finishTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Why the process ended. Set once it has finished.
   */
  'endReason'?: (_paas_v1_EndReason);
  /**
   * The stop of the process. Set from the request for it on.
   */
  'stop'?: (_paas_v1_StopInfo | null);
  /**
   * The id of the process.
   */
  'processId'?: (string);
  /**
   * The program and its arguments.
   */
  'args'?: (string)[];
  /**
   * The name of the process. Empty means none.
   */
  'name'?: (string);
  /**
   * The labels of the process.
   */
  'labels'?: ({[key: string]: string});
  /**
   * The process id of the leader on the daemon's machine, which is also the
   * number of its group. Another process may have the number once this one has
   * finished. Zero if the daemon died while it was starting the process.
   */
  'pid'?: (number);
  /**
   * Output so far, in bytes, over both streams. For a process that was lost
   * with the daemon: as far as the next daemon has read its log.
   */
  'logBytes'?: (number | string | Long);
  /**
   * Output so far, in lines. An unfinished last line counts.
   */
  'logLines'?: (number | string | Long);
  /**
   * Whether the process was started with stdin.
   */
  'stdin'?: (boolean);
  /**
   * Whether the process was started in a terminal.
   */
  'terminal'?: (boolean);
  /**
   * The grants of the process. Only its owner, viewers and operators receive
   * them.
   */
  'grants'?: (_paas_v1_Grant)[];
  /**
   * The user id of the owner.
   */
  'owner'?: (string);
  /**
   * The subject of the certificate with which the owner started the process. It
   * is for people to read: it is not unique, and proves nothing.
   */
  'ownerSubject'?: (string);
  /**
   * The id of the process that this one repeats, by again_of or by a restart.
   * Empty means none. That process may have been removed.
   */
  'againOf'?: (string);
  /**
   * The place of the process in a row of restarts. Unset if the process has no
   * policy that restarts.
   */
  'restart'?: (_paas_v1_RestartState | null);
  /**
   * How the leader of the process group ended. It is set once the process has
   * finished, unless the process was lost with the daemon. The exit code and
   * the signal are separate facts: a code is never 128 + n.
   */
  'exit'?: "exitCode"|"signal";
}

/**
 * ProcessStatus is the state of a process, and how and why it ended.
 */
export interface ProcessStatus__Output {
  /**
   * The state of the process.
   */
  'state': (_paas_v1_ProcessState__Output);
  /**
   * The exit code of the leader, from 0 to 255.
   */
  'exitCode'?: (number);
  /**
   * The number of the signal that killed the leader. It may be a real-time
   * signal.
   */
  'signal'?: (number);
  /**
   * The time at which the process started.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The time at which the leader exited, or was found to be lost with the
   * daemon. Set once the process has finished.
   */
  'finishTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Why the process ended. Set once it has finished.
   */
  'endReason': (_paas_v1_EndReason__Output);
  /**
   * The stop of the process. Set from the request for it on.
   */
  'stop': (_paas_v1_StopInfo__Output | null);
  /**
   * The id of the process.
   */
  'processId': (string);
  /**
   * The program and its arguments.
   */
  'args': (string)[];
  /**
   * The name of the process. Empty means none.
   */
  'name': (string);
  /**
   * The labels of the process.
   */
  'labels': ({[key: string]: string});
  /**
   * The process id of the leader on the daemon's machine, which is also the
   * number of its group. Another process may have the number once this one has
   * finished. Zero if the daemon died while it was starting the process.
   */
  'pid': (number);
  /**
   * Output so far, in bytes, over both streams. For a process that was lost
   * with the daemon: as far as the next daemon has read its log.
   */
  'logBytes': (number);
  /**
   * Output so far, in lines. An unfinished last line counts.
   */
  'logLines': (number);
  /**
   * Whether the process was started with stdin.
   */
  'stdin': (boolean);
  /**
   * Whether the process was started in a terminal.
   */
  'terminal': (boolean);
  /**
   * The grants of the process. Only its owner, viewers and operators receive
   * them.
   */
  'grants': (_paas_v1_Grant__Output)[];
  /**
   * The user id of the owner.
   */
  'owner': (string);
  /**
   * The subject of the certificate with which the owner started the process. It
   * is for people to read: it is not unique, and proves nothing.
   */
  'ownerSubject': (string);
  /**
   * The id of the process that this one repeats, by again_of or by a restart.
   * Empty means none. That process may have been removed.
   */
  'againOf': (string);
  /**
   * The place of the process in a row of restarts. Unset if the process has no
   * policy that restarts.
   */
  'restart': (_paas_v1_RestartState__Output | null);
  /**
   * How the leader of the process group ended. It is set once the process has
   * finished, unless the process was lost with the daemon. The exit code and
   * the signal are separate facts: a code is never 128 + n.
   */
  'exit'?: "exitCode"|"signal";
}
