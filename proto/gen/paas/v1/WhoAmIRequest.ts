// Original file: proto/paas/v1/paas.proto


export interface WhoAmIRequest {
}

export interface WhoAmIRequest__Output {
}
