// Original file: proto/paas/v1/paas.proto


export interface RemoveRequest {
  'processId'?: (string);
}

export interface RemoveRequest__Output {
  'processId': (string);
}
