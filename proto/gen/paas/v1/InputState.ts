// Original file: proto/paas/v1/paas.proto

import type { Long } from '@grpc/proto-loader';

/**
 * InputState is the state of the stdin of a process.
 */
export interface InputState {
  /**
   * Number of bytes that stdin has taken from this writer. They are in its
   * pipe, or will be as soon as the process reads.
   */
  'taken'?: (number | string | Long);
  /**
   * Whether stdin takes no more input: it was closed, or no process reads it
   * any more.
   */
  'closed'?: (boolean);
}

/**
 * InputState is the state of the stdin of a process.
 */
export interface InputState__Output {
  /**
   * Number of bytes that stdin has taken from this writer. They are in its
   * pipe, or will be as soon as the process reads.
   */
  'taken': (number);
  /**
   * Whether stdin takes no more input: it was closed, or no process reads it
   * any more.
   */
  'closed': (boolean);
}
