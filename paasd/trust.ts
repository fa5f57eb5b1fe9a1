/**
 * Whom the daemon trusts: certificates, revocations and roles, as their files say now.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import type { Access } from "./access.ts";
import type { ClientCertificate } from "./certificate.ts";
import { type Credentials, parseCertificates, readClientCa, readPair } from "./credentials.ts";
import { parseDenyList } from "./deny_list.ts";
import { keepDevelopmentCertificatesLocal } from "./development_certificates.ts";
import { StartError } from "./errors.ts";
import type { Guest } from "./identity.ts";
import type { Log } from "./log.ts";
import type { Options } from "./options.ts";
import { parseRevocations, type Revocations } from "./revocation_list.ts";
import { parsePolicy } from "./roles.ts";
import { type Source, WatchedFiles } from "./watched_files.ts";

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Is told of what has changed. */
export interface TrustListener {
  /** New connections get these. */
  credentialsChanged(credentials: Credentials): void;
  /** Some guests may not be welcome any more: {@linkcode Trust.objection} knows whom. */
  guestsChanged(): void;
}

/** What the files say. Bad ones are an error at the start; later the old state stays in force, and the log says so. */
export class Trust implements AsyncDisposable {
  readonly #options: Options;
  readonly #access: Access;
  readonly #log: Log;
  #pair!: Pick<Credentials, "cert" | "key">;
  #clientCa!: string;
  #authorities: X509Certificate[] = [];
  #revocations: Revocations | undefined;
  #denied: ReadonlySet<string> = new Set();
  #files!: WatchedFiles;
  #listener: TrustListener | undefined;
  #outdated: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: Options, access: Access, log: Log) {
    this.#options = options;
    this.#access = access;
    this.#log = log;
  }

  /**
   * Reads all files, and watches them from then on.
   *
   * @throws {StartError} when one is no good.
   */
  static async read(options: Options, access: Access, log: Log): Promise<Trust> {
    const trust = new Trust(options, access, log);
    try {
      trust.#files = await WatchedFiles.load(trust.#sources(), log);
    } catch (error) {
      clearTimeout(trust.#outdated);
      throw error;
    }
    return trust;
  }

  /** The certificate and key of the daemon, and the CAs of its clients. */
  get credentials(): Credentials {
    return { ...this.#pair, ca: this.#clientCa };
  }

  /** Tells of changes from now on. */
  set listener(listener: TrustListener) {
    this.#listener = listener;
  }

  /** Why somebody whom the TLS stack has let in may not stay; undefined when they may. */
  objection({ user, certificate, clientCa }: Pick<Guest, "user" | "certificate" | "clientCa">): string | undefined {
    if (this.#denied.has(certificate.fingerprint)) return "its certificate is on the deny list";
    if (this.#revocations?.has(certificate)) return "its certificate was revoked";
    if (clientCa !== this.#clientCa && !this.#isSigned(certificate)) {
      return "its certificate is not signed by the client CA as it is now";
    }
    try {
      this.#access.roleOf({ user, certificate });
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  }

  /** Reads all files now. */
  async reload(): Promise<void> {
    await this.#files.reload();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#files[Symbol.dispose]();
    await this.#files.settled;
    clearTimeout(this.#outdated);
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
    this.#listener?.credentialsChanged(this.credentials);
  }

  async #loadClientCa(): Promise<void> {
    const ca = await readClientCa(this.#options);
    keepDevelopmentCertificatesLocal({ ...this.#pair, ca }, this.#options.listen);
    if (ca === this.#clientCa) return;
    this.#clientCa = ca;
    this.#authorities = parseCertificates(ca);
    this.#listener?.credentialsChanged(this.credentials);
    this.#listener?.guestsChanged();
  }

  async #loadRevocations(path: string): Promise<void> {
    const bytes = await read(path, "revocation list (--crl)");
    this.#revocations = parseRevocations(bytes, path, this.#authorities);
    this.#sayWhenOutdated(path);
    this.#listener?.guestsChanged();
  }

  async #loadDenyList(path: string): Promise<void> {
    const bytes = await read(path, "deny list (--deny-list)");
    this.#denied = parseDenyList(new TextDecoder().decode(bytes), path);
    this.#listener?.guestsChanged();
  }

  async #loadPolicy(path: string): Promise<void> {
    const bytes = await read(path, "policy (--policy)");
    this.#access.policy = await parsePolicy(new TextDecoder().decode(bytes), path);
  }

  /** A list that is out of date stays in force, for it names fewer than it should but none too many. */
  #sayWhenOutdated(path: string): void {
    clearTimeout(this.#outdated);
    const { nextUpdate } = this.#revocations!;
    const left = nextUpdate - Date.now();
    const look = () =>
      left > MAX_TIMER_MS ? this.#sayWhenOutdated(path) : this.#log.write("revocation-list-outdated", {
        file: path,
        since: new Date(nextUpdate).toISOString(),
        consequence: "it is still in force, but certificates that were revoked since get in",
      });
    this.#outdated = setTimeout(look, Math.max(0, Math.min(left, MAX_TIMER_MS)));
  }

  /** Whether one of the client CAs of now has signed a certificate. One that came by way of another CA counts as not. */
  #isSigned({ der }: ClientCertificate): boolean {
    const certificate = new X509Certificate(der);
    const now = Date.now();
    return this.#authorities.some((authority) =>
      authority.validFromDate.getTime() <= now && authority.validToDate.getTime() > now &&
      certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
    );
  }
}

async function read(path: string, what: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const { message } = error as Error;
    throw new StartError(`Cannot read the ${what}: ${message.includes(path) ? message : `${path}: ${message}`}`);
  }
}
