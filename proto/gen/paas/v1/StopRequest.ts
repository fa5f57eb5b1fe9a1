// Original file: proto/paas/v1/paas.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface StopRequest {
  'processId'?: (string);
  'grace'?: (_google_protobuf_Duration | null);
  '_grace'?: "grace";
}

export interface StopRequest__Output {
  'processId': (string);
  'grace'?: (_google_protobuf_Duration__Output | null);
  '_grace'?: "grace";
}
