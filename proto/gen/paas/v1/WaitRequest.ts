// Original file: proto/paas/v1/paas.proto


export interface WaitRequest {
  'processId'?: (string);
}

export interface WaitRequest__Output {
  'processId': (string);
}
