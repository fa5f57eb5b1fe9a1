// Original file: proto/paas/v1/paas.proto


export interface ExecRequest {
  'args'?: (string)[];
}

export interface ExecRequest__Output {
  'args': (string)[];
}
