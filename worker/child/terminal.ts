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

/** The group of chown(2) that changes nothing. */
const SAME = 2 ** 32 - 1;

/** The character that ends the input: ^D. */
const END_OF_TRANSMISSION = 0x04;

/** The poller of all terminals of the program: it is there to share one thread among them. */
let poller: Poller | undefined;

/**
 * Starts a program of ours in a new terminal.
 *
 * @param owner The user id of the account that gets the terminal; default is that of this program.
 * @throws {Error} When no process could be started; its `code` is an errno or one of `spawn_failure.ts`.
 */
export async function startInTerminal(
  launch: Launch,
  size: TerminalSize,
  owner?: number,
): Promise<Child> {
  const libc = loadLibc();
  if (!libc) throw Object.assign(new Error("The C library cannot be loaded"), { code: "no-terminals" });
  poller ??= Poller.open(libc);
  const terminal = Terminal.open(libc, poller, size);
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
  /** The output, stdout and stderr in one. It ends when the leader has exited and no process has the terminal open. */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The keyboard. Closing it types ^D. */
  readonly input: WritableStream<Uint8Array>;
  /** The path of the device. */
  readonly path: string;

  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #master: number;
  /** Held until the leader exits: a process that closes the terminal may open it again (tty(4)). */
  readonly #slave: number;
  #open = true;
  #slaveOpen = true;

  private constructor(libc: Libc, poller: Poller, path: string, master: number, slave: number) {
    this.#libc = libc;
    this.#poller = poller;
    this.path = path;
    this.#master = master;
    this.#slave = slave;
    this.output = new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: 4096, // a read returns no more
      pull: (controller) => this.#pull(controller),
      cancel: () => this.close(),
    });
    let last = NEWLINE;
    this.input = new WritableStream({
      write: async (bytes) => {
        await this.#write(bytes);
        last = bytes.at(-1) ?? last;
      },
      // The first ^D in a line that was begun only passes on the start of that line.
      close: () => this.#write(new Uint8Array(last === NEWLINE ? 1 : 2).fill(END_OF_TRANSMISSION)),
    });
  }

  /**
   * Opens a new terminal.
   *
   * @throws {Error} When there are no more descriptors or terminals; its `code` is `EMFILE`.
   */
  static open(libc: Libc, poller: Poller, size: TerminalSize): Terminal {
    // No other process may inherit the descriptors: it could read what is typed here.
    const master = libc.open(cString("/dev/ptmx"), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    const number = new Int32Array(1);
    libc.ioctl(master, TIOCSPTLCK, new Int32Array(1));
    libc.ioctl(master, TIOCGPTN, number);
    const path = `/dev/pts/${number[0]}`;
    const slave = master < 0 ? -1 : libc.open(cString(path), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) {
      libc.close(master);
      throw Object.assign(new Error("No terminal could be opened"), { code: "EMFILE" });
    }
    const terminal = new Terminal(libc, poller, path, master, slave);
    terminal.#setUtf8();
    terminal.resize(size);
    return terminal;
  }

  /** Changes the size. Foreground processes get SIGWINCH. Nothing happens when the terminal is closed. */
  resize({ columns, rows }: TerminalSize): void {
    if (this.#open) this.#libc.ioctl(this.#master, TIOCSWINSZ, new Uint16Array([rows, columns, 0, 0]));
  }

  /** Lets an account open the device by its path too, as login(1) does. The group stays that of terminals. */
  giveTo(uid: number): void {
    this.#libc.chown(cString(this.path), uid, SAME);
  }

  /** Lets the output end: the leader has exited. */
  leaderExited(): void {
    if (this.#slaveOpen) this.#libc.close(this.#slave);
    this.#slaveOpen = false;
  }

  /** Closes the terminal. Processes that still have it open are hung up on. */
  close(): void {
    this.leaderExited();
    if (!this.#open) return;
    this.#open = false;
    this.#poller.forget(this.#master);
    this.#libc.close(this.#master);
  }

  /** Lets the kernel delete whole characters, and not bytes, when it edits lines. */
  #setUtf8(): void {
    const settings = new Uint32Array(32); // struct termios; the input flags come first
    if (this.#libc.ioctl(this.#slave, TCGETS, settings) !== 0) return;
    settings[0]! |= IUTF8;
    this.#libc.ioctl(this.#slave, TCSETS, settings);
  }

  /** Reads when there is output and a reader wants it. */
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

  /** Writes as fast as the terminal has room. */
  async #write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes.slice(); rest.length > 0;) {
      if (!this.#open) throw new Error("The terminal is closed");
      const count = Number(this.#libc.write(this.#master, rest, BigInt(rest.length)));
      if (count > 0) rest = rest.subarray(count);
      else if (await this.#poller.when(this.#master, POLLOUT) & ~POLLOUT) throw new Error("The terminal is hung up");
    }
  }
}
