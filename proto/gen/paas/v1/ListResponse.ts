// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';

export interface ListResponse {
  'processes'?: (_paas_v1_ProcessStatus)[];
  'nextPageToken'?: (string);
}

export interface ListResponse__Output {
  'processes': (_paas_v1_ProcessStatus__Output)[];
  'nextPageToken': (string);
}
