// Original file: proto/paas/v1/paas.proto


export interface ExecResponse {
  'processId'?: (string);
}

export interface ExecResponse__Output {
  'processId': (string);
}
