// Original file: proto/paas/v1/paas.proto

import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from '../../paas/v1/ProcessStatus.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * LogEnd is the end of a stream of logs that was sent in full.
 */
export interface LogEnd {
  /**
   * The offset up to which the log was sent or passed over.
   */
  'bytes'?: (number | string | Long);
  /**
   * The status at the end of the stream. Without follow the process may still
   * be running. With follow it has finished, and the status is final.
   */
  'status'?: (_paas_v1_ProcessStatus | null);
  /**
   * Number of lines of the log up to that offset, over both streams. A last
   * line without a newline counts.
   */
  'lines'?: (number | string | Long);
  /**
   * Whether output may be missing behind the end: the daemon that started the
   * process was killed, and output that it had not read or written is lost.
   */
  'mayBeCut'?: (boolean);
}

/**
 * LogEnd is the end of a stream of logs that was sent in full.
 */
export interface LogEnd__Output {
  /**
   * The offset up to which the log was sent or passed over.
   */
  'bytes': (number);
  /**
   * The status at the end of the stream. Without follow the process may still
   * be running. With follow it has finished, and the status is final.
   */
  'status': (_paas_v1_ProcessStatus__Output | null);
  /**
   * Number of lines of the log up to that offset, over both streams. A last
   * line without a newline counts.
   */
  'lines': (number);
  /**
   * Whether output may be missing behind the end: the daemon that started the
   * process was killed, and output that it had not read or written is lost.
   */
  'mayBeCut': (boolean);
}
