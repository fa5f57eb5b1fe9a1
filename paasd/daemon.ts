/**
 * The daemon as its program sees it: started, reloaded, shut down.
 *
 * @module
 */
import { Spool } from "@paas/worker";
import { Access } from "./access/access.ts";
import { type Address, formatAddress } from "./address.ts";
import type { Options } from "./options/options.ts";
import { tryToListen } from "./door/listener.ts";
import { makeParts, type Parts, readTrust, toListenError, toStartError } from "./parts.ts";
import { Confinement } from "./processes/confinement.ts";
import { makeTemporarySpool, removeTemporarySpool } from "./processes/temporary_spool.ts";
import { killAll, shutDown } from "./shutdown.ts";
import { AuditLog } from "./telemetry/audit.ts";
import type { DaemonLog } from "./telemetry/daemon_log.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";

/**
 * A running daemon.
 *
 * @example
 * ```ts ignore
 * await using daemon = await Daemon.start(options, new DaemonLog("text"));
 * console.log(daemon.address.port);
 * ```
 */
export class Daemon implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #closing: AsyncDisposableStack;
  #options: Options;
  #shutdown: Promise<void> | undefined;

  private constructor(options: Options, parts: Parts, closing: AsyncDisposableStack) {
    this.#options = options;
    this.#parts = parts;
    this.#closing = closing;
  }

  /**
   * Starts a daemon; it listens when this resolves.
   *
   * @param telemetry Records calls, processes and refusals; without it nothing is recorded.
   * @throws {StartError} When the daemon cannot start; nothing is left behind.
   */
  static async start(options: Options, log: DaemonLog, telemetry?: Telemetry): Promise<Daemon> {
    await using closing = new AsyncDisposableStack();
    const parts = await makeParts(options, log, telemetry, closing);
    return new Daemon(options, parts, closing.move());
  }

  /**
   * Looks whether a daemon could start, without starting one.
   *
   * @throws {StartError} When it could not.
   */
  static async check(options: Options, log: DaemonLog): Promise<void> {
    await using closing = new AsyncDisposableStack();
    await readTrust(options, new Access(), log, closing);
    await checkAddress(options, log);
    const { spoolDir, temporary, auditLog, dieWithDaemon } = options;
    if (dieWithDaemon) closing.use(await Confinement.start(options, log));
    if (auditLog !== undefined) await AuditLog.check(auditLog);
    if (spoolDir === undefined) return await removeTemporarySpool(await makeTemporarySpool(temporary));
    try {
      const { inUse } = await Spool.check(spoolDir);
      // Mostly this is the daemon that is about to be reloaded or upgraded, so it is no reason to refuse.
      if (inUse) {
        log.write("warning", { what: "spool-dir", cause: `a daemon uses ${spoolDir}: another one could not start` });
      }
    } catch (error) {
      throw toStartError(error);
    }
  }

  /** The address that the daemon listens on, with the actual port. */
  get address(): Address {
    return this.#parts.door.address;
  }

  /** Reads all files of certificates, revocations and roles, and begins a new audit log if the old one was moved. */
  async refresh(): Promise<void> {
    this.#parts.audit?.reopen();
    await this.#parts.trust.reload();
  }

  /** Takes over the options that need no restart. */
  reload(options: Options): void {
    const { spawner, expiry, drain } = this.#parts;
    this.#options = options;
    drain.timeout = options.drainTimeout;
    spawner.stopGrace = options.stopGrace;
    const { maxDescriptionBytesPerUser } = expiry.limits; // the quotas have that one as well
    expiry.limits = { ...options, maxDescriptionBytesPerUser };
  }

  /** Begins a drain: the daemon takes no new processes from now on, and all else goes on. */
  drain(): void {
    this.#parts.drain.begin();
  }

  /** Resolves when a drain has come to its end, and the daemon is to be shut down. */
  get drained(): Promise<void> {
    return this.#parts.drain.over;
  }

  /**
   * Ends the daemon in good order: no new processes, all processes stopped, their logs delivered to the end. Resolves
   * when nothing is left.
   */
  shutdown(): Promise<void> {
    return this.#shutdown ??= this.#shutDown();
  }

  /** Kills all processes now. */
  kill(): void {
    killAll(this.#parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #shutDown(): Promise<void> {
    await shutDown(this.#parts, this.#options.stopGrace);
    await this.#closing.disposeAsync();
  }
}

/**
 * Looks whether the daemon could listen. Mostly the port is that of the daemon that is about to be upgraded, so a port in
 * use is no reason to refuse.
 *
 * @throws {StartError} When it could not.
 */
async function checkAddress({ listen }: Pick<Options, "listen">, log: DaemonLog): Promise<void> {
  try {
    await tryToListen(listen);
  } catch (error) {
    if ((error as { code?: string }).code !== "EADDRINUSE") throw toListenError("--listen", listen, error);
    const cause = `another program uses ${formatAddress(listen)}: another daemon could not start`;
    log.write("warning", { what: "listen", cause });
  }
}
