// Original file: proto/paas/v1/paas.proto

import type { SharePermission as _paas_v1_SharePermission, SharePermission__Output as _paas_v1_SharePermission__Output } from '../../paas/v1/SharePermission.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * ShareRequest describes a grant.
 */
export interface ShareRequest {
  /**
   * The process, which must be the user's own.
   */
  'processId'?: (string);
  /**
   * The id of the other user: 64 hexadecimal digits. Users learn their own id
   * from WhoAmI.
   */
  'user'?: (string);
  /**
   * The permission. Unset means SHARE_PERMISSION_VIEW.
   */
  'permission'?: (_paas_v1_SharePermission);
  /**
   * The time at which the grant ends, in the future. Unset means when it is
   * withdrawn.
   */
  'until'?: (_google_protobuf_Timestamp | null);
}

/**
 * ShareRequest describes a grant.
 */
export interface ShareRequest__Output {
  /**
   * The process, which must be the user's own.
   */
  'processId': (string);
  /**
   * The id of the other user: 64 hexadecimal digits. Users learn their own id
   * from WhoAmI.
   */
  'user': (string);
  /**
   * The permission. Unset means SHARE_PERMISSION_VIEW.
   */
  'permission': (_paas_v1_SharePermission__Output);
  /**
   * The time at which the grant ends, in the future. Unset means when it is
   * withdrawn.
   */
  'until': (_google_protobuf_Timestamp__Output | null);
}
