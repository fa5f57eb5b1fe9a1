/**
 * Ctrl-Z while a process is attached: it is suspended as well, and goes on with its client.
 *
 * @module
 */
import type { Attachment } from "../streams/attachment.ts";

/** So long a Ctrl-Z waits for the daemon to know of it, in milliseconds. */
const patience = 2_000;

/** Within so many milliseconds a signal that this program sends itself takes effect. */
const effect = 100;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Suspends the process and then this program at each SIGTSTP, until it is disposed of. */
export class Suspension implements Disposable {
  readonly #attachment: Pick<Attachment, "processId" | "suspend" | "resume">;
  #underway = false;
  #over = false;
  readonly #signalled = () => {
    if (!this.#underway) this.#suspend();
  };

  constructor(attachment: Pick<Attachment, "processId" | "suspend" | "resume">) {
    this.#attachment = attachment;
    Deno.addSignalListener("SIGTSTP", this.#signalled);
  }

  async #suspend(): Promise<void> {
    this.#underway = true;
    if (this.#attachment.processId) await Promise.race([this.#attachment.suspend(), pause(patience)]);
    Deno.removeSignalListener("SIGTSTP", this.#signalled); // what is left is that it stops
    Deno.kill(Deno.pid, "SIGTSTP");
    // Nothing runs from here on until it is continued. Where no shell is that could do so, it does not stop at all.
    await pause(effect);
    if (!this.#over) Deno.addSignalListener("SIGTSTP", this.#signalled);
    this.#underway = false;
    await this.#attachment.resume();
  }

  [Symbol.dispose]() {
    this.#over = true;
    Deno.removeSignalListener("SIGTSTP", this.#signalled);
  }
}
