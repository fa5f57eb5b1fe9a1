// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';

/**
 * ListResponse is a page of processes, the newest first.
 */
export interface ListResponse {
  /**
   * The statuses of the processes.
   */
  'processes'?: (_paas_v1_ProcessStatus)[];
  /**
   * The token of the next page. Empty means that this page is the last one. A
   * page may have fewer processes than asked for, or none, and still have a
   * next page: the daemon looks at a bounded number of processes for each page.
   */
  'nextPageToken'?: (string);
}

/**
 * ListResponse is a page of processes, the newest first.
 */
export interface ListResponse__Output {
  /**
   * The statuses of the processes.
   */
  'processes': (_paas_v1_ProcessStatus__Output)[];
  /**
   * The token of the next page. Empty means that this page is the last one. A
   * page may have fewer processes than asked for, or none, and still have a
   * next page: the daemon looks at a bounded number of processes for each page.
   */
  'nextPageToken': (string);
}
