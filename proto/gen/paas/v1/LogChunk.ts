// Original file: proto/paas/v1/paas.proto

import type { LogStream as _paas_v1_LogStream, LogStream__Output as _paas_v1_LogStream__Output } from '../../paas/v1/LogStream.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface LogChunk {
  'offset'?: (number | string | Long);
  'stream'?: (_paas_v1_LogStream);
  'time'?: (_google_protobuf_Timestamp | null);
  'data'?: (Buffer | Uint8Array | string);
  'partial'?: (boolean);
}

export interface LogChunk__Output {
  'offset': (number);
  'stream': (_paas_v1_LogStream__Output);
  'time': (_google_protobuf_Timestamp__Output | null);
  'data': (Buffer);
  'partial': (boolean);
}
