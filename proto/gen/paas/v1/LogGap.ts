// Original file: proto/paas/v1/paas.proto

import type { LogGapReason as _paas_v1_LogGapReason, LogGapReason__Output as _paas_v1_LogGapReason__Output } from '../../paas/v1/LogGapReason.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * LogGap is a run of payload bytes that the daemon does not send.
 */
export interface LogGap {
  /**
   * The offset of the first byte.
   */
  'from'?: (number | string | Long);
  /**
   * The offset behind the last byte.
   */
  'to'?: (number | string | Long);
  /**
   * The reason.
   */
  'reason'?: (_paas_v1_LogGapReason);
  /**
   * Number of newlines in the gap, if it is known: for bytes that were dropped,
   * not kept or damaged.
   */
  'lines'?: (number | string | Long);
  '_lines'?: "lines";
}

/**
 * LogGap is a run of payload bytes that the daemon does not send.
 */
export interface LogGap__Output {
  /**
   * The offset of the first byte.
   */
  'from': (number);
  /**
   * The offset behind the last byte.
   */
  'to': (number);
  /**
   * The reason.
   */
  'reason': (_paas_v1_LogGapReason__Output);
  /**
   * Number of newlines in the gap, if it is known: for bytes that were dropped,
   * not kept or damaged.
   */
  'lines'?: (number);
  '_lines'?: "lines";
}
