/**
 * Notices clients that have stopped reading.
 *
 * @module
 */
import type { Guest } from "../identity/identity.ts";

/** Bytes that a connection which takes nothing may still take: a GOAWAY and a PING. */
const GOODBYE_BYTES = 256;

/**
 * Cuts each connection that takes nothing for some time, or whose last stream ended so long ago, until the signal
 * aborts.
 *
 * @param limit The time, in milliseconds.
 */
export function cutStalled(guests: Iterable<Guest>, limit: number, signal: AbortSignal): void {
  const taken = new WeakMap<Guest, { bytes: number; time: number }>();
  const start = performance.now();
  const check = () => {
    const time = performance.now();
    for (const guest of guests) {
      const bytes = guest.socket.bytesWritten;
      const last = taken.get(guest);
      const stalled = last && bytes - last.bytes <= GOODBYE_BYTES && time - last.time >= limit;
      const stays = time - start >= limit && guest.hasReadUntil(time - limit);
      if (stalled || stays) guest.socket.destroy();
      else if (!last || bytes - last.bytes > GOODBYE_BYTES) taken.set(guest, { bytes, time });
    }
  };
  check();
  const timer = setInterval(check, limit / 20);
  signal.addEventListener("abort", () => clearInterval(timer));
}
