// Original file: proto/paas/v1/paas.proto

import type { LogGapReason as _paas_v1_LogGapReason, LogGapReason__Output as _paas_v1_LogGapReason__Output } from '../../paas/v1/LogGapReason.ts';
import type { Long } from '@grpc/proto-loader';

export interface LogGap {
  'from'?: (number | string | Long);
  'to'?: (number | string | Long);
  'reason'?: (_paas_v1_LogGapReason);
  'lines'?: (number | string | Long);
  '_lines'?: "lines";
}

export interface LogGap__Output {
  'from': (number);
  'to': (number);
  'reason': (_paas_v1_LogGapReason__Output);
  'lines'?: (number);
  '_lines'?: "lines";
}
