// Original file: proto/paas/v1/paas.proto


export interface ShareResponse {
}

export interface ShareResponse__Output {
}
