// Original file: proto/paas/v1/paas.proto

import type { SharePermission as _paas_v1_SharePermission, SharePermission__Output as _paas_v1_SharePermission__Output } from '../../paas/v1/SharePermission.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Grant {
  'user'?: (string);
  'permission'?: (_paas_v1_SharePermission);
  'until'?: (_google_protobuf_Timestamp | null);
}

export interface Grant__Output {
  'user': (string);
  'permission': (_paas_v1_SharePermission__Output);
  'until': (_google_protobuf_Timestamp__Output | null);
}
