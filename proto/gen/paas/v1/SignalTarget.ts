// Original file: proto/paas/v1/paas.proto

export const SignalTarget = {
  SIGNAL_TARGET_UNSPECIFIED: 'SIGNAL_TARGET_UNSPECIFIED',
  SIGNAL_TARGET_GROUP: 'SIGNAL_TARGET_GROUP',
  SIGNAL_TARGET_LEADER: 'SIGNAL_TARGET_LEADER',
} as const;

export type SignalTarget =
  | 'SIGNAL_TARGET_UNSPECIFIED'
  | 0
  | 'SIGNAL_TARGET_GROUP'
  | 1
  | 'SIGNAL_TARGET_LEADER'
  | 2

export type SignalTarget__Output = typeof SignalTarget[keyof typeof SignalTarget]
