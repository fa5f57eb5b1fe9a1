/**
 * What the machine shows of the daemon: open file descriptors, and free space on the disk.
 *
 * @module
 */
import { SYSTEM_PATH } from "@paas/worker/confinement";
import { SETSID_PATH } from "@paas/worker/requirements";

/** Time for a look, in milliseconds. */
const LIMIT_MS = 2_000;

/** Time for which a look serves all who ask, in milliseconds: nobody can make the daemon start a program more often. */
const FRESH_MS = 1_000;

/** Prints the number of descriptors of a process, and the free blocks of a directory's file system with their size. */
const SCRIPT = 'dir=$2; set -- /proc/"$1"/fd/*; echo $#; exec stat -f -c "%a %S" -- "$dir"';

/** What was seen. A figure that could not be read is `undefined`. */
export interface Seen {
  /** Number of open file descriptors. */
  readonly descriptors?: number | undefined;
  /** Free space of the file system, in bytes. */
  readonly free?: number | undefined;
}

/**
 * Looks at the machine, when it is asked. The runtime shows neither figure without permissions for everything, so a
 * shell reads them. It is started by setsid(1), as all commands are, and so needs no permission of its own.
 */
export class Machine {
  readonly #directory: string;
  readonly #descriptorLimit: number;
  #look: Promise<Seen> | undefined;
  #looked = -Infinity;
  #looking = false;

  /** @param directory A directory on the file system whose free space counts. */
  constructor(directory: string, descriptorLimit: number) {
    this.#directory = directory;
    this.#descriptorLimit = descriptorLimit;
  }

  /** Gives what there is to see now, or was at most a second ago. */
  async see(): Promise<Seen> {
    // A shell that waits for a disk may not end, even when it is killed; there is never more than one.
    if (!this.#looking && performance.now() - this.#looked >= FRESH_MS) {
      this.#looked = performance.now();
      this.#look = this.#read();
    }
    return await this.#look ?? {};
  }

  async #read(): Promise<Seen> {
    this.#looking = true;
    const late = Promise.withResolvers<Seen>();
    let child: Deno.ChildProcess | undefined;
    const timer = setTimeout(() => {
      child?.kill("SIGKILL");
      late.resolve({});
    }, LIMIT_MS);
    try {
      child = new Deno.Command(SETSID_PATH, {
        args: ["sh", "-c", SCRIPT, "sh", String(Deno.pid), this.#directory],
        clearEnv: true,
        env: { PATH: SYSTEM_PATH },
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const printed = child.output().finally(() => this.#looking = false);
      return await Promise.race([
        printed.then(({ stdout }) => parseSeen(new TextDecoder().decode(stdout))),
        late.promise,
      ]);
    } catch (error) {
      this.#looking = false;
      return (error as { code?: string }).code === "EMFILE" ? { descriptors: this.#descriptorLimit } : {}; // none is left
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Reads what the shell has printed.
 *
 * @example
 * ```ts
 * import { parseSeen } from "./machine.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseSeen("21\n1000 4096\n"), { descriptors: 21, free: 4_096_000 });
 * ```
 */
export function parseSeen(text: string): Seen {
  const [, descriptors, blocks, size] = /^(\d+)\n(?:(\d+) (\d+)\n)?$/.exec(text) ?? [];
  return {
    // An account that may not read the directory sees one word: the pattern itself.
    descriptors: Number(descriptors) > 1 ? Number(descriptors) : undefined,
    free: blocks === undefined ? undefined : Number(blocks) * Number(size),
  };
}
