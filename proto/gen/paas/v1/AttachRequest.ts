// Original file: proto/paas/v1/paas.proto

import type { TerminalSize as _paas_v1_TerminalSize, TerminalSize__Output as _paas_v1_TerminalSize__Output } from '../../paas/v1/TerminalSize.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * AttachRequest is a message of an attached client.
 */
export interface AttachRequest {
  /**
   * The process. In the first message only.
   */
  'processId'?: (string);
  /**
   * The first byte of output to send, as in GetLogsRequest. In the first
   * message only.
   */
  'fromOffset'?: (number | string | Long);
  /**
   * Number of last lines of output to start with, as in GetLogsRequest. In the
   * first message only.
   */
  'tailLines'?: (number | string | Long);
  /**
   * Bytes for the stdin of the process, at most 256 KiB.
   */
  'input'?: (Buffer | Uint8Array | string);
  /**
   * The position of these bytes in all input of this writer. The daemon passes
   * over bytes that the writer has sent before. There must be no gap before
   * these bytes. Unset means directly behind the writer's earlier input.
   */
  'inputOffset'?: (number | string | Long);
  /**
   * Whether to close stdin behind this input. In a terminal this types ^D,
   * which ends the input of a program that reads lines.
   */
  'closeInput'?: (boolean);
  /**
   * The new size of the terminal, from before this input on. For a process
   * without a terminal it is INVALID_ARGUMENT.
   */
  'size'?: (_paas_v1_TerminalSize | null);
  /**
   * Whether to end the lease of the process (stop_after_disconnect), so that it
   * may run without its client. It does nothing if there is no lease.
   */
  'keep'?: (boolean);
  /**
   * A text of the client's choice, of at most 128 bytes, that tells its input
   * apart from the input of other clients. A client with the same text
   * continues its earlier input after a lost connection. Empty means a new
   * writer. In the first message only.
   */
  'writer'?: (string);
  /**
   * How long the client will be absent on purpose, for example while it is
   * suspended. For this time the process may run without its client, if its
   * lease (stop_after_disconnect) is shorter. The value holds until the client
   * sends another. A client that is back sends zero. At most 24 hours. It does
   * nothing if there is no lease.
   */
  'absence'?: (_google_protobuf_Duration | null);
  '_tailLines'?: "tailLines";
  '_inputOffset'?: "inputOffset";
}

/**
 * AttachRequest is a message of an attached client.
 */
export interface AttachRequest__Output {
  /**
   * The process. In the first message only.
   */
  'processId': (string);
  /**
   * The first byte of output to send, as in GetLogsRequest. In the first
   * message only.
   */
  'fromOffset': (number);
  /**
   * Number of last lines of output to start with, as in GetLogsRequest. In the
   * first message only.
   */
  'tailLines'?: (number);
  /**
   * Bytes for the stdin of the process, at most 256 KiB.
   */
  'input': (Buffer);
  /**
   * The position of these bytes in all input of this writer. The daemon passes
   * over bytes that the writer has sent before. There must be no gap before
   * these bytes. Unset means directly behind the writer's earlier input.
   */
  'inputOffset'?: (number);
  /**
   * Whether to close stdin behind this input. In a terminal this types ^D,
   * which ends the input of a program that reads lines.
   */
  'closeInput': (boolean);
  /**
   * The new size of the terminal, from before this input on. For a process
   * without a terminal it is INVALID_ARGUMENT.
   */
  'size': (_paas_v1_TerminalSize__Output | null);
  /**
   * Whether to end the lease of the process (stop_after_disconnect), so that it
   * may run without its client. It does nothing if there is no lease.
   */
  'keep': (boolean);
  /**
   * A text of the client's choice, of at most 128 bytes, that tells its input
   * apart from the input of other clients. A client with the same text
   * continues its earlier input after a lost connection. Empty means a new
   * writer. In the first message only.
   */
  'writer': (string);
  /**
   * How long the client will be absent on purpose, for example while it is
   * suspended. For this time the process may run without its client, if its
   * lease (stop_after_disconnect) is shorter. The value holds until the client
   * sends another. A client that is back sends zero. At most 24 hours. It does
   * nothing if there is no lease.
   */
  'absence': (_google_protobuf_Duration__Output | null);
  '_tailLines'?: "tailLines";
  '_inputOffset'?: "inputOffset";
}
