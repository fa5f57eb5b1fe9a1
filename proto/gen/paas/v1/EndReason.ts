// Original file: proto/paas/v1/paas.proto

export const EndReason = {
  END_REASON_UNSPECIFIED: 'END_REASON_UNSPECIFIED',
  END_REASON_EXITED: 'END_REASON_EXITED',
  END_REASON_STOPPED: 'END_REASON_STOPPED',
  END_REASON_TIMED_OUT: 'END_REASON_TIMED_OUT',
  END_REASON_DAEMON_SHUTDOWN: 'END_REASON_DAEMON_SHUTDOWN',
} as const;

export type EndReason =
  | 'END_REASON_UNSPECIFIED'
  | 0
  | 'END_REASON_EXITED'
  | 1
  | 'END_REASON_STOPPED'
  | 2
  | 'END_REASON_TIMED_OUT'
  | 3
  | 'END_REASON_DAEMON_SHUTDOWN'
  | 4

export type EndReason__Output = typeof EndReason[keyof typeof EndReason]
