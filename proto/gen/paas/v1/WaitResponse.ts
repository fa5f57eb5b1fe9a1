// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';

/**
 * WaitResponse returns the final status.
 */
export interface WaitResponse {
  /**
   * The status. The state is always finished.
   */
  'status'?: (_paas_v1_ProcessStatus | null);
}

/**
 * WaitResponse returns the final status.
 */
export interface WaitResponse__Output {
  /**
   * The status. The state is always finished.
   */
  'status': (_paas_v1_ProcessStatus__Output | null);
}
