// Original file: proto/paas/v1/paas.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Terminal as _paas_v1_Terminal, Terminal__Output as _paas_v1_Terminal__Output } from '../../paas/v1/Terminal.ts';
import type { Limits as _paas_v1_Limits, Limits__Output as _paas_v1_Limits__Output } from '../../paas/v1/Limits.ts';
import type { Long } from '@grpc/proto-loader';

export interface ExecRequest {
  'args'?: (string)[];
  'env'?: ({[key: string]: string});
  'cwd'?: (string);
  'timeout'?: (_google_protobuf_Duration | null);
  'grace'?: (_google_protobuf_Duration | null);
  'name'?: (string);
  'labels'?: ({[key: string]: string});
  'requestId'?: (string);
  'maxOutputBytes'?: (number | string | Long);
  'stdin'?: (boolean);
  'stopAfterDisconnect'?: (_google_protobuf_Duration | null);
  'terminal'?: (_paas_v1_Terminal | null);
  'limits'?: (_paas_v1_Limits | null);
}

export interface ExecRequest__Output {
  'args': (string)[];
  'env': ({[key: string]: string});
  'cwd': (string);
  'timeout': (_google_protobuf_Duration__Output | null);
  'grace': (_google_protobuf_Duration__Output | null);
  'name': (string);
  'labels': ({[key: string]: string});
  'requestId': (string);
  'maxOutputBytes': (number);
  'stdin': (boolean);
  'stopAfterDisconnect': (_google_protobuf_Duration__Output | null);
  'terminal': (_paas_v1_Terminal__Output | null);
  'limits': (_paas_v1_Limits__Output | null);
}
