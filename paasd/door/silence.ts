/**
 * Notices clients that have vanished: any byte that arrives is a sign of life.
 *
 * @module
 */
import type { Socket } from "node:net";

/** Time between two looks for bytes that have arrived, in milliseconds. */
const LOOK_MS = 5_000;

/** Number of looks in a row that must find nothing: the ping after 30 s has had 10 s for its answer by then. */
const SILENT_LOOKS = 8;

/**
 * Cuts a connection from which nothing has arrived for 40 s: its client is frozen, or the network is gone. Looks are
 * counted and not time, because a daemon whose machine was asleep has not listened.
 *
 * @param interval Time between two looks, in milliseconds.
 */
export function cutWhenSilent(socket: Pick<Socket, "bytesRead" | "destroy" | "once">, interval = LOOK_MS): void {
  let read = socket.bytesRead;
  let silent = 0;
  const timer = setInterval(() => {
    silent = socket.bytesRead > read ? 0 : silent + 1;
    read = socket.bytesRead;
    if (silent >= SILENT_LOOKS) socket.destroy();
  }, interval);
  socket.once("close", () => clearInterval(timer));
}
