/**
 * Random numbers for TLS, in time.
 *
 * @module
 */

/**
 * Has the runtime's cryptographic library (AWS-LC) gather what its random numbers grow from. It does so once in a process,
 * when the first is asked for, by measuring the jitter of the CPU for some 30 ms. TLS would do it on the one thread, with
 * the connection waiting. Where a key is made that nobody wants, it is done in another thread while modules are loaded.
 * It changes nothing but when it happens.
 */
export function gatherEntropy(): void {
  crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]).catch(() => {});
}
