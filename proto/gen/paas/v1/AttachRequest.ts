// Original file: proto/paas/v1/paas.proto

import type { TerminalSize as _paas_v1_TerminalSize, TerminalSize__Output as _paas_v1_TerminalSize__Output } from '../../paas/v1/TerminalSize.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface AttachRequest {
  'processId'?: (string);
  'fromOffset'?: (number | string | Long);
  'tailLines'?: (number | string | Long);
  'input'?: (Buffer | Uint8Array | string);
  'inputOffset'?: (number | string | Long);
  'closeInput'?: (boolean);
  'size'?: (_paas_v1_TerminalSize | null);
  'keep'?: (boolean);
  'writer'?: (string);
  'absence'?: (_google_protobuf_Duration | null);
  '_tailLines'?: "tailLines";
  '_inputOffset'?: "inputOffset";
}

export interface AttachRequest__Output {
  'processId': (string);
  'fromOffset': (number);
  'tailLines'?: (number);
  'input': (Buffer);
  'inputOffset'?: (number);
  'closeInput': (boolean);
  'size': (_paas_v1_TerminalSize__Output | null);
  'keep': (boolean);
  'writer': (string);
  'absence': (_google_protobuf_Duration__Output | null);
  '_tailLines'?: "tailLines";
  '_inputOffset'?: "inputOffset";
}
