// Original file: proto/paas/v1/paas.proto


export interface UnshareResponse {
}

export interface UnshareResponse__Output {
}
