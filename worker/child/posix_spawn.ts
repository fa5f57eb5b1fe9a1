/**
 * Starting a program as the leader of a session with a terminal, by posix_spawn(3): the runtime's own way of starting has
 * no terminals.
 *
 * @module
 */
import type { Launch } from "./launch.ts";
import type { Libc } from "../system/libc.ts";
import { cString } from "../system/library.ts";
import type { Exit } from "./child.ts";

const O_RDWR = 0o2;
const WNOHANG = 1;
/** POSIX_SPAWN_SETSID, _SETSIGDEF and _SETSIGMASK: a new session, all signals at their default, none blocked. */
const SPAWN_FLAGS = 0x80 | 4 | 8;
/** Size of a buffer for any of the C library's structures that are used here, in bytes. */
const STRUCT_BYTES = 512;

/** The errors of the kernel that have a sentence of their own (errno(3)). */
const ERRORS: Record<number, string> = {
  2: "no-launcher",
  7: "E2BIG",
  11: "EAGAIN",
  12: "ENOMEM",
  23: "ENFILE",
  24: "EMFILE",
};

/** A child that leads a session. */
export interface SessionLeader {
  /** The process id. */
  readonly pid: number;
  /** Resolves when the child was reaped. Never rejects. */
  readonly exit: Promise<Exit>;
}

/**
 * Starts a program of ours as the leader of a session, with a terminal as its controlling one. The event loop goes on
 * meanwhile.
 *
 * @param terminal The path of the terminal.
 * @throws {Error} When no process could be started; its `code` says why.
 */
export async function startInSession(
  libc: Libc,
  terminal: string,
  { args, env }: Launch,
): Promise<SessionLeader> {
  const path = cString(args[0]!);
  const device = cString(terminal);
  using words = strings(libc, args);
  using variables = strings(libc, Object.entries(env).map(([name, value]) => `${name}=${value}`));
  const actions = new Uint8Array(STRUCT_BYTES);
  libc.posix_spawn_file_actions_init(actions);
  // The leader of a session without a terminal gets the one that it opens (tty_ioctl(4)).
  libc.posix_spawn_file_actions_addopen(actions, 0, device, O_RDWR, 0);
  libc.posix_spawn_file_actions_adddup2(actions, 0, 1);
  libc.posix_spawn_file_actions_adddup2(actions, 0, 2);
  const root = cString("/");
  libc.posix_spawn_file_actions_addchdir_np(actions, root); // a shell complains in a directory that was removed
  const attributes = new Uint8Array(STRUCT_BYTES);
  const signals = new Uint8Array(STRUCT_BYTES).fill(0xff); // sigfillset(3) would leave two out
  libc.posix_spawnattr_init(attributes);
  libc.posix_spawnattr_setflags(attributes, SPAWN_FLAGS);
  libc.posix_spawnattr_setsigdefault(attributes, signals);
  const pid = new Int32Array(1);
  try {
    const error = await libc.posix_spawn(pid, path, actions, attributes, words.addresses, variables.addresses);
    if (error !== 0) {
      const code = ERRORS[error] ?? `error ${error}`;
      throw Object.assign(new Error(`No process could be started: ${code}`), { code });
    }
    return { pid: pid[0]!, exit: exitOf(libc, pid[0]!) };
  } finally {
    libc.posix_spawn_file_actions_destroy(actions);
    libc.posix_spawnattr_destroy(attributes);
  }
}

/** Makes strings as C has them in argv and environ; they are freed at the end. */
function strings(libc: Libc, texts: readonly string[]): Disposable & { addresses: BigUint64Array<ArrayBuffer> } {
  const addresses = new BigUint64Array(texts.length + 1);
  texts.forEach((text, index) => addresses[index] = libc.strdup(cString(text)));
  return {
    addresses,
    [Symbol.dispose]() {
      for (const address of addresses) libc.free(address);
    },
  };
}

/**
 * The children that were not reaped yet, by their process ids, and the listener that reaps them. Both belong to the whole
 * program, for a SIGCHLD does: it does not say which child has exited.
 */
const children = new Map<number, (exit: Exit) => void>();
let reapWith: (() => void) | undefined;

function exitOf(libc: Libc, pid: number): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  children.set(pid, resolve);
  if (!reapWith) Deno.addSignalListener("SIGCHLD", reapWith = () => reap(libc));
  reapWith(); // it may have exited already
  return promise;
}

/** Reaps all children that have exited: one signal may stand for several. */
function reap(libc: Libc): void {
  const status = new Int32Array(1);
  for (const [pid, resolve] of children) {
    if (libc.waitpid(pid, status, WNOHANG) !== pid) continue;
    children.delete(pid);
    const signal = status[0]! & 0x7f;
    resolve(signal === 0 ? { code: status[0]! >> 8 & 0xff } : { signal });
  }
  if (children.size > 0 || !reapWith) return;
  Deno.removeSignalListener("SIGCHLD", reapWith);
  reapWith = undefined;
}
