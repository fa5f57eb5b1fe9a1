// Original file: proto/paas/v1/paas.proto


export interface UnshareRequest {
  'processId'?: (string);
  'user'?: (string);
}

export interface UnshareRequest__Output {
  'processId': (string);
  'user': (string);
}
