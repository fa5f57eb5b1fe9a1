// Original file: proto/paas/v1/paas.proto


export interface WatchRequest {
}

export interface WatchRequest__Output {
}
