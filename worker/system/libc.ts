/**
 * The few functions of the C library that pseudo-terminals and real-time signals need, and that the runtime does not have.
 *
 * @module
 */

/**
 * Where the C library may lie: what `--allow-ffi` has to be given for terminals. A path that does not exist does no harm.
 * Elsewhere than on Linux with glibc there are no terminals.
 */
export const LIBC_PATHS: readonly string[] = Deno.build.os === "linux"
  ? [`/lib/${Deno.build.arch}-linux-gnu/libc.so.6`, "/lib64/libc.so.6", "/usr/lib/libc.so.6", "/lib/libc.so.6"]
  : [];

const MAX_DESCRIPTOR = 2 ** 32 - 1;

/** For close_range(2): mark, and do not close. */
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
  // Addresses are numbers here: the runtime makes pointers only for who may use each and every library.
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

/** The functions. */
export type Libc = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

let libc: Libc | undefined;

/** The C library; loaded when it is first asked for. None where there is none, or where the permissions lack it. */
export function loadLibc(): Libc | undefined {
  for (const path of LIBC_PATHS) {
    if (libc) break;
    try {
      libc = Deno.dlopen(path, SYMBOLS).symbols;
    } catch {
      // It is not there, is too old, or may not be loaded.
    }
  }
  return libc;
}

/**
 * Keeps all descriptors of this program but the first three from the programs that it starts: those that it has itself got
 * from whoever started it. (The runtime keeps its own.) Returns whether that was done: it takes glibc 2.34, and the
 * permission to load it.
 */
export function keepDescriptors(): boolean {
  for (const path of LIBC_PATHS) {
    try {
      const libc = Deno.dlopen(path, { close_range: { parameters: ["u32", "u32", "i32"], result: "i32" } });
      const done = libc.symbols.close_range(3, MAX_DESCRIPTOR, CLOSE_RANGE_CLOEXEC) === 0;
      libc.close();
      return done;
    } catch {
      // It is not there, is too old, or may not be loaded.
    }
  }
  return false;
}

/** A string as C has it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
