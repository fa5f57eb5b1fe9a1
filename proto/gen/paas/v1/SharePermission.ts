// Original file: proto/paas/v1/paas.proto

/**
 * SharePermission is the set of calls that another user may make for a process.
 */
export const SharePermission = {
  /**
   * Not used. The same as SHARE_PERMISSION_VIEW.
   */
  SHARE_PERMISSION_UNSPECIFIED: 'SHARE_PERMISSION_UNSPECIFIED',
  /**
   * GetStatus, GetLogs and Wait.
   */
  SHARE_PERMISSION_VIEW: 'SHARE_PERMISSION_VIEW',
  /**
   * GetStatus, GetLogs, Wait and Stop.
   */
  SHARE_PERMISSION_STOP: 'SHARE_PERMISSION_STOP',
} as const;

/**
 * SharePermission is the set of calls that another user may make for a process.
 */
export type SharePermission =
  /**
   * Not used. The same as SHARE_PERMISSION_VIEW.
   */
  | 'SHARE_PERMISSION_UNSPECIFIED'
  | 0
  /**
   * GetStatus, GetLogs and Wait.
   */
  | 'SHARE_PERMISSION_VIEW'
  | 1
  /**
   * GetStatus, GetLogs, Wait and Stop.
   */
  | 'SHARE_PERMISSION_STOP'
  | 2

/**
 * SharePermission is the set of calls that another user may make for a process.
 */
export type SharePermission__Output = typeof SharePermission[keyof typeof SharePermission]
