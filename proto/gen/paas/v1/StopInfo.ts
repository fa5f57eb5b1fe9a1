// Original file: proto/paas/v1/paas.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface StopInfo {
  'stoppedBy'?: (string);
  'time'?: (_google_protobuf_Timestamp | null);
  'killed'?: (boolean);
  'stoppedBySubject'?: (string);
}

export interface StopInfo__Output {
  'stoppedBy': (string);
  'time': (_google_protobuf_Timestamp__Output | null);
  'killed': (boolean);
  'stoppedBySubject': (string);
}
