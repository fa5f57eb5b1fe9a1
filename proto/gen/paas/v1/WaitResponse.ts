// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';

export interface WaitResponse {
  'status'?: (_paas_v1_ProcessStatus | null);
}

export interface WaitResponse__Output {
  'status': (_paas_v1_ProcessStatus__Output | null);
}
