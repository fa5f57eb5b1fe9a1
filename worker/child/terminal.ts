/**
 * A process in a pseudo-terminal (pty(7)).
 *
 * @module
 */
import { NEWLINE } from "../log_format/newline.ts";
import type { Child, TerminalSize } from "./child.ts";
import type { Launch } from "./launch.ts";
import { type Libc, loadLibc } from "../system/libc.ts";
import { cString } from "../system/library.ts";
import { Poller, POLLIN, POLLOUT } from "./poller.ts";
import { startInSession } from "./posix_spawn.ts";

// open(2) and ioctl(2), the same on all machines that the runtime supports.
const O_RDWR = 0o2;
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const TIOCSPTLCK = 0x40045431n;
const TIOCGPTN = 0x80045430n;
const TIOCSWINSZ = 0x5414n;
const TCGETS = 0x5401n;
const TCSETS = 0x5402n;
const IUTF8 = 0o40000;

/** For chown(2): as it is. */
const SAME = 2 ** 32 - 1;

/** What a user types to end the input: ^D. */
const END_OF_TRANSMISSION = 0x04;

let poller: Poller | undefined;

/**
 * Starts a program of ours in a terminal of its own.
 *
 * @param owner The user id of the account that gets the terminal; default is that of the daemon.
 * @throws an error whose `code` is an errno or one of `spawn_failure.ts`; no process exists.
 */
export async function startInTerminal(
  launch: Launch,
  size: TerminalSize,
  owner?: number,
): Promise<Child> {
  const libc = loadLibc();
  if (!libc) throw Object.assign(new Error("The C library cannot be loaded"), { code: "no-terminals" });
  poller ??= new Poller(libc);
  const terminal = new Terminal(libc, poller, size);
  try {
    const { pid, exit } = await startInSession(libc, terminal.path, launch);
    if (owner !== undefined) terminal.giveTo(owner); // not before: a root without all capabilities could not open it then
    exit.then(() => terminal.leaderExited());
    return { pid, exit, stdout: terminal.output, stderr: undefined, stdin: terminal.input, terminal };
  } catch (error) {
    terminal.close();
    throw error;
  }
}

/** The daemon's side of a pseudo-terminal. */
export class Terminal {
  /** What is printed in it, stdout and stderr in one. It ends when the leader has exited and nobody has the terminal. */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What is typed in it. To close it is to type ^D. */
  readonly input: WritableStream<Uint8Array>;
  /** The device. */
  readonly path: string;

  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #master: number;
  /** Held until the leader exits: a process that closes the terminal may open it again (tty(4)). */
  readonly #slave: number;
  #open = true;
  #slaveOpen = true;

  /** For {@linkcode startInTerminal}. */
  constructor(libc: Libc, poller: Poller, size: TerminalSize) {
    this.#libc = libc;
    this.#poller = poller;
    // No other process may inherit it: it could read what is typed here.
    this.#master = libc.open(cString("/dev/ptmx"), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    const number = new Int32Array(1);
    libc.ioctl(this.#master, TIOCSPTLCK, new Int32Array(1));
    libc.ioctl(this.#master, TIOCGPTN, number);
    this.path = `/dev/pts/${number[0]}`;
    this.#slave = this.#master < 0 ? -1 : libc.open(cString(this.path), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (this.#slave < 0) {
      libc.close(this.#master);
      throw Object.assign(new Error("No terminal could be opened"), { code: "EMFILE" });
    }
    this.#setUtf8();
    this.resize(size);
    this.output = new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: 4096, // a read gives no more
      pull: (controller) => this.#pull(controller),
      cancel: () => this.close(),
    });
    let last = NEWLINE;
    this.input = new WritableStream({
      write: async (bytes) => {
        await this.#write(bytes);
        last = bytes.at(-1) ?? last;
      },
      // The first one in a line that was begun only hands over what there is of it.
      close: () => this.#write(new Uint8Array(last === NEWLINE ? 1 : 2).fill(END_OF_TRANSMISSION)),
    });
  }

  /** Changes its size; its foreground processes are told by SIGWINCH. Nothing happens when it is closed. */
  resize({ columns, rows }: TerminalSize): void {
    if (this.#open) this.#libc.ioctl(this.#master, TIOCSWINSZ, new Uint16Array([rows, columns, 0, 0]));
  }

  /** Lets an account open the device by its path too, as login(1) does; its group stays that of terminals. */
  giveTo(uid: number): void {
    this.#libc.chown(cString(this.path), uid, SAME);
  }

  /** The end of the output may come from now on. */
  leaderExited(): void {
    if (this.#slaveOpen) this.#libc.close(this.#slave);
    this.#slaveOpen = false;
  }

  /** Gives it up: who still has it open is hung up on. */
  close(): void {
    this.leaderExited();
    if (!this.#open) return;
    this.#open = false;
    this.#poller.forget(this.#master);
    this.#libc.close(this.#master);
  }

  /** Has the kernel rub out characters, not bytes, as far as it edits lines. */
  #setUtf8(): void {
    const settings = new Uint32Array(32); // struct termios; the input flags come first
    if (this.#libc.ioctl(this.#slave, TCGETS, settings) !== 0) return;
    settings[0]! |= IUTF8;
    this.#libc.ioctl(this.#slave, TCSETS, settings);
  }

  /** Reads when there is something to read, and somebody to read for. */
  async #pull(controller: ReadableByteStreamController): Promise<void> {
    const view = controller.byobRequest!.view as Uint8Array<ArrayBuffer>;
    for (let hungUp = false; this.#open;) {
      const count = Number(this.#libc.read(this.#master, view, BigInt(view.byteLength)));
      if (count > 0) return controller.byobRequest!.respond(count);
      if (hungUp) {
        this.close();
        controller.close();
        return controller.byobRequest!.respond(0);
      }
      hungUp = (await this.#poller.when(this.#master, POLLIN) & ~POLLIN) !== 0;
    }
  }

  /** Writes as the terminal has room. */
  async #write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes.slice(); rest.length > 0;) {
      if (!this.#open) throw new Error("The terminal is closed");
      const count = Number(this.#libc.write(this.#master, rest, BigInt(rest.length)));
      if (count > 0) rest = rest.subarray(count);
      else if (await this.#poller.when(this.#master, POLLOUT) & ~POLLOUT) throw new Error("The terminal is hung up");
    }
  }
}
