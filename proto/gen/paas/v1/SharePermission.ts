// Original file: proto/paas/v1/paas.proto

export const SharePermission = {
  SHARE_PERMISSION_UNSPECIFIED: 'SHARE_PERMISSION_UNSPECIFIED',
  SHARE_PERMISSION_VIEW: 'SHARE_PERMISSION_VIEW',
  SHARE_PERMISSION_STOP: 'SHARE_PERMISSION_STOP',
} as const;

export type SharePermission =
  | 'SHARE_PERMISSION_UNSPECIFIED'
  | 0
  | 'SHARE_PERMISSION_VIEW'
  | 1
  | 'SHARE_PERMISSION_STOP'
  | 2

export type SharePermission__Output = typeof SharePermission[keyof typeof SharePermission]
