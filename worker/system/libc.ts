/**
 * The functions of the C library that pseudo-terminals and real-time signals need, and that the runtime does not have.
 *
 * @module
 */
import { openLibrary } from "./library.ts";

/** The largest descriptor that close_range(2) takes. */
const MAX_DESCRIPTOR = 2 ** 32 - 1;

/** A flag of close_range(2): mark the descriptors, and do not close them. */
const CLOSE_RANGE_CLOEXEC = 4;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  chown: { parameters: ["buffer", "u32", "u32"], result: "i32" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  // Addresses are numbers here: the runtime makes pointers only for a program that may load every library.
  strdup: { parameters: ["buffer"], result: "usize" },
  free: { parameters: ["usize"], result: "void" },
  posix_spawn: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
  posix_spawnattr_setsigdefault: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_addopen: { parameters: ["buffer", "i32", "buffer", "i32", "u32"], result: "i32" },
  posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  posix_spawn_file_actions_addchdir_np: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of the C library. */
export type Libc = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/**
 * One library for the whole program, loaded at the first use: a pointer into it (a `poll(2)` that waits, a child to reap)
 * may live as long as the program.
 */
let libc: Libc | undefined;

/** Returns the C library, or `undefined` where it cannot be loaded. */
export function loadLibc(): Libc | undefined {
  return libc ??= openLibrary(SYMBOLS)?.symbols;
}

/**
 * Keeps all descriptors of this program but the first three from the programs that it starts: descriptors that this
 * program has inherited itself. (The runtime keeps its own.)
 *
 * @returns whether that was done. It takes glibc 2.34, and the permission to load the C library.
 */
export function keepDescriptors(): boolean {
  const library = openLibrary({ close_range: { parameters: ["u32", "u32", "i32"], result: "i32" } });
  const result = library?.symbols.close_range(3, MAX_DESCRIPTOR, CLOSE_RANGE_CLOEXEC);
  library?.close();
  return result === 0;
}
