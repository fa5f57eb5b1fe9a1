// Original file: proto/paas/v1/paas.proto


/**
 * RemoveResponse confirms that the process was removed.
 */
export interface RemoveResponse {
}

/**
 * RemoveResponse confirms that the process was removed.
 */
export interface RemoveResponse__Output {
}
