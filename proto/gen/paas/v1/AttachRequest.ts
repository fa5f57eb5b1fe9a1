// Original file: proto/paas/v1/paas.proto

import type { Long } from '@grpc/proto-loader';

export interface AttachRequest {
  'processId'?: (string);
  'fromOffset'?: (number | string | Long);
  'tailLines'?: (number | string | Long);
  'input'?: (Buffer | Uint8Array | string);
  'inputOffset'?: (number | string | Long);
  'closeInput'?: (boolean);
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
  '_tailLines'?: "tailLines";
  '_inputOffset'?: "inputOffset";
}
