// Original file: proto/paas/v1/paas.proto

import type { LogChunk as _paas_v1_LogChunk, LogChunk__Output as _paas_v1_LogChunk__Output } from '../../paas/v1/LogChunk.ts';
import type { LogEnd as _paas_v1_LogEnd, LogEnd__Output as _paas_v1_LogEnd__Output } from '../../paas/v1/LogEnd.ts';
import type { LogGap as _paas_v1_LogGap, LogGap__Output as _paas_v1_LogGap__Output } from '../../paas/v1/LogGap.ts';

/**
 * GetLogsResponse is a run of whole chunks in the order of their offsets, or
 * the end of the stream.
 */
export interface GetLogsResponse {
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
   * The bytes that were passed over before the chunks of this message. Chunks
   * and gaps together account for every byte from from_offset to the end.
   */
  'gap'?: (_paas_v1_LogGap | null);
}

/**
 * GetLogsResponse is a run of whole chunks in the order of their offsets, or
 * the end of the stream.
 */
export interface GetLogsResponse__Output {
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
   * The bytes that were passed over before the chunks of this message. Chunks
   * and gaps together account for every byte from from_offset to the end.
   */
  'gap': (_paas_v1_LogGap__Output | null);
}
