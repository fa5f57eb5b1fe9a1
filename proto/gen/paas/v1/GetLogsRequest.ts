// Original file: proto/paas/v1/paas.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { LogStream as _paas_v1_LogStream, LogStream__Output as _paas_v1_LogStream__Output } from '../../paas/v1/LogStream.ts';
import type { OnSlow as _paas_v1_OnSlow, OnSlow__Output as _paas_v1_OnSlow__Output } from '../../paas/v1/OnSlow.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetLogsRequest {
  'processId'?: (string);
  'follow'?: (boolean);
  'fromOffset'?: (number | string | Long);
  'tailLines'?: (number | string | Long);
  'since'?: (_google_protobuf_Timestamp | null);
  'until'?: (_google_protobuf_Timestamp | null);
  'stream'?: (_paas_v1_LogStream);
  'onSlow'?: (_paas_v1_OnSlow);
  'compress'?: (boolean);
  '_follow'?: "follow";
  '_tailLines'?: "tailLines";
}

export interface GetLogsRequest__Output {
  'processId': (string);
  'follow'?: (boolean);
  'fromOffset': (number);
  'tailLines'?: (number);
  'since': (_google_protobuf_Timestamp__Output | null);
  'until': (_google_protobuf_Timestamp__Output | null);
  'stream': (_paas_v1_LogStream__Output);
  'onSlow': (_paas_v1_OnSlow__Output);
  'compress': (boolean);
  '_follow'?: "follow";
  '_tailLines'?: "tailLines";
}
