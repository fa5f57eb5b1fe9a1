/**
 * Ending processes although the daemon itself was killed.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The program that does it: what a list in `--allow-run` has to name. */
export const GUARD_PATH: string = fileURLToPath(new URL("guard.sh", import.meta.url));

/** How often the program is asked for a sign of life, and the shortest time between two starts of it, in milliseconds. */
const BEAT_MS = 1_000;

/** It is given up when it has not answered so many of them. */
const MAX_SILENCE = 3;

/** How long it may take to end, in milliseconds: it looks for processes until there are none. */
const END_MS = 10_000;

/** The name of the variable by which a guard knows processes. */
const MARK = "PAAS_GUARD";

/** What a guard tells. */
export interface GuardOptions {
  /** Called when the program has ended that nobody told to, or takes nothing any more; another one is started. */
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
  /** Groups that have come or gone since the last write. */
  readonly #untold = new Set<number>();
  readonly #lost: (error?: unknown) => void;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  readonly #heart: ReturnType<typeof setInterval>;
  #child!: Deno.ChildProcess;
  #writer!: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** The write that is under way, and the one that comes after it with all that has happened until then. */
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Whether the last beat has seen the write that is under way. */
  #isOld = false;
  /** How many beats ago the program has answered. */
  #silence = 0;
  /** Why it was killed, if it was. */
  #fault: Error | undefined;

  /**
   * Starts one.
   *
   * @throws an error when that cannot be done.
   */
  constructor({ lost = () => {} }: GuardOptions = {}) {
    this.#lost = lost;
    this.#start();
    this.#watching = this.#watch();
    this.#heart = setInterval(() => this.#beat(), BEAT_MS);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Takes a group in; it is under guard when this resolves, or as soon as there is a program again. Never rejects, and does
   * not wait for a program that takes nothing: that is replaced within two beats.
   */
  async add(group: number): Promise<void> {
    this.#groups.add(group);
    await this.#tell(group);
  }

  /** Lets a group go: its number may become another's. */
  remove(group: number): void {
    if (this.#groups.delete(group)) this.#tell(group);
  }

  /** Ends it, and kills what is under guard. Resolves when that is done, or could not be done in {@linkcode END_MS}. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#heart);
    const limit = setTimeout(() => this.#kill(), END_MS);
    await this.#next;
    await this.#writer.close().catch(() => {}); // it may have ended
    await this.#watching;
    clearTimeout(limit);
  }

  /** Starts the program, and tells it of all groups. */
  #start(): void {
    const child = this.#child = new Deno.Command(GUARD_PATH, {
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      cwd: "/",
      detached: true, // what ends the daemon's group does not end it
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = child.stdin.getWriter();
    this.#writer.closed.catch(() => {}); // its end is seen by its status
    this.#fault = undefined;
    this.#silence = 0;
    this.#listen(child);
    this.#untold.clear();
    const mark = `=${MARK}=${this.mark[MARK]}\n`;
    this.#write(mark + [...this.#groups].map((group) => `+${group}\n`).join(""));
  }

  /** Minds the answers of a program. */
  async #listen(child: Deno.ChildProcess): Promise<void> {
    const reader = child.stdout.getReader();
    child.status.then(() => reader.cancel()); // what it has started may hold it
    while (!(await reader.read()).done) if (child === this.#child) this.#silence = 0;
  }

  /** Tells the program that a group has come or gone; resolves when that is in its pipe, or the program is lost. */
  #tell(group: number): Promise<void> {
    this.#untold.add(group);
    return this.#next ??= this.#tellAll();
  }

  /** One write at a time: what happens meanwhile goes together into the next, so that nothing is queued. */
  async #tellAll(): Promise<void> {
    await this.#writing;
    this.#next = undefined;
    const lines = [...this.#untold].map((group) => `${this.#groups.has(group) ? "+" : "-"}${group}\n`);
    this.#untold.clear();
    await this.#write(lines.join(""));
  }

  #write(text: string): Promise<void> {
    this.#isOld = false;
    const written = this.#writer.write(new TextEncoder().encode(text)).catch(() => {}) // the next program is told of all
      .then(() => {
        if (this.#writing === written) this.#writing = undefined;
      });
    return this.#writing = written;
  }

  /**
   * Looks whether the program still takes what it is told. It is beats that are counted, and not time: a daemon that was
   * stopped itself, or had no processor, must not take that for a fault of the program.
   */
  #beat(): void {
    if (this.#writing) {
      if (this.#isOld) this.#giveUp("it takes nothing any more");
      this.#isOld = true;
      return;
    }
    if (this.#silence >= MAX_SILENCE) return this.#giveUp("it does not answer");
    this.#silence++;
    this.#write("?\n");
  }

  /** The program may have been stopped by SIGSTOP. It is dead then, and replaced. */
  #giveUp(why: string): void {
    this.#fault ??= new Error(why);
    this.#kill();
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }

  /** Starts another program whenever there is none, but not faster than one a beat. */
  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      const earliest = performance.now() + BEAT_MS;
      await this.#child.status;
      if (signal.aborted) return;
      this.#writer.abort().catch(() => {});
      this.#lost(this.#fault);
      await delay(Math.max(0, earliest - performance.now()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        this.#start();
      } catch (error) {
        this.#fault = error as Error; // told in the next round
      }
    }
  }
}
