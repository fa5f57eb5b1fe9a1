// Original file: proto/paas/v1/paas.proto

import type { ProcessState as _paas_v1_ProcessState, ProcessState__Output as _paas_v1_ProcessState__Output } from '../../paas/v1/ProcessState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { EndReason as _paas_v1_EndReason, EndReason__Output as _paas_v1_EndReason__Output } from '../../paas/v1/EndReason.ts';
import type { StopInfo as _paas_v1_StopInfo, StopInfo__Output as _paas_v1_StopInfo__Output } from '../../paas/v1/StopInfo.ts';
import type { Grant as _paas_v1_Grant, Grant__Output as _paas_v1_Grant__Output } from '../../paas/v1/Grant.ts';
import type { Long } from '@grpc/proto-loader';

export interface ProcessStatus {
  'state'?: (_paas_v1_ProcessState);
  'exitCode'?: (number);
  'signal'?: (number);
  'startTime'?: (_google_protobuf_Timestamp | null);
  'finishTime'?: (_google_protobuf_Timestamp | null);
  'endReason'?: (_paas_v1_EndReason);
  'stop'?: (_paas_v1_StopInfo | null);
  'processId'?: (string);
  'args'?: (string)[];
  'name'?: (string);
  'labels'?: ({[key: string]: string});
  'pid'?: (number);
  'logBytes'?: (number | string | Long);
  'logLines'?: (number | string | Long);
  'stdin'?: (boolean);
  'terminal'?: (boolean);
  'grants'?: (_paas_v1_Grant)[];
  'owner'?: (string);
  'ownerSubject'?: (string);
  'exit'?: "exitCode"|"signal";
}

export interface ProcessStatus__Output {
  'state': (_paas_v1_ProcessState__Output);
  'exitCode'?: (number);
  'signal'?: (number);
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'finishTime': (_google_protobuf_Timestamp__Output | null);
  'endReason': (_paas_v1_EndReason__Output);
  'stop': (_paas_v1_StopInfo__Output | null);
  'processId': (string);
  'args': (string)[];
  'name': (string);
  'labels': ({[key: string]: string});
  'pid': (number);
  'logBytes': (number);
  'logLines': (number);
  'stdin': (boolean);
  'terminal': (boolean);
  'grants': (_paas_v1_Grant__Output)[];
  'owner': (string);
  'ownerSubject': (string);
  'exit'?: "exitCode"|"signal";
}
