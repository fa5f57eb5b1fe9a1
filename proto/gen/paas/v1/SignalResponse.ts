// Original file: proto/paas/v1/paas.proto


export interface SignalResponse {
}

export interface SignalResponse__Output {
}
