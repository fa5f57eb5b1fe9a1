/**
 * What the kernel tells of processes, in /proc (proc(5)). The runtime lets only those read there who may do everything;
 * the C library asks for no more than the right to load it.
 *
 * @module
 */
import { cString, LIBC_PATHS } from "./libc.ts";

const O_RDONLY = 0;
const READ_BYTES = 64 * 1024;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "isize" }, // glibc 2.30
} as const satisfies Deno.ForeignLibraryInterface;

/** What the kernel tells of one process (proc_pid_stat(5)). */
export interface ProcStat {
  /** A letter: `Z` is dead, and not reaped. */
  readonly state: string;
  readonly parent: number;
  /** The number of its process group. */
  readonly group: number;
  readonly session: number;
  /** When it was started: clock ticks since the machine was. */
  readonly start: number;
}

/** The processes of this machine. */
export class Proc implements Disposable {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #libc: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly #buffer = new Uint8Array(READ_BYTES);
  /** Tells this run of the machine apart from all others. */
  readonly bootId: string;
  /** Tells the time namespace of this program apart from others; `undefined` where the kernel has none. */
  readonly clock: string | undefined;

  private constructor(library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.#library = library;
    this.#libc = library.symbols;
    this.bootId = this.#text("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
    this.clock = this.#link("/proc/self/ns/time");
  }

  /** None where the C library may not be loaded, or there is no /proc. */
  static open(): Proc | undefined {
    for (const path of LIBC_PATHS) {
      let proc: Proc;
      try {
        proc = new Proc(Deno.dlopen(path, SYMBOLS));
      } catch {
        continue; // it is not there, is too old, or may not be loaded
      }
      if (proc.bootId && proc.now() !== undefined) return proc;
      proc[Symbol.dispose]();
    }
    return undefined;
  }

  /** Lets go of the C library. */
  [Symbol.dispose](): void {
    this.#library.close();
  }

  /** Clock ticks since the machine was started. The kernel counts 100 a second for programs (USER_HZ). */
  now(): number | undefined {
    const seconds = /^\d+\.\d\d/.exec(this.#text("/proc/uptime") ?? "")?.[0];
    return seconds === undefined ? undefined : Math.round(Number(seconds) * 100);
  }

  /** A process; `undefined` when there is none. */
  stat(pid: number): ProcStat | undefined {
    const text = this.#text(`/proc/${pid}/stat`);
    return text === undefined ? undefined : parseStat(text);
  }

  /** The variables that a process was started with (proc_pid_environ(5)); of another user's none. */
  environment(pid: number): string[] {
    return this.#text(`/proc/${pid}/environ`)?.split("\0") ?? [];
  }

  /** All processes, by their ids. */
  all(): Map<number, ProcStat> {
    const all = new Map<number, ProcStat>();
    for (const pid of this.#pids()) {
      const stat = this.stat(pid);
      if (stat) all.set(pid, stat);
    }
    return all;
  }

  #pids(): number[] {
    const { getdents64 } = this.#libc;
    const pids: number[] = [];
    const directory = this.#libc.open(cString("/proc"), O_RDONLY);
    if (directory < 0) return pids;
    const view = new DataView(this.#buffer.buffer);
    const decoder = new TextDecoder();
    for (let bytes; (bytes = Number(getdents64(directory, this.#buffer, BigInt(READ_BYTES)))) > 0;) {
      for (let at = 0; at < bytes;) { // struct linux_dirent64 of getdents(2): d_reclen at 16, d_name at 19
        const length = view.getUint16(at + 16, true);
        const name = decoder.decode(this.#buffer.subarray(at + 19, this.#buffer.indexOf(0, at + 19)));
        if (/^\d+$/.test(name)) pids.push(Number(name));
        at += length;
      }
    }
    this.#libc.close(directory);
    return pids;
  }

  /** Where a symbolic link points. */
  #link(path: string): string | undefined {
    const length = Number(this.#libc.readlink(cString(path), this.#buffer, BigInt(READ_BYTES)));
    return length < 0 ? undefined : new TextDecoder().decode(this.#buffer.subarray(0, length));
  }

  #text(path: string): string | undefined {
    const file = this.#libc.open(cString(path), O_RDONLY);
    if (file < 0) return undefined;
    let text = "";
    const decoder = new TextDecoder();
    for (let bytes; (bytes = Number(this.#libc.read(file, this.#buffer, BigInt(READ_BYTES)))) > 0;) {
      text += decoder.decode(this.#buffer.subarray(0, bytes), { stream: true });
    }
    this.#libc.close(file);
    return text || undefined;
  }
}

/**
 * The fields of a `stat` file. The name of the program may have anything in it, also `)`.
 *
 * @example
 * ```ts
 * import { parseStat } from "./proc.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const stat = parseStat(`42 (a) R 1) S 1 42 42 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 98765 0 0`);
 * assertEquals(stat, { state: "S", parent: 1, group: 42, session: 42, start: 98765 });
 * ```
 */
export function parseStat(text: string): ProcStat | undefined {
  const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent, group, session] = fields.map(Number); // fields 4, 5 and 6
  const start = Number(fields[18]); // field 22
  if (!state || Number.isNaN(start)) return undefined;
  return { state, parent: parent!, group: group!, session: session!, start };
}
