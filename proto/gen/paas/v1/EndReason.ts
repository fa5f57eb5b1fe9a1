// Original file: proto/paas/v1/paas.proto

/**
 * EndReason is the reason why a process ended.
 */
export const EndReason = {
  /**
   * The process has not finished.
   */
  END_REASON_UNSPECIFIED: 'END_REASON_UNSPECIFIED',
  /**
   * The process exited by itself.
   */
  END_REASON_EXITED: 'END_REASON_EXITED',
  /**
   * A Stop ended the process.
   */
  END_REASON_STOPPED: 'END_REASON_STOPPED',
  /**
   * The process reached its maximum run time.
   */
  END_REASON_TIMED_OUT: 'END_REASON_TIMED_OUT',
  /**
   * The daemon shut down.
   */
  END_REASON_DAEMON_SHUTDOWN: 'END_REASON_DAEMON_SHUTDOWN',
  /**
   * A signal ended the process, and no Stop had sent it. It came from Signal,
   * from the process itself, or from elsewhere.
   */
  END_REASON_SIGNALLED: 'END_REASON_SIGNALLED',
  /**
   * The process reached its maximum output.
   */
  END_REASON_OUTPUT_LIMIT: 'END_REASON_OUTPUT_LIMIT',
  /**
   * The client was absent for longer than stop_after_disconnect.
   */
  END_REASON_CLIENT_GONE: 'END_REASON_CLIENT_GONE',
  /**
   * The process was running when the daemon died. How it ended is unknown:
   * exit_code and signal are unset. The next daemon has ended what was left of
   * the group, or is ending it.
   */
  END_REASON_DAEMON_LOST: 'END_REASON_DAEMON_LOST',
} as const;

/**
 * EndReason is the reason why a process ended.
 */
export type EndReason =
  /**
   * The process has not finished.
   */
  | 'END_REASON_UNSPECIFIED'
  | 0
  /**
   * The process exited by itself.
   */
  | 'END_REASON_EXITED'
  | 1
  /**
   * A Stop ended the process.
   */
  | 'END_REASON_STOPPED'
  | 2
  /**
   * The process reached its maximum run time.
   */
  | 'END_REASON_TIMED_OUT'
  | 3
  /**
   * The daemon shut down.
   */
  | 'END_REASON_DAEMON_SHUTDOWN'
  | 4
  /**
   * A signal ended the process, and no Stop had sent it. It came from Signal,
   * from the process itself, or from elsewhere.
   */
  | 'END_REASON_SIGNALLED'
  | 5
  /**
   * The process reached its maximum output.
   */
  | 'END_REASON_OUTPUT_LIMIT'
  | 6
  /**
   * The client was absent for longer than stop_after_disconnect.
   */
  | 'END_REASON_CLIENT_GONE'
  | 7
  /**
   * The process was running when the daemon died. How it ended is unknown:
   * exit_code and signal are unset. The next daemon has ended what was left of
   * the group, or is ending it.
   */
  | 'END_REASON_DAEMON_LOST'
  | 8

/**
 * EndReason is the reason why a process ended.
 */
export type EndReason__Output = typeof EndReason[keyof typeof EndReason]
