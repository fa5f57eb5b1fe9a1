// Original file: proto/paas/v1/paas.proto


export interface WatchRequest {
  'allUsers'?: (boolean);
}

export interface WatchRequest__Output {
  'allUsers': (boolean);
}
