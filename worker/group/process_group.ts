/**
 * The process group of a child, which signals go to.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { SignalError } from "../errors.ts";
import { kill } from "../system/kill.ts";
import { withinTime } from "../system/time.ts";

/** Maximum pause between two checks whether a group is gone, in milliseconds. */
const MAX_POLL_MS = 50;

/**
 * A process group whose leader is a child of ours.
 *
 * The group is signalled only while its number is surely ours. The kernel keeps the number until the leader has been
 * reaped, and afterwards as long as the group has members (credentials(7)). So the group is looked for at once when the
 * leader exits. "No such group" after that means that the group is gone for good, and its number is never used again here.
 */
export class ProcessGroup {
  readonly #id: number;
  readonly #leaderExit: Promise<unknown>;
  #leaderExited = false;
  #gone = false;

  /**
   * Makes a group.
   *
   * @param id The process id of the leader, which is the number of its group.
   * @param leaderExit Settles when the leader has been reaped.
   */
  constructor(id: number, leaderExit: Promise<unknown>) {
    this.#id = id;
    const look = () => {
      this.#leaderExited = true;
      this.#exists();
    };
    this.#leaderExit = leaderExit.then(look, look);
  }

  /**
   * Sends a signal to every member. Nothing happens when the group is gone.
   *
   * @throws {SignalError} When the kernel does not allow it for any member.
   */
  signal(signal: Deno.Signal | number): void {
    if (this.#gone) return;
    try {
      kill(-this.#id, signal);
    } catch (cause) {
      if ((cause as { code?: string }).code !== "ESRCH") throw new SignalError(signal, { cause });
      this.#gone = this.#leaderExited;
    }
  }

  /**
   * Sends a signal to the leader alone. Nothing happens once it has exited.
   *
   * @throws {SignalError} When the kernel does not allow it.
   */
  signalLeader(signal: number): void {
    if (this.#leaderExited) return;
    try {
      kill(this.#id, signal);
    } catch (cause) {
      if ((cause as { code?: string }).code !== "ESRCH") throw new SignalError(signal, { cause });
    }
  }

  /**
   * Waits until the group is gone, at most this many milliseconds. Resolves with whether it is gone.
   *
   * Dead members that their new parent (usually process 1) has not reaped count as left: the kernel does not tell them
   * apart.
   */
  async gone(within: number): Promise<boolean> {
    const deadline = performance.now() + within;
    await withinTime(this.#leaderExit, within);
    for (let pause = 1; this.#exists(); pause = Math.min(2 * pause, MAX_POLL_MS)) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await delay(Math.min(pause, left));
    }
    return true;
  }

  #exists(): boolean {
    if (this.#gone) return false;
    try {
      kill(-this.#id, 0);
    } catch (error) {
      // EPERM means that there is a member that we may not signal.
      if ((error as { code?: string }).code === "ESRCH") this.#gone = this.#leaderExited;
    }
    return !this.#gone;
  }
}
