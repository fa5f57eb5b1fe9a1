// Original file: proto/paas/v1/paas.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { LogStream as _paas_v1_LogStream, LogStream__Output as _paas_v1_LogStream__Output } from '../../paas/v1/LogStream.ts';
import type { OnSlow as _paas_v1_OnSlow, OnSlow__Output as _paas_v1_OnSlow__Output } from '../../paas/v1/OnSlow.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * GetLogsRequest selects the output to stream.
 */
export interface GetLogsRequest {
  /**
   * The process.
   */
  'processId'?: (string);
  /**
   * Whether to continue with new output until the process has finished. Unset
   * means true. With false the stream ends at the last byte that was logged
   * when the call arrived.
   */
  'follow'?: (boolean);
  /**
   * The first byte to send, as an offset into the payload bytes of the log. The
   * daemon sends exactly the bytes from there on, even from the middle of a
   * chunk. After a lost connection a reader continues at the next byte in this
   * way. An offset beyond the end of the log is INVALID_ARGUMENT.
   */
  'fromOffset'?: (number | string | Long);
  /**
   * Number of last lines to start with, of the log at the time of the call.
   * Only with from_offset 0.
   */
  'tailLines'?: (number | string | Long);
  /**
   * Sends only output that the daemon read at this time or later.
   */
  'since'?: (_google_protobuf_Timestamp | null);
  /**
   * Sends only output that the daemon read before this time. A follow then
   * ends.
   */
  'until'?: (_google_protobuf_Timestamp | null);
  /**
   * Sends only this stream. Unset means both.
   */
  'stream'?: (_paas_v1_LogStream);
  /**
   * How the daemon treats a slow reader that follows. Unset means ON_SLOW_WAIT.
   */
  'onSlow'?: (_paas_v1_OnSlow);
  /**
   * Whether to compress messages with gRPC's own message compression
   * (grpc-encoding: gzip). Compression is for slow networks, and costs time on
   * both sides. Small messages stay uncompressed. A client that sets this field
   * must accept gzip: the daemon does not look at grpc-accept-encoding.
   */
  'compress'?: (boolean);
  '_follow'?: "follow";
  '_tailLines'?: "tailLines";
}

/**
 * GetLogsRequest selects the output to stream.
 */
export interface GetLogsRequest__Output {
  /**
   * The process.
   */
  'processId': (string);
  /**
   * Whether to continue with new output until the process has finished. Unset
   * means true. With false the stream ends at the last byte that was logged
   * when the call arrived.
   */
  'follow'?: (boolean);
  /**
   * The first byte to send, as an offset into the payload bytes of the log. The
   * daemon sends exactly the bytes from there on, even from the middle of a
   * chunk. After a lost connection a reader continues at the next byte in this
   * way. An offset beyond the end of the log is INVALID_ARGUMENT.
   */
  'fromOffset': (number);
  /**
   * Number of last lines to start with, of the log at the time of the call.
   * Only with from_offset 0.
   */
  'tailLines'?: (number);
  /**
   * Sends only output that the daemon read at this time or later.
   */
  'since': (_google_protobuf_Timestamp__Output | null);
  /**
   * Sends only output that the daemon read before this time. A follow then
   * ends.
   */
  'until': (_google_protobuf_Timestamp__Output | null);
  /**
   * Sends only this stream. Unset means both.
   */
  'stream': (_paas_v1_LogStream__Output);
  /**
   * How the daemon treats a slow reader that follows. Unset means ON_SLOW_WAIT.
   */
  'onSlow': (_paas_v1_OnSlow__Output);
  /**
   * Whether to compress messages with gRPC's own message compression
   * (grpc-encoding: gzip). Compression is for slow networks, and costs time on
   * both sides. Small messages stay uncompressed. A client that sets this field
   * must accept gzip: the daemon does not look at grpc-accept-encoding.
   */
  'compress': (boolean);
  '_follow'?: "follow";
  '_tailLines'?: "tailLines";
}
