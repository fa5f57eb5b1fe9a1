/**
 * The lock of a spool: one program at a time uses it, and leaves a sign of life there.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Proc } from "./proc.ts";

/** How often the sign of life is given, in milliseconds. */
const BEAT_MS = 1_000;

/**
 * For so long a lock is waited for, in milliseconds: a child of a program that was killed holds it as well, from its fork
 * until it runs another program.
 */
const WAIT_MS = 1_000;
const PAUSE_MS = 20;

/** When a program was last known to live. */
export interface SignOfLife {
  /** In which run of the machine. */
  readonly boot: string;
  /** In clock ticks since the machine was started. */
  readonly ticks: number;
}

/**
 * A file that is locked with flock(2): the kernel lets go of it when its program ends, however that is. Children do not
 * keep it, for their copy of the descriptor is closed when they run their program.
 */
export class SpoolLock implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #proc: Proc | undefined;
  readonly #timer: ReturnType<typeof setInterval>;
  /** How many processes were started on this machine, a second ago at most. */
  forks: number | undefined;
  /** The last sign of life of the program before. */
  readonly last: SignOfLife | undefined;

  private constructor(file: Deno.FsFile, proc: Proc | undefined) {
    this.#file = file;
    this.#proc = proc;
    this.last = readSign(file);
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /** @throws when another program has it. */
  static async take(path: string, proc: Proc | undefined): Promise<SpoolLock> {
    const file = Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 });
    try {
      for (let waited = 0; !file.tryLockSync(true); waited += PAUSE_MS) {
        if (waited >= WAIT_MS) throw new Error("another daemon uses it");
        await delay(PAUSE_MS);
      }
      return new SpoolLock(file, proc);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Lets go of it. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#file.close();
  }

  #beat(): void {
    const ticks = this.#proc?.now();
    if (ticks === undefined) return;
    this.forks = this.#proc!.forks();
    const sign: SignOfLife = { boot: this.#proc!.bootId, ticks };
    try {
      this.#file.seekSync(0, Deno.SeekMode.Start);
      this.#file.writeSync(new TextEncoder().encode(`${JSON.stringify(sign).padEnd(127)}\n`));
    } catch {
      // The disk is full: who comes next knows less.
    }
  }
}

/** Whether a program has a lock; there may be none yet. */
export function isLocked(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    return !file.tryLockSync(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function readSign(file: Deno.FsFile): SignOfLife | undefined {
  const bytes = new Uint8Array(128);
  const length = file.readSync(bytes) ?? 0;
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
  } catch {
    return undefined; // it is new, or was cut short
  }
}
