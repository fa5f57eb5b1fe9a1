// Original file: proto/paas/v1/paas.proto


export interface DrainResponse {
  'processes'?: (number);
}

export interface DrainResponse__Output {
  'processes': (number);
}
