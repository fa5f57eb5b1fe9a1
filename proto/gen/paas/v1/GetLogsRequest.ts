// Original file: proto/paas/v1/paas.proto


export interface GetLogsRequest {
  'processId'?: (string);
  'follow'?: (boolean);
  '_follow'?: "follow";
}

export interface GetLogsRequest__Output {
  'processId': (string);
  'follow'?: (boolean);
  '_follow'?: "follow";
}
