/**
 * Notices who has gone without a word: any byte that arrives is a sign of life.
 *
 * @module
 */
import type { Socket } from "node:net";

/** How often it is looked whether something has arrived, in milliseconds. */
const LOOK_MS = 5_000;

/** So many looks in a row that find nothing are silence: the ping after 30 s has had 10 s for its answer. */
const SILENT_LOOKS = 8;

/**
 * Cuts a connection from which nothing has arrived for 40 s: of a client that is frozen, or whose network is gone. Looks are
 * counted, for a machine that was asleep itself has not listened.
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
