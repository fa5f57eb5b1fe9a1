// Original file: proto/paas/v1/paas.proto

import type { ProcessState as _paas_v1_ProcessState, ProcessState__Output as _paas_v1_ProcessState__Output } from '../../paas/v1/ProcessState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface ListRequest {
  'states'?: (_paas_v1_ProcessState)[];
  'name'?: (string);
  'labels'?: ({[key: string]: string});
  'startedSince'?: (_google_protobuf_Timestamp | null);
  'startedUntil'?: (_google_protobuf_Timestamp | null);
  'idPrefix'?: (string);
  'pageSize'?: (number);
  'pageToken'?: (string);
  'allUsers'?: (boolean);
  'owner'?: (string);
}

export interface ListRequest__Output {
  'states': (_paas_v1_ProcessState__Output)[];
  'name': (string);
  'labels': ({[key: string]: string});
  'startedSince': (_google_protobuf_Timestamp__Output | null);
  'startedUntil': (_google_protobuf_Timestamp__Output | null);
  'idPrefix': (string);
  'pageSize': (number);
  'pageToken': (string);
  'allUsers': (boolean);
  'owner': (string);
}
