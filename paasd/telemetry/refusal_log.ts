/**
 * One log line for each refused connection, within bounds.
 *
 * @module
 */
import type { AuditLog } from "./audit.ts";
import type { DaemonLog } from "./daemon_log.ts";

/** So many refusals are logged one by one in each window; the rest of it is only counted. */
const MAX_LINES = 20;
const WINDOW_MS = 10_000;

/** Logs who was refused and why; a flood is summed up, so that strangers cannot fill the log. */
export class RefusalLog {
  readonly #log: DaemonLog;
  readonly #audit: AuditLog | undefined;
  #refused = 0;
  #window: ReturnType<typeof setTimeout> | undefined;

  constructor(log: DaemonLog, audit?: AuditLog) {
    this.#log = log;
    this.#audit = audit;
  }

  /** Writes down one refusal. */
  write(address: string, cause: string): void {
    this.#window ??= setTimeout(() => this.#sumUp(), WINDOW_MS);
    if (++this.#refused > MAX_LINES) return;
    this.#log.write("refused", { address, cause });
    this.#audit?.refused(address, cause);
  }

  /** Ends the window, and says how many were not logged one by one. */
  #sumUp(): void {
    const unlogged = this.#refused - MAX_LINES;
    if (unlogged > 0) {
      this.#log.write("refused-more", { count: unlogged, seconds: WINDOW_MS / 1000 });
      this.#audit?.refusedMore(unlogged, WINDOW_MS / 1000);
    }
    this.#refused = 0;
    clearTimeout(this.#window);
    this.#window = undefined;
  }

  /** Sums up what is left, and keeps no timer. */
  [Symbol.dispose](): void {
    this.#sumUp();
  }
}
