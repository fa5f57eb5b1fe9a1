/**
 * Gathers entropy for TLS in good time.
 *
 * @module
 */

/**
 * Makes the runtime's cryptographic library (AWS-LC) seed its random numbers now. The library seeds them once in a process,
 * at first use, by measuring the jitter of the CPU for some 30 ms. TLS would do that on the main thread while the connection
 * waits. A key that nobody uses makes the library do it on another thread, while modules are loaded.
 */
export function gatherEntropy(): void {
  crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]).catch(() => {});
}
