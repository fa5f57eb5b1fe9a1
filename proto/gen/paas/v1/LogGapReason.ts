// Original file: proto/paas/v1/paas.proto

/**
 * LogGapReason is the reason why the daemon does not send bytes of a log.
 */
export const LogGapReason = {
  /**
   * Not used.
   */
  LOG_GAP_REASON_UNSPECIFIED: 'LOG_GAP_REASON_UNSPECIFIED',
  /**
   * The request excludes the bytes: by tail_lines, since, until or stream.
   */
  LOG_GAP_REASON_NOT_REQUESTED: 'LOG_GAP_REASON_NOT_REQUESTED',
  /**
   * The log, or all logs together, reached their maximum size, and the daemon
   * dropped the oldest bytes of this log.
   */
  LOG_GAP_REASON_DROPPED: 'LOG_GAP_REASON_DROPPED',
  /**
   * The daemon had no space for the bytes: its disk or its quota was full.
   */
  LOG_GAP_REASON_NO_SPACE: 'LOG_GAP_REASON_NO_SPACE',
  /**
   * The daemon could not write the bytes, for another reason.
   */
  LOG_GAP_REASON_WRITE_FAILED: 'LOG_GAP_REASON_WRITE_FAILED',
  /**
   * The reader was too slow and had asked for ON_SLOW_SKIP.
   */
  LOG_GAP_REASON_SKIPPED: 'LOG_GAP_REASON_SKIPPED',
  /**
   * The daemon wrote the bytes but cannot read them back: the file was cut,
   * removed or changed.
   */
  LOG_GAP_REASON_DAMAGED: 'LOG_GAP_REASON_DAMAGED',
} as const;

/**
 * LogGapReason is the reason why the daemon does not send bytes of a log.
 */
export type LogGapReason =
  /**
   * Not used.
   */
  | 'LOG_GAP_REASON_UNSPECIFIED'
  | 0
  /**
   * The request excludes the bytes: by tail_lines, since, until or stream.
   */
  | 'LOG_GAP_REASON_NOT_REQUESTED'
  | 1
  /**
   * The log, or all logs together, reached their maximum size, and the daemon
   * dropped the oldest bytes of this log.
   */
  | 'LOG_GAP_REASON_DROPPED'
  | 2
  /**
   * The daemon had no space for the bytes: its disk or its quota was full.
   */
  | 'LOG_GAP_REASON_NO_SPACE'
  | 3
  /**
   * The daemon could not write the bytes, for another reason.
   */
  | 'LOG_GAP_REASON_WRITE_FAILED'
  | 4
  /**
   * The reader was too slow and had asked for ON_SLOW_SKIP.
   */
  | 'LOG_GAP_REASON_SKIPPED'
  | 5
  /**
   * The daemon wrote the bytes but cannot read them back: the file was cut,
   * removed or changed.
   */
  | 'LOG_GAP_REASON_DAMAGED'
  | 6

/**
 * LogGapReason is the reason why the daemon does not send bytes of a log.
 */
export type LogGapReason__Output = typeof LogGapReason[keyof typeof LogGapReason]
