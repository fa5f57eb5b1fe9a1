// Original file: proto/paas/v1/paas.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * StopRequest selects a process to stop.
 */
export interface StopRequest {
  /**
   * The process.
   */
  'processId'?: (string);
  /**
   * Time from SIGTERM to SIGKILL. Unset means the grace of the process, or the
   * daemon's default (10 s unless the operator has set another). Zero kills the
   * group at once. Not negative, at most 24 hours.
   */
  'grace'?: (_google_protobuf_Duration | null);
  '_grace'?: "grace";
}

/**
 * StopRequest selects a process to stop.
 */
export interface StopRequest__Output {
  /**
   * The process.
   */
  'processId': (string);
  /**
   * Time from SIGTERM to SIGKILL. Unset means the grace of the process, or the
   * daemon's default (10 s unless the operator has set another). Zero kills the
   * group at once. Not negative, at most 24 hours.
   */
  'grace'?: (_google_protobuf_Duration__Output | null);
  '_grace'?: "grace";
}
