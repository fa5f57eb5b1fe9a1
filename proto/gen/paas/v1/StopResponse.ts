// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';

/**
 * StopResponse returns the final status.
 */
export interface StopResponse {
  /**
   * The status after the stop. The state is always finished.
   */
  'status'?: (_paas_v1_ProcessStatus | null);
}

/**
 * StopResponse returns the final status.
 */
export interface StopResponse__Output {
  /**
   * The status after the stop. The state is always finished.
   */
  'status': (_paas_v1_ProcessStatus__Output | null);
}
