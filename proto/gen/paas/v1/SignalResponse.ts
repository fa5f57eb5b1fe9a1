// Original file: proto/paas/v1/paas.proto


/**
 * SignalResponse confirms that the signal was sent.
 */
export interface SignalResponse {
}

/**
 * SignalResponse confirms that the signal was sent.
 */
export interface SignalResponse__Output {
}
