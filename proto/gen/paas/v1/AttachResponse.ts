// Original file: proto/paas/v1/paas.proto

import type { LogChunk as _paas_v1_LogChunk, LogChunk__Output as _paas_v1_LogChunk__Output } from '../../paas/v1/LogChunk.ts';
import type { LogEnd as _paas_v1_LogEnd, LogEnd__Output as _paas_v1_LogEnd__Output } from '../../paas/v1/LogEnd.ts';
import type { LogGap as _paas_v1_LogGap, LogGap__Output as _paas_v1_LogGap__Output } from '../../paas/v1/LogGap.ts';
import type { InputState as _paas_v1_InputState, InputState__Output as _paas_v1_InputState__Output } from '../../paas/v1/InputState.ts';

export interface AttachResponse {
  'chunks'?: (_paas_v1_LogChunk)[];
  'end'?: (_paas_v1_LogEnd | null);
  'gap'?: (_paas_v1_LogGap | null);
  'input'?: (_paas_v1_InputState | null);
}

export interface AttachResponse__Output {
  'chunks': (_paas_v1_LogChunk__Output)[];
  'end': (_paas_v1_LogEnd__Output | null);
  'gap': (_paas_v1_LogGap__Output | null);
  'input': (_paas_v1_InputState__Output | null);
}
