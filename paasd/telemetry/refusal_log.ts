/**
 * Refusals, as the operator learns of them: in the daemon's log, the audit log and the metrics.
 *
 * @module
 */
import type { Objection } from "../errors.ts";
import type { Guest } from "../identity/identity.ts";
import type { AuditLog } from "./audit.ts";
import { type DaemonLog, shortId } from "./daemon_log.ts";
import type { Metrics } from "./metrics.ts";

/** Maximum number of lines in each window; further refusals in it are only counted. */
const MAX_LINES = 20;

/** Length of a window, in milliseconds. */
const WINDOW_MS = 10_000;

/** The places where refusals are written down. */
export interface RefusalSinks {
  readonly log: DaemonLog;
  readonly audit?: AuditLog | undefined;
  readonly metrics?: Pick<Metrics, "refused"> | undefined;
}

/** Writes down each refusal with its reason. A flood is summed up, so that strangers cannot fill the logs. */
export class RefusalLog implements Disposable {
  readonly #sinks: RefusalSinks;
  #refused = 0;
  #window: ReturnType<typeof setTimeout> | undefined;

  constructor(sinks: RefusalSinks) {
    this.#sinks = sinks;
  }

  /** Writes down a connection that was refused. */
  refused(address: string, { kind, sentence }: Objection): void {
    this.#sinks.metrics?.refused(kind);
    this.#write(address, sentence);
  }

  /** Writes down a call that was refused for what it takes. */
  callsTooMuch({ address, user }: Guest, message: string): void {
    this.#write(address, `user ${shortId(user.id)} calls too much: ${message}`);
  }

  /** Writes down a guest that had to leave. There are never more of these than connections, so each has its line. */
  expelled(guest: Guest, { sentence: cause }: Objection): void {
    const { log, audit } = this.#sinks;
    const { user: { id, subject }, address } = guest;
    log.write("expelled", { user: shortId(id), subject, address, cause });
    audit?.expelled(guest, cause);
  }

  /** Sums up what is left, and keeps no timer. */
  [Symbol.dispose](): void {
    this.#sumUp();
  }

  #write(address: string, cause: string): void {
    this.#window ??= setTimeout(() => this.#sumUp(), WINDOW_MS);
    if (++this.#refused > MAX_LINES) return;
    const { log, audit } = this.#sinks;
    log.write("refused", { address, cause });
    audit?.refused(address, cause);
  }

  /** Ends the window, and writes the number of refusals that had no line of their own. */
  #sumUp(): void {
    const count = this.#refused - MAX_LINES;
    if (count > 0) {
      const { log, audit } = this.#sinks;
      const seconds = WINDOW_MS / 1000;
      log.write("refused-more", { count, seconds });
      audit?.refusedMore(count, seconds);
    }
    this.#refused = 0;
    clearTimeout(this.#window);
    this.#window = undefined;
  }
}
