// Original file: proto/paas/v1/paas.proto

import type { ProcessState as _paas_v1_ProcessState, ProcessState__Output as _paas_v1_ProcessState__Output } from '../../paas/v1/ProcessState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * ListRequest selects some of the user's own processes. A process must match
 * all fields that are set.
 */
export interface ListRequest {
  /**
   * The process is in one of these states. At most 3. None means any state.
   */
  'states'?: (_paas_v1_ProcessState)[];
  /**
   * The process has this name, of at most 63 bytes.
   */
  'name'?: (string);
  /**
   * The process has all of these labels. At most 64, with keys of at most 63
   * bytes and values of at most 255.
   */
  'labels'?: ({[key: string]: string});
  /**
   * The process started at this time or later.
   */
  'startedSince'?: (_google_protobuf_Timestamp | null);
  /**
   * The process started before this time.
   */
  'startedUntil'?: (_google_protobuf_Timestamp | null);
  /**
   * The id of the process begins with this text: at most 36 hexadecimal digits
   * and hyphens, as in an id.
   */
  'idPrefix'?: (string);
  /**
   * Maximum number of processes in the page, at most 1,000. Zero means 100.
   */
  'pageSize'?: (number);
  /**
   * The next_page_token of the previous page, of at most 64 bytes. All other
   * fields must be the same as in the request for that page.
   */
  'pageToken'?: (string);
  /**
   * Whether to list the processes of all users. Only viewers and operators may.
   */
  'allUsers'?: (boolean);
  /**
   * Only processes of the user with this id, of 64 hexadecimal digits. Another
   * user's processes need all_users as well.
   */
  'owner'?: (string);
  /**
   * Whether to list finished processes that wait for a restart as well, whatever
   * states says.
   */
  'waiting'?: (boolean);
}

/**
 * ListRequest selects some of the user's own processes. A process must match
 * all fields that are set.
 */
export interface ListRequest__Output {
  /**
   * The process is in one of these states. At most 3. None means any state.
   */
  'states': (_paas_v1_ProcessState__Output)[];
  /**
   * The process has this name, of at most 63 bytes.
   */
  'name': (string);
  /**
   * The process has all of these labels. At most 64, with keys of at most 63
   * bytes and values of at most 255.
   */
  'labels': ({[key: string]: string});
  /**
   * The process started at this time or later.
   */
  'startedSince': (_google_protobuf_Timestamp__Output | null);
  /**
   * The process started before this time.
   */
  'startedUntil': (_google_protobuf_Timestamp__Output | null);
  /**
   * The id of the process begins with this text: at most 36 hexadecimal digits
   * and hyphens, as in an id.
   */
  'idPrefix': (string);
  /**
   * Maximum number of processes in the page, at most 1,000. Zero means 100.
   */
  'pageSize': (number);
  /**
   * The next_page_token of the previous page, of at most 64 bytes. All other
   * fields must be the same as in the request for that page.
   */
  'pageToken': (string);
  /**
   * Whether to list the processes of all users. Only viewers and operators may.
   */
  'allUsers': (boolean);
  /**
   * Only processes of the user with this id, of 64 hexadecimal digits. Another
   * user's processes need all_users as well.
   */
  'owner': (string);
  /**
   * Whether to list finished processes that wait for a restart as well, whatever
   * states says.
   */
  'waiting': (boolean);
}
