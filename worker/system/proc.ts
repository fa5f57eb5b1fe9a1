/**
 * Facts about processes from /proc (proc(5)). The runtime reads /proc only for a program that may do everything; the C
 * library needs no more than the permission to load it.
 *
 * @module
 */
import { cString, openLibrary } from "./library.ts";

const O_RDONLY = 0;
const READ_BYTES = 64 * 1024;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "isize" }, // glibc 2.30
} as const satisfies Deno.ForeignLibraryInterface;

/** The C library, as far as it is needed here. */
type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

/** The facts about one process (proc_pid_stat(5)). */
export interface ProcStat {
  /** The state as a letter: `Z` is dead, and not reaped. */
  readonly state: string;
  /** The process id of the parent. */
  readonly parent: number;
  /** The number of the process group. */
  readonly group: number;
  /** The number of the session. */
  readonly session: number;
  /** The time of its start, in clock ticks since the start of the machine. */
  readonly start: number;
}

/** The processes of this machine. */
export class Proc implements Disposable {
  readonly #library: Library;
  readonly #libc: Library["symbols"];
  readonly #buffer = new Uint8Array(READ_BYTES);
  /** The id of this run of the machine. */
  readonly bootId: string;
  /** The id of this program's time namespace; `undefined` where the kernel has none. */
  readonly clock: string | undefined;

  private constructor(library: Library, bootId: string, clock: string | undefined) {
    this.#library = library;
    this.#libc = library.symbols;
    this.bootId = bootId;
    this.clock = clock;
  }

  /** Opens /proc. Returns `undefined` where the C library may not be loaded, or there is no /proc. */
  static open(): Proc | undefined {
    using opened = new DisposableStack();
    const library = openLibrary(SYMBOLS);
    if (!library) return undefined;
    opened.defer(() => library.close());
    const buffer = new Uint8Array(READ_BYTES);
    const bootId = readText(library.symbols, "/proc/sys/kernel/random/boot_id", buffer)?.trim();
    if (!bootId) return undefined;
    const proc = new Proc(library, bootId, readLink(library.symbols, "/proc/self/ns/time", buffer));
    if (proc.now() === undefined) return undefined;
    opened.move();
    return proc;
  }

  /** Lets go of the C library. */
  [Symbol.dispose](): void {
    this.#library.close();
  }

  /** The time since the start of the machine, in clock ticks: 100 a second (USER_HZ). */
  now(): number | undefined {
    const seconds = /^\d+\.\d\d/.exec(this.#text("/proc/uptime") ?? "")?.[0];
    return seconds === undefined ? undefined : Math.round(Number(seconds) * 100);
  }

  /** Returns the facts about a process, or `undefined` when there is no such process. */
  stat(pid: number): ProcStat | undefined {
    const text = this.#text(`/proc/${pid}/stat`);
    return text === undefined ? undefined : parseStat(text);
  }

  /** Returns the variables that a process was started with (proc_pid_environ(5)): none for a process of another user. */
  environment(pid: number): string[] {
    return this.#text(`/proc/${pid}/environ`)?.split("\0") ?? [];
  }

  /** Returns the facts about all processes, by their ids. */
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

  #text(path: string): string | undefined {
    return readText(this.#libc, path, this.#buffer);
  }
}

/** Returns the text of a file; `undefined` when the file is empty or cannot be opened. */
function readText({ open, read, close }: Library["symbols"], path: string, buffer: Uint8Array): string | undefined {
  const file = open(cString(path), O_RDONLY);
  if (file < 0) return undefined;
  let text = "";
  const decoder = new TextDecoder();
  for (let bytes; (bytes = Number(read(file, buffer, BigInt(buffer.length)))) > 0;) {
    text += decoder.decode(buffer.subarray(0, bytes), { stream: true });
  }
  close(file);
  return text || undefined;
}

/** Returns the target of a symbolic link. */
function readLink({ readlink }: Library["symbols"], path: string, buffer: Uint8Array): string | undefined {
  const length = Number(readlink(cString(path), buffer, BigInt(buffer.length)));
  return length < 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, length));
}

/**
 * Reads a `stat` file. The program's name in it may contain any characters, `)` too.
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
