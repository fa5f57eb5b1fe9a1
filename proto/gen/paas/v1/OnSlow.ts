// Original file: proto/paas/v1/paas.proto

/**
 * OnSlow is how the daemon treats a reader that is slower than the process
 * writes.
 */
export const OnSlow = {
  /**
   * Not used. The same as ON_SLOW_WAIT.
   */
  ON_SLOW_UNSPECIFIED: 'ON_SLOW_UNSPECIFIED',
  /**
   * The reader receives everything, later.
   */
  ON_SLOW_WAIT: 'ON_SLOW_WAIT',
  /**
   * The reader skips to the present when it is more than 4 MiB behind, because
   * it is slow or because the log has that much history. The skipped bytes are
   * a gap. Without follow there is no present, and the daemon sends everything.
   */
  ON_SLOW_SKIP: 'ON_SLOW_SKIP',
} as const;

/**
 * OnSlow is how the daemon treats a reader that is slower than the process
 * writes.
 */
export type OnSlow =
  /**
   * Not used. The same as ON_SLOW_WAIT.
   */
  | 'ON_SLOW_UNSPECIFIED'
  | 0
  /**
   * The reader receives everything, later.
   */
  | 'ON_SLOW_WAIT'
  | 1
  /**
   * The reader skips to the present when it is more than 4 MiB behind, because
   * it is slow or because the log has that much history. The skipped bytes are
   * a gap. Without follow there is no present, and the daemon sends everything.
   */
  | 'ON_SLOW_SKIP'
  | 2

/**
 * OnSlow is how the daemon treats a reader that is slower than the process
 * writes.
 */
export type OnSlow__Output = typeof OnSlow[keyof typeof OnSlow]
