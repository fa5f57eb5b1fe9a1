// Original file: proto/paas/v1/paas.proto

import type { LogChunk as _paas_v1_LogChunk, LogChunk__Output as _paas_v1_LogChunk__Output } from '../../paas/v1/LogChunk.ts';
import type { LogEnd as _paas_v1_LogEnd, LogEnd__Output as _paas_v1_LogEnd__Output } from '../../paas/v1/LogEnd.ts';
import type { LogGap as _paas_v1_LogGap, LogGap__Output as _paas_v1_LogGap__Output } from '../../paas/v1/LogGap.ts';
import type { InputState as _paas_v1_InputState, InputState__Output as _paas_v1_InputState__Output } from '../../paas/v1/InputState.ts';

/**
 * AttachResponse is a message to an attached client. Its first three fields are
 * those of GetLogsResponse.
 */
export interface AttachResponse {
  /**
   * Output, in the order in which the daemon read it.
   */
  'chunks'?: (_paas_v1_LogChunk)[];
  /**
   * The end of the stream, in the last message only. A stream that closes
   * without it was cut short.
   */
  'end'?: (_paas_v1_LogEnd | null);
  /**
   * The bytes of output that were passed over before the chunks of this
   * message.
   */
  'gap'?: (_paas_v1_LogGap | null);
  /**
   * The state of stdin: in the first message, and whenever stdin has taken
   * input or was closed.
   */
  'input'?: (_paas_v1_InputState | null);
}

/**
 * AttachResponse is a message to an attached client. Its first three fields are
 * those of GetLogsResponse.
 */
export interface AttachResponse__Output {
  /**
   * Output, in the order in which the daemon read it.
   */
  'chunks': (_paas_v1_LogChunk__Output)[];
  /**
   * The end of the stream, in the last message only. A stream that closes
   * without it was cut short.
   */
  'end': (_paas_v1_LogEnd__Output | null);
  /**
   * The bytes of output that were passed over before the chunks of this
   * message.
   */
  'gap': (_paas_v1_LogGap__Output | null);
  /**
   * The state of stdin: in the first message, and whenever stdin has taken
   * input or was closed.
   */
  'input': (_paas_v1_InputState__Output | null);
}
