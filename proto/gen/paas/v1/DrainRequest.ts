// Original file: proto/paas/v1/paas.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * DrainRequest sets the deadline of a drain.
 */
export interface DrainRequest {
  /**
   * Time until the daemon shuts down, even if processes run. If unset, the
   * daemon's configuration decides; its default is no deadline. Not negative, at
   * most 24 days.
   */
  'timeout'?: (_google_protobuf_Duration | null);
}

/**
 * DrainRequest sets the deadline of a drain.
 */
export interface DrainRequest__Output {
  /**
   * Time until the daemon shuts down, even if processes run. If unset, the
   * daemon's configuration decides; its default is no deadline. Not negative, at
   * most 24 days.
   */
  'timeout': (_google_protobuf_Duration__Output | null);
}
