// Original file: proto/paas/v1/paas.proto

import type { SharePermission as _paas_v1_SharePermission, SharePermission__Output as _paas_v1_SharePermission__Output } from '../../paas/v1/SharePermission.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * Grant is the permission of another user for a process.
 */
export interface Grant {
  /**
   * The id of the other user.
   */
  'user'?: (string);
  /**
   * The permission.
   */
  'permission'?: (_paas_v1_SharePermission);
  /**
   * The time at which the grant ends. Unset means when it is withdrawn.
   */
  'until'?: (_google_protobuf_Timestamp | null);
}

/**
 * Grant is the permission of another user for a process.
 */
export interface Grant__Output {
  /**
   * The id of the other user.
   */
  'user': (string);
  /**
   * The permission.
   */
  'permission': (_paas_v1_SharePermission__Output);
  /**
   * The time at which the grant ends. Unset means when it is withdrawn.
   */
  'until': (_google_protobuf_Timestamp__Output | null);
}
