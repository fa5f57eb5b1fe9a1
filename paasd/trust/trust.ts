/**
 * The trust of the daemon: its certificates, revocations and roles, as their files are now.
 *
 * @module
 */
import { MAX_TIMER_MS } from "@paas/worker/system";
import type { Access } from "../access/access.ts";
import { type ClientCa, ClientCas } from "./client_ca.ts";
import {
  type CredentialFiles,
  type Credentials,
  parseCertificates,
  readClientCa,
  readNamed,
  readNamedText,
  readPair,
} from "./credentials.ts";
import { parseDenyList } from "./deny_list.ts";
import { EndingLog, endingOf, endingOfLists, subjectOf, type TrustEnding } from "./endings.ts";
import { keepDevelopmentCertificatesLocal } from "./development_certificates.ts";
import { type Objection, StartError, toObjection } from "../errors.ts";
import type { Address } from "../address.ts";
import type { IdentityMode } from "../identity/certificate.ts";
import type { Guest } from "../identity/identity.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import { MAX_LIST_BYTES } from "../files/regular_file.ts";
import { parseRevocations, type Revocations } from "./revocation_list.ts";
import { parsePolicy } from "../access/roles.ts";
import { type Source, WatchedFiles } from "./watched_files.ts";

const NOT_SIGNED: Objection = {
  kind: "certificate_untrusted",
  sentence: "its certificate is not signed by a CA of --client-ca itself " +
    "(intermediates are not taken: add the intermediate CA's certificate to --client-ca)",
};

/** The files of certificates, revocations and roles, and the options that decide how they are read. */
export interface TrustOptions extends CredentialFiles {
  readonly crl: string | undefined;
  readonly denyList: string | undefined;
  readonly policy: string | undefined;
  /** The part of a certificate that makes a user. */
  readonly identity: IdentityMode;
  /** The address that the daemon listens on. */
  readonly listen: Address;
}

/** A listener for changes of trust. */
export interface TrustListener {
  /** Called with the credentials for new connections. */
  credentialsChanged(credentials: Credentials): void;
  /** Called when some guests may no longer be welcome, as {@linkcode Trust.objection} says. */
  guestsChanged(): void;
}

/**
 * The content of all files, as it is in force. A bad file is an error at the start. Later the old content stays in
 * force, and the log says so.
 */
export class Trust implements AsyncDisposable {
  readonly #options: TrustOptions;
  readonly #access: Access;
  readonly #log: DaemonLog;
  #pair!: Pick<Credentials, "cert" | "key">;
  #clientCa!: string;
  #cas = new ClientCas();
  #revocations: Revocations | undefined;
  #denied: ReadonlySet<string> = new Set();
  readonly #endings: EndingLog;
  #files!: WatchedFiles;
  #listener: TrustListener | undefined;
  #outdated: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: TrustOptions, access: Access, log: DaemonLog) {
    this.#options = options;
    this.#access = access;
    this.#log = log;
    this.#endings = new EndingLog(log);
  }

  /**
   * Reads all files, and watches them from then on.
   *
   * @throws {StartError} When a file cannot be used.
   */
  static async read(options: TrustOptions, access: Access, log: DaemonLog): Promise<Trust> {
    const trust = new Trust(options, access, log);
    try {
      trust.#files = await WatchedFiles.load(trust.#sources(), log);
    } catch (error) {
      trust.#endTimers();
      throw error;
    }
    return trust;
  }

  /** The certificate and key of the daemon, and the CAs of its clients. */
  get credentials(): Credentials {
    return { ...this.#pair, ca: this.#clientCa };
  }

  /** The ends of all certificates and revocation lists that are in force. */
  get endings(): readonly TrustEnding[] {
    return this.#endings.endings;
  }

  /** The listener that is called after each change from now on. */
  set listener(listener: TrustListener) {
    this.#listener = listener;
  }

  /** Gives the reason why a guest that the TLS stack has let in may not stay; `undefined` if it may. */
  objection({ user, certificate }: Pick<Guest, "user" | "certificate">): Objection | undefined {
    try {
      if (this.#denied.has(certificate.fingerprint)) return revoked("its certificate is on the deny list");
      if (this.#revocations?.has(certificate)) return revoked("its certificate was revoked");
      // The TLS stack takes chains, and looks for the revocation of none of their links.
      const signers = this.#cas.signersOf(certificate);
      if (signers.length === 0) return NOT_SIGNED;
      const good = signers.filter(({ own }) => !this.#revocations?.has(own));
      if (good.length === 0) return revoked("the client CA that signed its certificate was revoked");
      if (!good.some(isValid)) {
        const sentence = "the client CA that signed its certificate has expired, or is not valid yet";
        return { kind: "certificate_dates", sentence };
      }
      this.#access.roleOf({ user, certificate });
      return undefined;
    } catch (error) {
      return toObjection(error);
    }
  }

  /** Reads all files now. */
  async reload(): Promise<void> {
    await this.#files.reload();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#files[Symbol.dispose]();
    await this.#files.settled;
    this.#endTimers();
  }

  #endTimers(): void {
    clearTimeout(this.#outdated);
    this.#endings[Symbol.dispose]();
  }

  #sources(): Source[] {
    const { tlsCert, tlsKey, clientCa, crl, denyList, policy } = this.#options;
    const source = (name: string, files: string[], load: () => Promise<void>): Source => ({ name, files, load });
    return [
      source("server certificate", [tlsCert, tlsKey], () => this.#loadPair()),
      source("client CA", [clientCa], () => this.#loadClientCa()),
      ...crl === undefined ? [] : [source("revocation list", [crl], () => this.#loadRevocations(crl))],
      ...denyList === undefined ? [] : [source("deny list", [denyList], () => this.#loadDenyList(denyList))],
      ...policy === undefined ? [] : [source("policy", [policy], () => this.#loadPolicy(policy))],
    ];
  }

  async #loadPair(): Promise<void> {
    const pair = await readPair(this.#options);
    if (this.#clientCa !== undefined) {
      keepDevelopmentCertificatesLocal({ ...pair, ca: this.#clientCa }, this.#options.listen);
    }
    this.#pair = pair;
    // A client needs the whole chain, so the file ends with the first of its certificates.
    const chain = parseCertificates(pair.cert).map((x509) => endingOf("server", this.#options.tlsCert, x509));
    this.#endings.replace("server", chain.toSorted((one, other) => one.ends - other.ends).slice(0, 1));
    this.#listener?.credentialsChanged(this.credentials);
  }

  /** Loads the CAs. A new CA comes into force together with the revocation lists as they are, or not at all. */
  async #loadClientCa(): Promise<void> {
    const ca = await readClientCa(this.#options);
    keepDevelopmentCertificatesLocal({ ...this.#pair, ca }, this.#options.listen);
    if (ca === this.#clientCa) return;
    const { crl } = this.#options;
    const cas = new ClientCas(ca);
    // At the start the lists are read next. To take a CA out of force, no list is waited for.
    if (crl !== undefined && this.#clientCa !== undefined && !cas.isWithin(this.#cas)) {
      this.#revocations = await this.#readRevocations(crl, cas);
    }
    this.#clientCa = ca;
    this.#cas = cas;
    this.#warnOfCas();
    this.#endings.replace("client_ca", [...cas].map(({ x509 }) => endingOf("client_ca", this.#options.clientCa, x509)));
    this.#listener?.credentialsChanged(this.credentials);
    this.#listener?.guestsChanged();
  }

  async #loadRevocations(path: string): Promise<void> {
    this.#revocations = await this.#readRevocations(path, this.#cas);
    this.#listener?.guestsChanged();
  }

  async #readRevocations(path: string, cas: ClientCas): Promise<Revocations> {
    const bytes = await readNamed(path, "revocation list (--crl)", MAX_LIST_BYTES);
    const revocations = parseRevocations(bytes, path, cas);
    for (const ca of cas) {
      if (!this.#revocations?.isOf(ca) || revocations.isOf(ca)) continue;
      throw new StartError(
        `Cannot use ${path} (--crl): it has no list of ${
          nameOf(ca)
        }, which has one in force; add its list, an empty one will do`,
      );
    }
    for (const { list, issuer } of revocations.passedOver) {
      this.#log.write("revocation-list-passed-over", {
        file: path,
        list,
        issuer,
        cause: "its CA is not in the file of --client-ca",
      });
    }
    this.#logWhenOutdated(path, revocations);
    this.#endings.replace("crl", [endingOfLists(path, revocations.thisUpdate, revocations.nextUpdate)]);
    return revocations;
  }

  async #loadDenyList(path: string): Promise<void> {
    this.#denied = parseDenyList(await readNamedText(path, "deny list (--deny-list)", MAX_LIST_BYTES), path);
    this.#listener?.guestsChanged();
  }

  async #loadPolicy(path: string): Promise<void> {
    this.#access.policy = await parsePolicy(await readNamedText(path, "policy (--policy)"), path);
  }

  /** Warns of CAs that the operator probably does not mean. */
  #warnOfCas(): void {
    const { clientCa: file, identity } = this.#options;
    const warn = (ca: ClientCa, cause: string, consequence: string) =>
      this.#log.write("warning", { file, ca: nameOf(ca), cause, consequence });
    for (const ca of this.#cas) {
      if (!isValid(ca)) warn(ca, "this client CA has expired, or is not valid yet", "its users cannot come in");
    }
    if (identity !== "subject") return;
    for (const ca of this.#cas.namesakes()) {
      warn(
        ca,
        "there are two client CAs of this name with different keys (--client-ca, --identity subject)",
        "users with one name from both count as one user",
      );
    }
  }

  /** Logs when a list is out of date. It stays in force: it names too few certificates, but none too many. */
  #logWhenOutdated(path: string, revocations: Revocations): void {
    clearTimeout(this.#outdated);
    const { nextUpdate } = revocations;
    const left = nextUpdate - Date.now();
    const look = () =>
      left > MAX_TIMER_MS ? this.#logWhenOutdated(path, revocations) : this.#log.write("revocation-list-outdated", {
        file: path,
        since: new Date(nextUpdate).toISOString(),
        consequence: "it is still in force, but certificates that were revoked since get in",
      });
    this.#outdated = setTimeout(look, Math.max(0, Math.min(left, MAX_TIMER_MS)));
  }
}

function revoked(sentence: string): Objection {
  return { kind: "certificate_revoked", sentence };
}

function isValid({ x509: { validFromDate, validToDate } }: ClientCa): boolean {
  const now = Date.now();
  return validFromDate.getTime() <= now && validToDate.getTime() > now;
}

function nameOf({ x509 }: ClientCa): string {
  return subjectOf(x509) ?? "a CA without a name";
}
