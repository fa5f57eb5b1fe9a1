// Original file: proto/paas/v1/paas.proto

export const OnSlow = {
  ON_SLOW_UNSPECIFIED: 'ON_SLOW_UNSPECIFIED',
  ON_SLOW_WAIT: 'ON_SLOW_WAIT',
  ON_SLOW_SKIP: 'ON_SLOW_SKIP',
} as const;

export type OnSlow =
  | 'ON_SLOW_UNSPECIFIED'
  | 0
  | 'ON_SLOW_WAIT'
  | 1
  | 'ON_SLOW_SKIP'
  | 2

export type OnSlow__Output = typeof OnSlow[keyof typeof OnSlow]
