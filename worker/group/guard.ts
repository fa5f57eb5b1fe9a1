/**
 * Ending processes although the daemon itself was killed.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/**
 * The path of the guard's program. A list in `--allow-run` has to name it. There is none when this library was loaded over
 * the network.
 */
export const GUARD_PATH: string | undefined = import.meta.url.startsWith("file:")
  ? fileURLToPath(new URL("guard.sh", import.meta.url))
  : undefined;

/** The pause between two heartbeats, and the shortest time between two starts of the program, in milliseconds. */
const BEAT_MS = 1_000;

/** Maximum number of heartbeats without an answer. Then the program is given up. */
const MAX_SILENCE = 3;

/** How long the program may take to end, in milliseconds: it looks for processes until there are none. */
const END_MS = 10_000;

/** The name of the variable by which a guard finds processes. */
const MARK = "PAAS_GUARD";

/** Options of a guard. */
export interface GuardOptions {
  /** Called when the program has ended by itself, or answers no more. Another one is started. */
  lost?: ((error?: unknown) => void) | undefined;
}

/**
 * A small process, `guard.sh`, that outlives its daemon and then kills the process groups under guard.
 *
 * The end of a pipe tells the guard that the daemon is dead: the kernel closes the pipe however the daemon dies, and no
 * other process holds it, for the runtime's own descriptors are not inherited.
 *
 * The guard also kills processes that have left their group, or were being started at that moment: all of them have a
 * variable in their environment. For that the guard needs the right to read it (`CAP_SYS_PTRACE` when they run as another
 * account), and a process that has removed the variable is not found.
 *
 * @example
 * ```ts
 * import { spawn, Spool } from "@paas/worker";
 * import { Guard } from "@paas/worker/confinement";
 *
 * const directory = await Deno.makeTempDir();
 * using spool = await Spool.open(directory);
 * await using guard = Guard.start();
 * const child = await spawn({ args: ["true"], spool, guard });
 * await child.ended;
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class Guard implements AsyncDisposable {
  /** The variable that each process under guard has in its environment. */
  readonly mark: Readonly<Record<string, string>> = { [MARK]: crypto.randomUUID() };

  readonly #groups = new Set<number>();
  /** The groups that have come or gone since the last write. */
  readonly #untold = new Set<number>();
  readonly #lost: (error?: unknown) => void;
  readonly #closing = new AbortController();
  #watching: Promise<void> | undefined;
  #heart: ReturnType<typeof setInterval> | undefined;
  #child!: Deno.ChildProcess;
  #writer!: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** The write that is under way, and the next one, with all changes until then. */
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Whether the last heartbeat has seen the write that is under way. */
  #isOld = false;
  /** The number of heartbeats since the last answer. */
  #silence = 0;
  /** The reason why the program was killed, if it was. */
  #fault: Error | undefined;

  private constructor(lost: (error?: unknown) => void) {
    this.#lost = lost;
  }

  /**
   * Starts a guard.
   *
   * @throws {Error} When its program cannot be started.
   */
  static start({ lost = () => {} }: GuardOptions = {}): Guard {
    const guard = new Guard(lost);
    guard.#start();
    guard.#watching = guard.#watch();
    guard.#heart = setInterval(() => guard.#beat(), BEAT_MS);
    return guard;
  }

  /** The process id of the program. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Takes a group under guard. Resolves when that is done; the group is also under guard as soon as there is a program
   * again. Never rejects, and does not wait for a program that takes nothing: it is replaced within two heartbeats.
   */
  async add(group: number): Promise<void> {
    this.#groups.add(group);
    await this.#tell(group);
  }

  /** Lets a group go: another group may get its number. */
  remove(group: number): void {
    if (this.#groups.delete(group)) this.#tell(group);
  }

  /** Ends the guard, which kills all groups under guard. Resolves when that is done, after 10 s at the latest. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#heart);
    const limit = setTimeout(() => this.#kill(), END_MS);
    await this.#next;
    await this.#writer.close().catch(() => {}); // the program may have ended
    await this.#watching;
    clearTimeout(limit);
  }

  /** Starts the program, and passes all groups to it. */
  #start(): void {
    if (GUARD_PATH === undefined) throw new Error("A guard needs this library on a disk: its program is a file of it");
    const child = this.#child = new Deno.Command(GUARD_PATH, {
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      cwd: "/",
      detached: true, // a signal to the daemon's group does not reach it
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = child.stdin.getWriter();
    this.#writer.closed.catch(() => {}); // the status of the program tells its end
    this.#fault = undefined;
    this.#silence = 0;
    this.#listen(child);
    this.#untold.clear();
    const mark = `=${MARK}=${this.mark[MARK]}\n`;
    this.#write(mark + [...this.#groups].map((group) => `+${group}\n`).join(""));
  }

  /** Reads the answers of a program. */
  async #listen(child: Deno.ChildProcess): Promise<void> {
    const reader = child.stdout.getReader();
    child.status.then(() => reader.cancel()); // its children may hold the pipe
    while (!(await reader.read()).done) if (child === this.#child) this.#silence = 0;
  }

  /** Passes on that a group has come or gone. Resolves when that is in the pipe, or the program is lost. */
  #tell(group: number): Promise<void> {
    this.#untold.add(group);
    return this.#next ??= this.#tellAll();
  }

  /** Writes all changes at once, one write at a time, so that nothing is queued. */
  async #tellAll(): Promise<void> {
    await this.#writing;
    this.#next = undefined;
    const lines = [...this.#untold].map((group) => `${this.#groups.has(group) ? "+" : "-"}${group}\n`);
    this.#untold.clear();
    await this.#write(lines.join(""));
  }

  #write(text: string): Promise<void> {
    this.#isOld = false;
    const written = this.#writer.write(new TextEncoder().encode(text)).catch(() => {}) // the next program gets all groups
      .then(() => {
        if (this.#writing === written) this.#writing = undefined;
      });
    return this.#writing = written;
  }

  /**
   * Checks whether the program still takes and answers lines. Heartbeats are counted, and not time: a daemon that was
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

  /** Kills a program that may have been stopped by SIGSTOP. Another one replaces it. */
  #giveUp(why: string): void {
    this.#fault ??= new Error(why);
    this.#kill();
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // The program has ended.
    }
  }

  /** Starts another program whenever one has ended, at most one in a heartbeat. */
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
        this.#fault = error as Error; // reported in the next round
      }
    }
  }
}
