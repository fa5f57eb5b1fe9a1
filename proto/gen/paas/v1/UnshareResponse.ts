// Original file: proto/paas/v1/paas.proto


/**
 * UnshareResponse confirms that the grant is withdrawn.
 */
export interface UnshareResponse {
}

/**
 * UnshareResponse confirms that the grant is withdrawn.
 */
export interface UnshareResponse__Output {
}
