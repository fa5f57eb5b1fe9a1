// Original file: proto/paas/v1/paas.proto


/**
 * ShareResponse confirms the grant.
 */
export interface ShareResponse {
}

/**
 * ShareResponse confirms the grant.
 */
export interface ShareResponse__Output {
}
