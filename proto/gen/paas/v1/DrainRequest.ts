// Original file: proto/paas/v1/paas.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface DrainRequest {
  'timeout'?: (_google_protobuf_Duration | null);
}

export interface DrainRequest__Output {
  'timeout': (_google_protobuf_Duration__Output | null);
}
