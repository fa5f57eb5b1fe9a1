// Original file: proto/paas/v1/paas.proto

/**
 * LogStream is the file descriptor that the process wrote to.
 */
export const LogStream = {
  /**
   * Not used.
   */
  LOG_STREAM_UNSPECIFIED: 'LOG_STREAM_UNSPECIFIED',
  /**
   * File descriptor 1.
   */
  LOG_STREAM_STDOUT: 'LOG_STREAM_STDOUT',
  /**
   * File descriptor 2.
   */
  LOG_STREAM_STDERR: 'LOG_STREAM_STDERR',
} as const;

/**
 * LogStream is the file descriptor that the process wrote to.
 */
export type LogStream =
  /**
   * Not used.
   */
  | 'LOG_STREAM_UNSPECIFIED'
  | 0
  /**
   * File descriptor 1.
   */
  | 'LOG_STREAM_STDOUT'
  | 1
  /**
   * File descriptor 2.
   */
  | 'LOG_STREAM_STDERR'
  | 2

/**
 * LogStream is the file descriptor that the process wrote to.
 */
export type LogStream__Output = typeof LogStream[keyof typeof LogStream]
