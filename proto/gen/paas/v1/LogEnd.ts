// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';
import type { Long } from '@grpc/proto-loader';

export interface LogEnd {
  'bytes'?: (number | string | Long);
  'status'?: (_paas_v1_ProcessStatus | null);
  'lines'?: (number | string | Long);
  'mayBeCut'?: (boolean);
}

export interface LogEnd__Output {
  'bytes': (number);
  'status': (_paas_v1_ProcessStatus__Output | null);
  'lines': (number);
  'mayBeCut': (boolean);
}
