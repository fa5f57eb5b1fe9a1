// Original file: proto/paas/v1/paas.proto

import type { LogStream as _paas_v1_LogStream, LogStream__Output as _paas_v1_LogStream__Output } from '../../paas/v1/LogStream.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * LogChunk is a piece of output: whole lines of one stream that arrived
 * together, at most 64 KiB. A line is split into pieces if it is longer, or if
 * its newline does not arrive. A last line without a newline is sent when the
 * stream has ended. The order within a stream is exact. The order between
 * stdout and stderr, which are two pipes, is the order in which the daemon read
 * them.
 */
export interface LogChunk {
  /**
   * Number of payload bytes, of both streams, before this chunk.
   */
  'offset'?: (number | string | Long);
  /**
   * The stream that the process wrote to.
   */
  'stream'?: (_paas_v1_LogStream);
  /**
   * The time at which the daemon read the first byte. Times never decrease
   * within a log.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  /**
   * The bytes as written. They need not be text.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * Whether the line continues in the next chunk of the same stream. The line
   * is longer than 64 KiB, or longer than one message to a client with a slow
   * connection; or its newline did not arrive within about 100 ms, as with a
   * prompt or a progress bar; or the other stream had output in the meantime.
   */
  'partial'?: (boolean);
}

/**
 * LogChunk is a piece of output: whole lines of one stream that arrived
 * together, at most 64 KiB. A line is split into pieces if it is longer, or if
 * its newline does not arrive. A last line without a newline is sent when the
 * stream has ended. The order within a stream is exact. The order between
 * stdout and stderr, which are two pipes, is the order in which the daemon read
 * them.
 */
export interface LogChunk__Output {
  /**
   * Number of payload bytes, of both streams, before this chunk.
   */
  'offset': (number);
  /**
   * The stream that the process wrote to.
   */
  'stream': (_paas_v1_LogStream__Output);
  /**
   * The time at which the daemon read the first byte. Times never decrease
   * within a log.
   */
  'time': (_google_protobuf_Timestamp__Output | null);
  /**
   * The bytes as written. They need not be text.
   */
  'data': (Buffer);
  /**
   * Whether the line continues in the next chunk of the same stream. The line
   * is longer than 64 KiB, or longer than one message to a client with a slow
   * connection; or its newline did not arrive within about 100 ms, as with a
   * prompt or a progress bar; or the other stream had output in the meantime.
   */
  'partial': (boolean);
}
