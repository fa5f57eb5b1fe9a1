// Original file: proto/paas/v1/paas.proto


/**
 * WhoAmIRequest asks for the identity of the caller.
 */
export interface WhoAmIRequest {
}

/**
 * WhoAmIRequest asks for the identity of the caller.
 */
export interface WhoAmIRequest__Output {
}
