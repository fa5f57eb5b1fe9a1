// Original file: proto/paas/v1/paas.proto

import type { SignalTarget as _paas_v1_SignalTarget, SignalTarget__Output as _paas_v1_SignalTarget__Output } from '../../paas/v1/SignalTarget.ts';

export interface SignalRequest {
  'processId'?: (string);
  'signal'?: (number);
  'target'?: (_paas_v1_SignalTarget);
}

export interface SignalRequest__Output {
  'processId': (string);
  'signal': (number);
  'target': (_paas_v1_SignalTarget__Output);
}
