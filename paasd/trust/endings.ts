/**
 * The ends of certificates and revocation lists, and the warnings before them.
 *
 * @module
 */
import { describeEnd, type Ending, expiryWarnings, nextWarning } from "@paas/proto/expiry";
import type { X509Certificate } from "node:crypto";
import type { DaemonLog } from "../telemetry/daemon_log.ts";

/** Longest time between two looks, in milliseconds: a timer does not see that the machine slept or its clock was set. */
const MAX_LOOK_MS = 3_600_000;

/** The kind of what ends. */
export type EndingKind = "server" | "client_ca" | "crl";

/** A certificate or a revocation list that is in force, and its end. */
export interface TrustEnding extends Ending {
  readonly kind: EndingKind;
  /** The path of its file. */
  readonly file: string;
  /** The name in the certificate. */
  readonly subject?: string | undefined;
  /** The beginning of the SHA-256 of the certificate: two may have one name. */
  readonly fingerprint?: string | undefined;
}

const WORDS: Readonly<Record<EndingKind, Readonly<{ what: string; consequence: string }>>> = {
  server: { what: "server certificate (--tls-cert)", consequence: "no client connects after that: renew it" },
  client_ca: { what: "client CA (--client-ca)", consequence: "its users cannot come in after that: renew it" },
  crl: {
    what: "revocation list (--crl)",
    consequence: "certificates that are revoked after that get in: put a new list in its place",
  },
};

/** Describes the end of a certificate. */
export function endingOf(kind: EndingKind, file: string, certificate: X509Certificate): TrustEnding {
  const { validToDate, fingerprint256 } = certificate;
  const fingerprint = fingerprint256.replaceAll(":", "").toLowerCase().slice(0, 16);
  return {
    kind,
    file,
    what: WORDS[kind].what,
    ends: validToDate.getTime(),
    subject: subjectOf(certificate),
    fingerprint,
  };
}

/** Describes the end of a file of revocation lists. */
export function endingOfLists(file: string, begins: number, ends: number): TrustEnding {
  return { kind: "crl", file, what: WORDS.crl.what, begins, ends };
}

/** Gives the name in a certificate on one line, for people. */
export function subjectOf({ subject }: X509Certificate): string | undefined {
  return (subject as string | undefined)?.replaceAll("\n", ", ");
}

/** Logs a `warning` 14 days, 7 days and 1 day before an end, each once; at the start if it is that late already. */
export class EndingLog implements Disposable {
  readonly #log: DaemonLog;
  /** The endings by their identity, and the time of the last look at each. */
  #looks = new Map<string, { readonly ending: TrustEnding; readonly at: number }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(log: DaemonLog) {
    this.#log = log;
  }

  /** All endings that are in force. */
  get endings(): TrustEnding[] {
    return [...this.#looks.values()].map(({ ending }) => ending);
  }

  /** Replaces the endings of a kind, and warns of the new ones if it is late already. */
  replace(kind: EndingKind, endings: Iterable<TrustEnding>): void {
    const looks = new Map([...this.#looks].filter(([, { ending }]) => ending.kind !== kind));
    for (const ending of endings) {
      const key = [kind, ending.fingerprint, ending.ends].join(" ");
      looks.set(key, { ending, at: this.#looks.get(key)?.at ?? -Infinity });
    }
    this.#looks = looks;
    this.#look();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const now = Date.now();
    for (const [key, { ending, at }] of this.#looks) {
      if (expiryWarnings([ending], { since: at, now }).length > 0) this.#warn(ending, now);
      this.#looks.set(key, { ending, at: Math.max(at, now) });
    }
    clearTimeout(this.#timer);
    const next = nextWarning(this.endings, now);
    if (next !== undefined) this.#timer = setTimeout(() => this.#look(), Math.min(next - now, MAX_LOOK_MS));
  }

  #warn({ kind, what, file, subject, ends }: TrustEnding, now: number): void {
    if (ends <= now) return; // other lines say that it has ended
    const { consequence } = WORDS[kind];
    const cause = `it ${describeEnd(ends, now)}`;
    this.#log.write("warning", { what, file, subject, ends: new Date(ends).toISOString(), cause, consequence });
  }
}
