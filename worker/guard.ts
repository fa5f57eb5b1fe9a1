/**
 * Ending processes although the daemon itself was killed.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The program that does it: what a list in `--allow-run` has to name. */
export const GUARD_PATH: string = fileURLToPath(new URL("guard.sh", import.meta.url));

/** The shortest time between two starts of the program, in milliseconds. */
const RESTART_MS = 1_000;

/** The name of the variable by which a guard knows processes. */
const MARK = "PAAS_GUARD";

/** What a guard tells. */
export interface GuardOptions {
  /** Is told when the program has ended that nobody told to; another one is started. */
  lost?: ((error?: unknown) => void) | undefined;
}

/**
 * A small process beside the daemon that outlives it, and then kills the process groups that it was told of: `guard.sh`.
 * It learns of the daemon's death by the end of a pipe, which the kernel closes however a process dies, and which nobody
 * else holds, for the runtime's own descriptors are not inherited.
 *
 * It also kills what has left its group, and what was being started at that moment, by a variable that all have in their
 * environment. For that it needs the right to look at them (`CAP_SYS_PTRACE` when they run as another account), and they
 * must not have removed it.
 */
export class Guard implements AsyncDisposable {
  /** The variable that a process under guard has in its environment. */
  readonly mark: Readonly<Record<string, string>> = { [MARK]: crypto.randomUUID() };

  readonly #groups = new Set<number>();
  readonly #lost: (error?: unknown) => void;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  #child!: Deno.ChildProcess;
  #writer!: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  /**
   * Starts one.
   *
   * @throws an error when that cannot be done.
   */
  constructor({ lost = () => {} }: GuardOptions = {}) {
    this.#lost = lost;
    this.#start();
    this.#watching = this.#watch();
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Takes a group in; it is under guard when this resolves, or as soon as there is a program again. Never rejects. */
  async add(group: number): Promise<void> {
    this.#groups.add(group);
    await this.#write(`+${group}\n`);
  }

  /** Lets a group go: its number may become another's. */
  remove(group: number): void {
    if (this.#groups.delete(group)) this.#write(`-${group}\n`);
  }

  /** Ends it, and kills what is under guard. Resolves when that is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#writer.close().catch(() => {}); // it may have ended
    await this.#watching;
  }

  /** Starts the program, and tells it of all groups. */
  #start(): void {
    this.#child = new Deno.Command(GUARD_PATH, {
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      cwd: "/",
      detached: true, // what ends the daemon's group does not end it
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#writer.closed.catch(() => {}); // its end is seen by its status
    const mark = `=${MARK}=${this.mark[MARK]}\n`;
    this.#write(mark + [...this.#groups].map((group) => `+${group}\n`).join(""));
  }

  async #write(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text)).catch(() => {}); // the next program is told of all
  }

  /** Starts another program whenever there is none, but not faster than one a second. */
  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      const earliest = performance.now() + RESTART_MS;
      await this.#child.status;
      if (signal.aborted) return;
      this.#writer.abort().catch(() => {});
      this.#lost();
      await delay(Math.max(0, earliest - performance.now()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        this.#start();
      } catch (error) {
        this.#lost(error);
      }
    }
  }
}
