// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';

/**
 * GetStatusResponse returns the status of the process.
 */
export interface GetStatusResponse {
  /**
   * The status at the time of the call.
   */
  'status'?: (_paas_v1_ProcessStatus | null);
}

/**
 * GetStatusResponse returns the status of the process.
 */
export interface GetStatusResponse__Output {
  /**
   * The status at the time of the call.
   */
  'status': (_paas_v1_ProcessStatus__Output | null);
}
