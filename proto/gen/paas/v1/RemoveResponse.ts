// Original file: proto/paas/v1/paas.proto


export interface RemoveResponse {
}

export interface RemoveResponse__Output {
}
