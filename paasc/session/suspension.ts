/**
 * Meaning of Ctrl-Z in a session: the process is suspended together with its client, and continues together with it.
 *
 * @module
 */
import type { Attachment } from "../streams/attachment.ts";
import type { LocalTerminal } from "./local_terminal.ts";
import { pause } from "../words/platform.ts";

/** Maximum time that Ctrl-Z waits for the daemon, in milliseconds. */
const PATIENCE_MS = 2_000;

/** Maximum time until a signal takes effect that this program sends itself, in milliseconds. */
const EFFECT_MS = 100;

/** Suspends the process and then this program at each SIGTSTP, until it is disposed. */
export class Suspension implements Disposable {
  readonly #attachment: Pick<Attachment, "processId" | "suspend" | "resume">;
  readonly #terminal: LocalTerminal | undefined;
  #underway = false;
  #over = false;
  readonly #signalled = () => {
    if (!this.#underway) this.#suspend();
  };

  /** @param terminal The terminal that is to be as before while this program is suspended */
  constructor(attachment: Pick<Attachment, "processId" | "suspend" | "resume">, terminal?: LocalTerminal) {
    this.#attachment = attachment;
    this.#terminal = terminal;
    Deno.addSignalListener("SIGTSTP", this.#signalled);
  }

  async #suspend(): Promise<void> {
    this.#underway = true;
    if (this.#attachment.processId) await Promise.race([this.#attachment.suspend(), pause(PATIENCE_MS)]);
    Deno.removeSignalListener("SIGTSTP", this.#signalled); // the default action is to stop
    this.#terminal?.leave();
    Deno.kill(Deno.pid, "SIGTSTP");
    // The program stops here until a shell continues it. The kernel does not stop it if there is no shell to do so.
    await pause(EFFECT_MS);
    if (!this.#over) {
      Deno.addSignalListener("SIGTSTP", this.#signalled);
      this.#terminal?.enter();
    }
    this.#underway = false;
    await this.#attachment.resume();
  }

  [Symbol.dispose]() {
    this.#over = true;
    Deno.removeSignalListener("SIGTSTP", this.#signalled);
  }
}
