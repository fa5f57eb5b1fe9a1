// Original file: proto/paas/v1/paas.proto

export const LogGapReason = {
  LOG_GAP_REASON_UNSPECIFIED: 'LOG_GAP_REASON_UNSPECIFIED',
  LOG_GAP_REASON_NOT_REQUESTED: 'LOG_GAP_REASON_NOT_REQUESTED',
} as const;

export type LogGapReason =
  | 'LOG_GAP_REASON_UNSPECIFIED'
  | 0
  | 'LOG_GAP_REASON_NOT_REQUESTED'
  | 1

export type LogGapReason__Output = typeof LogGapReason[keyof typeof LogGapReason]
