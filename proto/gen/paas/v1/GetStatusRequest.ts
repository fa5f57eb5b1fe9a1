// Original file: proto/paas/v1/paas.proto


export interface GetStatusRequest {
  'processId'?: (string);
}

export interface GetStatusRequest__Output {
  'processId': (string);
}
