/**
 * The audit log: a JSON object a line for each call, with its user, process and result. `docs/audit.md` has the schema.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";
import { withinTime } from "@paas/worker/system";
import { Bell } from "../bell.ts";
import { StartError } from "../errors.ts";
import type { Guest } from "../identity/identity.ts";
import type { AuditedCall, AuditedRestart } from "./audited.ts";
import type { DaemonLog } from "./daemon_log.ts";

/** Options of an {@linkcode AuditLog}. */
export interface AuditOptions {
  /** The path of the file, which is made if missing, with mode 0600. */
  readonly path: string;
  /** Whether the arguments of Exec are written. */
  readonly argv: boolean;
  /** Gets a line when the file fails, and when it works again. */
  readonly log: DaemonLog;
}

/** A file that lines are written to, such as `Deno.FsFile`. */
interface Sink {
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** Maximum size of lines that wait for a file, in bytes; more are dropped and counted. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Time after a failure until the file is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** Maximum length of the arguments in a line, in UTF-16 code units. */
const MAX_ARGV_LENGTH = 16 * 1024;

/** Time for the last lines when the log is closed, in milliseconds. */
const CLOSE_LIMIT_MS = 2_000;

const encoder = new TextEncoder();

/**
 * An append-only file of JSON lines, in order. Writing never waits and never throws. While the file cannot be written
 * (a full disk), lines wait in bounded memory, and the daemon's log says so.
 */
export class AuditLog implements AsyncDisposable {
  readonly #options: AuditOptions;
  readonly #open: (path: string) => Promise<Sink>;
  #file: Sink;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #lost = 0;
  #failing = false;
  #reopening = false;
  #writing: Promise<void> | undefined;
  readonly #bell = new Bell();
  #closed = false;

  private constructor(options: AuditOptions, file: Sink, open: (path: string) => Promise<Sink>) {
    this.#options = options;
    this.#file = file;
    this.#open = open;
  }

  /**
   * Opens the file.
   *
   * @param open Opens a file to append to it; tests give another one.
   * @throws {StartError} When the file cannot be opened.
   */
  static async open(options: AuditOptions, open = openToAppend): Promise<AuditLog> {
    try {
      return new AuditLog(options, await open(options.path), open);
    } catch (error) {
      throw cannotWrite(error);
    }
  }

  /**
   * Looks whether the file could be opened, and leaves it as it is.
   *
   * @throws {StartError} When it could not.
   */
  static async check(path: string): Promise<void> {
    try {
      // A file that is new must not stay: it may belong to another account than that of the daemon.
      (await Deno.open(path, { createNew: true, write: true, mode: 0o600 })).close();
      await Deno.remove(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw cannotWrite(error);
      await openToAppend(path).then((file) => file.close(), (error) => Promise.reject(cannotWrite(error)));
    }
  }

  /** The number of lines that were dropped since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes a call. */
  call({ guest, role, argv, ...call }: AuditedCall): void {
    this.#write({
      event: "call",
      user: guest?.user.id,
      subject: guest?.user.subject,
      serial: guest?.certificate.serial,
      address: guest?.address,
      role,
      ...call,
      argv: this.#options.argv ? bounded(argv) : undefined,
    });
  }

  /** Writes that the daemon has started a process again for its owner, or could not. */
  restart({ user, certificate, argv, ...restart }: AuditedRestart): void {
    this.#write({
      event: "restart",
      user: user.id,
      subject: user.subject,
      serial: certificate.serial,
      ...restart,
      argv: this.#options.argv ? bounded(argv) : undefined,
    });
  }

  /** Writes that a guest had to leave, because its certificate is no longer good. */
  expelled({ user, certificate, address }: Guest, cause: string): void {
    this.#write({
      event: "expelled",
      user: user.id,
      subject: user.subject,
      serial: certificate.serial,
      address,
      cause,
    });
  }

  /** Writes a connection that was refused. */
  refused(address: string, cause: string): void {
    this.#write({ event: "refused", address, cause });
  }

  /** Writes the number of further connections that were refused within some seconds. */
  refusedMore(count: number, seconds: number): void {
    this.#write({ event: "refused-more", count, seconds });
  }

  /** Goes on in a new file of the same name, after the old one was moved away. Each line is in one of the two. */
  reopen(): void {
    this.#reopening = true;
    this.#proceed();
  }

  /**
   * Writes what is left, and closes the file.
   *
   * @param limit The longest time for the writing, in milliseconds.
   */
  async close(limit = CLOSE_LIMIT_MS): Promise<void> {
    this.#closed = true;
    this.#bell.ring();
    await withinTime(this.#writing, limit);
    if (this.#waiting.length > 0) this.#options.log.write("audit-lines-lost", { count: this.#waiting.length });
    this.#waiting = [];
    this.#file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #write(fields: Record<string, unknown>): void {
    const line = encoder.encode(
      `${escapeUnprintable(JSON.stringify({ time: new Date().toISOString(), ...fields }))}\n`,
    );
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#dropped++;
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#proceed();
  }

  #proceed(): void {
    if (!this.#closed) this.#writing ??= this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    await Promise.resolve(); // lines of one moment go out together
    let written = 0; // bytes of the first line that waits
    while (this.#waiting.length > 0 || this.#reopening) {
      try {
        if (this.#reopening) {
          const file = await this.#open(this.#options.path);
          this.#reopening = false;
          this.#file.close();
          this.#file = file;
          written = 0; // the line is whole in one file at least
        }
        const lines = this.#waiting.slice();
        let bytes = concat(lines).subarray(written);
        for (; bytes.length > 0;) {
          const count = await this.#file.write(bytes);
          bytes = bytes.subarray(count);
          written = this.#forget(written + count);
        }
        this.#recovered();
      } catch (error) {
        this.#failed(error);
        if (this.#closed && !this.#reopening) break;
        if (this.#closed) {
          this.#reopening = false; // the old file is better than none
          continue;
        }
        await withinTime(this.#bell.rung(), RETRY_MS);
      }
    }
    this.#writing = undefined;
  }

  /**
   * Forgets the lines within the first `written` bytes; gives the number of bytes of the next line that are written.
   */
  #forget(written: number): number {
    let whole = 0;
    for (const { length } of this.#waiting) {
      if (written < length) break;
      written -= length;
      this.#waitingBytes -= length;
      whole++;
    }
    this.#waiting.splice(0, whole);
    return written;
  }

  #failed(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#options.log.write("audit-log-failed", { file: this.#options.path, cause: (error as Error).message });
  }

  #recovered(): void {
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#write({ event: "dropped", count: dropped });
    if (!this.#failing) return;
    this.#failing = false;
    this.#options.log.write("audit-log-works", { file: this.#options.path, dropped });
  }
}

function cannotWrite(error: unknown): StartError {
  return new StartError(`Cannot write the audit log (--audit-log): ${(error as Error).message}`);
}

async function openToAppend(path: string): Promise<Sink> {
  return await Deno.open(path, { append: true, create: true, mode: 0o600 });
}

/** Cuts arguments that are too long for a line. */
function bounded(argv: readonly string[] | undefined): string[] | undefined {
  let room = MAX_ARGV_LENGTH;
  const kept: string[] = [];
  for (const arg of argv ?? []) {
    if (room <= 0) break;
    kept.push(arg.length > room ? `${arg.slice(0, room)}…` : arg);
    room -= arg.length + 1;
  }
  if (argv && kept.length < argv.length) kept.push("…");
  return argv && kept;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
