// Original file: proto/paas/v1/paas.proto

import type { Long } from '@grpc/proto-loader';

export interface InputState {
  'taken'?: (number | string | Long);
  'closed'?: (boolean);
}

export interface InputState__Output {
  'taken': (number);
  'closed': (boolean);
}
