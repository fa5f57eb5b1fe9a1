/**
 * Starting a program as the leader of a session that has a terminal: posix_spawn(3), which can do what the runtime's own
 * way of starting cannot, and tells exactly why it did not.
 *
 * @module
 */
import { candidates } from "./launch.ts";
import { cString, type Libc } from "./libc.ts";
import type { Exit } from "./status.ts";
import type { TerminalCommand } from "./terminal.ts";

const O_RDWR = 0o2;
const WNOHANG = 1;
/** POSIX_SPAWN_SETSID, _SETSIGDEF and _SETSIGMASK: its own session, all signals as they are by default, none blocked. */
const SPAWN_FLAGS = 0x80 | 4 | 8;
/** Larger than any of the C library's structures that are used here. */
const STRUCT_BYTES = 512;

/** Errors of the kernel that have a sentence of their own (errno(3)). */
const ERRORS: Record<number, string> = {
  1: "EPERM",
  2: "ENOENT",
  7: "E2BIG",
  8: "ENOEXEC",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  20: "ENOTDIR",
  21: "EISDIR",
  23: "ENFILE",
  24: "EMFILE",
  36: "ENAMETOOLONG",
  40: "ELOOP",
};

/** A child that was started here. */
export interface SessionLeader {
  readonly pid: number;
  readonly exit: Promise<Exit>;
}

/**
 * Starts a program that leads a session of its own, with this terminal as its controlling one. It is looked up in the
 * PATH that it gets, as execvp(3) does.
 *
 * @throws an error whose `code` tells why no process exists.
 */
export function startInSession(libc: Libc, terminal: string, { args, env, cwd }: TerminalCommand): SessionLeader {
  const [program, ...rest] = args as [string, ...string[]];
  if (cwd !== undefined && libc.access(cString(`${cwd}/.`), 0) !== 0) throw failure("directory-not-found");
  using variables = strings(libc, Object.entries(env).map(([name, value]) => `${name}=${value}`));
  const actions = new Uint8Array(STRUCT_BYTES);
  libc.posix_spawn_file_actions_init(actions);
  // The leader of a session without a terminal gets the one that it opens (tty_ioctl(4)).
  libc.posix_spawn_file_actions_addopen(actions, 0, cString(terminal), O_RDWR, 0);
  libc.posix_spawn_file_actions_adddup2(actions, 0, 1);
  libc.posix_spawn_file_actions_adddup2(actions, 0, 2);
  if (cwd !== undefined) libc.posix_spawn_file_actions_addchdir_np(actions, cString(cwd));
  const attributes = new Uint8Array(STRUCT_BYTES);
  const signals = new Uint8Array(STRUCT_BYTES).fill(0xff); // sigfillset(3) would leave two out
  libc.posix_spawnattr_init(attributes);
  libc.posix_spawnattr_setflags(attributes, SPAWN_FLAGS);
  libc.posix_spawnattr_setsigdefault(attributes, signals);
  const pid = new Int32Array(1);
  /** Tries to start it, and gives the error. */
  const start = (path: string, argv: readonly string[]): string | undefined => {
    using words = strings(libc, argv);
    const error = libc.posix_spawn(pid, cString(path), actions, attributes, words.addresses, variables.addresses);
    return error === 0 ? undefined : ERRORS[error] ?? `error ${error}`;
  };
  try {
    let denied = false;
    for (const path of candidates(program, env.PATH ?? "")) {
      let error = start(path, args);
      if (error === "ENOEXEC") error = start("/bin/sh", ["sh", path, ...rest]);
      if (error === undefined) return { pid: pid[0]!, exit: exitOf(libc, pid[0]!) };
      if (error === "EACCES") denied = true;
      else if (error !== "ENOENT" && error !== "ENOTDIR") throw failure(error);
      else if (!program.includes("/") && libc.access(cString(path), 0) === 0) throw failure("interpreter-not-found");
    }
    throw failure(denied ? "EACCES" : "ENOENT");
  } finally {
    libc.posix_spawn_file_actions_destroy(actions);
    libc.posix_spawnattr_destroy(attributes);
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`No process could be started: ${code}`), { code });
}

/** Strings as C has them in argv and environ, until they are disposed of. */
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

/** Who is told of the exit of a child of ours, by its process id. */
const children = new Map<number, (exit: Exit) => void>();
let reapWith: (() => void) | undefined;

function exitOf(libc: Libc, pid: number): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  children.set(pid, resolve);
  if (!reapWith) Deno.addSignalListener("SIGCHLD", reapWith = () => reap(libc));
  reapWith(); // it may have exited already
  return promise;
}

/** Reaps those of our children that have exited: a signal does not say which, and may stand for several. */
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
