// Original file: proto/paas/v1/paas.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * StopInfo describes a stop.
 */
export interface StopInfo {
  /**
   * The id of the user who asked for the stop. Empty means the daemon itself.
   */
  'stoppedBy'?: (string);
  /**
   * The time at which SIGTERM was sent.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  /**
   * Whether the grace period ended and SIGKILL was sent.
   */
  'killed'?: (boolean);
  /**
   * Subject of the certificate of the user who stopped the process, at most 256
   * characters. It is for people only: it is not unique and proves nothing.
   */
  'stoppedBySubject'?: (string);
}

/**
 * StopInfo describes a stop.
 */
export interface StopInfo__Output {
  /**
   * The id of the user who asked for the stop. Empty means the daemon itself.
   */
  'stoppedBy': (string);
  /**
   * The time at which SIGTERM was sent.
   */
  'time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Whether the grace period ended and SIGKILL was sent.
   */
  'killed': (boolean);
  /**
   * Subject of the certificate of the user who stopped the process, at most 256
   * characters. It is for people only: it is not unique and proves nothing.
   */
  'stoppedBySubject': (string);
}
