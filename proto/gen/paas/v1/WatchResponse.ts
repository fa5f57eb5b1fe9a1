// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';

/**
 * WatchResponse is a change of one process.
 */
export interface WatchResponse {
  /**
   * The status of the process. Unset means that the process was removed.
   */
  'status'?: (_paas_v1_ProcessStatus | null);
  /**
   * The process.
   */
  'processId'?: (string);
}

/**
 * WatchResponse is a change of one process.
 */
export interface WatchResponse__Output {
  /**
   * The status of the process. Unset means that the process was removed.
   */
  'status': (_paas_v1_ProcessStatus__Output | null);
  /**
   * The process.
   */
  'processId': (string);
}
