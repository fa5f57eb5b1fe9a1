/**
 * The identity of clients: the one place where a connection gets its user, once for each connection.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { type ClientCertificate, type IdentityMode, readCertificate, userId } from "./certificate.ts";
import { at } from "./der.ts";
import { ShuttingDownError, UnauthenticatedError } from "../errors.ts";
import { isForClients } from "./extended_key_usage.ts";
import { formatAddress } from "../address.ts";

/** A user, as a client certificate names them. */
export interface User {
  /** 64 lower-case hexadecimal digits: the SHA-256 of the certificate (DER), or another hash by the identity mode. */
  readonly id: string;
  /**
   * The subject of the certificate, or its URIs if it has none. For people only: it is not unique and proves nothing.
   */
  readonly subject: string;
  /** Time when the certificate expires, in milliseconds since the Unix epoch. */
  readonly expires: number;
}

/** Maximum length of a subject that is kept with the process of another user, in UTF-16 code units. */
const MAX_NAME_LENGTH = 256;

/** Cuts a subject, so that it can be kept with what belongs to another user. A certificate may have a long one. */
export function shortSubject(subject: string): string {
  if (subject.length <= MAX_NAME_LENGTH) return subject;
  return `${subject.slice(0, MAX_NAME_LENGTH - 1).toWellFormed()}…`;
}

/** A connection, for those who hold something as long as it lasts. */
export interface Connection {
  /** Aborts when the connection is gone. */
  readonly signal: AbortSignal;
  /** The leases that the connection holds. A lease counts if a process would be stopped for want of the connection. */
  readonly leases: Set<{ readonly counts: boolean }>;
}

/** A connection whose user is known. */
export class Guest {
  #streams = 0;
  #lastRead = -Infinity;
  #dismissed = false;
  #calls = 0;
  #lastCall = performance.now();
  #revoked = false;

  readonly #gone = new AbortController();
  /** The connection, for calls that outlive themselves by it. */
  readonly connection: Connection = { signal: this.#gone.signal, leases: new Set() };
  /** The address at the other end, which a closed socket no longer knows. */
  readonly address: string;

  constructor(readonly socket: TLSSocket, readonly user: User, readonly certificate: ClientCertificate) {
    this.address = addressOf(socket);
  }

  /** Notes that the connection is gone. */
  leave(): void {
    this.#gone.abort();
  }

  /** Tells whether the guest has been reading a stream at or after a time of `performance.now()`. */
  hasRead(since: number): boolean {
    return this.#streams > 0 || this.#lastRead >= since;
  }

  /** Tells whether the guest has read streams, all of which had ended by a time of `performance.now()`. */
  hasReadUntil(time: number): boolean {
    return this.#streams === 0 && this.#lastRead > -Infinity && this.#lastRead <= time;
  }

  /**
   * The time of `performance.now()` since which the guest has been idle. A guest is not idle (`undefined`) while it has
   * a call open, or a process would be stopped when it goes.
   */
  get idleSince(): number | undefined {
    const busy = this.#calls > 0 || this.connection.leases.values().some(({ counts }) => counts);
    return busy ? undefined : this.#lastCall;
  }

  /** Notes an open call, until the returned object is disposed of. */
  calls(): Disposable {
    this.#calls++;
    return {
      [Symbol.dispose]: () => {
        this.#calls--;
        this.#lastCall = performance.now();
      },
    };
  }

  /** Whether the certificate is no longer good. */
  get revoked(): boolean {
    return this.#revoked;
  }

  /** Cuts the connection at once, because the certificate is no longer good. */
  revoke(): void {
    this.#revoked = true;
    this.socket.destroy();
  }

  /** Lets the guest begin no more streams. */
  dismiss(): void {
    this.#dismissed = true;
  }

  /**
   * Notes a stream that the guest reads, until the returned object is disposed of.
   *
   * @throws {ShuttingDownError} When the guest has been dismissed.
   */
  reads(): Disposable {
    if (this.#dismissed) throw new ShuttingDownError();
    this.#streams++;
    return {
      [Symbol.dispose]: () => {
        this.#streams--;
        this.#lastRead = performance.now();
      },
    };
  }
}

/** The sentence for a client that speaks another protocol, or does not say which. */
export const NO_HTTP2 = "it did not ask for HTTP/2 (ALPN h2)";

/**
 * Guests by the certificate objects of their connections. A map of the module, because a call in grpc-js shows nothing
 * of its connection but that object.
 */
const guests = new WeakMap<PeerCertificate, Guest>();

/**
 * Identifies the user of a connection, and binds both together: from then on {@linkcode guestOf} finds the guest by the
 * object that `socket.getPeerCertificate()` gives.
 *
 * The TLS stack has checked the CA and the possession of the key. This function checks what the TLS stack lets through.
 *
 * @throws {UnauthenticatedError} When the connection is not good enough; the message completes "refused, because".
 */
export function identify(socket: TLSSocket, mode: IdentityMode = "certificate"): Guest {
  if (!socket.authorized) throw new UnauthenticatedError("its certificate was not verified", "certificate_untrusted");
  // The holder of a session ticket comes in as the user who got it, without any look at a certificate, and the runtime
  // has no switch for tickets. No gRPC client needs them.
  if (socket.isSessionReused()) {
    throw new UnauthenticatedError("it resumed a TLS session instead of showing a certificate", "session_resumed");
  }
  if (socket.alpnProtocol !== "h2") throw new UnauthenticatedError(NO_HTTP2, "no_http2");
  const certificate = socket.getPeerCertificate();
  if (!certificate?.raw) throw new UnauthenticatedError("it sent no certificate", "no_certificate");
  const own = readCertificate(certificate.raw);
  const guest = new Guest(socket, readUser(own, mode), own);
  guests.set(certificate, guest);
  Object.assign(socket, { getPeerCertificate: () => certificate }); // it makes a new object each time otherwise
  return guest;
}

/**
 * Gives the user of a certificate.
 *
 * @throws {UnauthenticatedError} When the certificate is not good for clients now.
 */
function readUser(certificate: ClientCertificate, mode: IdentityMode): User {
  const { der } = certificate;
  const { subject, validFromDate, validToDate } = new X509Certificate(der) as Omit<X509Certificate, "subject"> & {
    subject: string | undefined; // undefined in Deno for an empty one
  };
  if (validFromDate.getTime() > Date.now()) {
    throw new UnauthenticatedError("its certificate is not valid yet", "certificate_dates");
  }
  // The runtime lets in certificates without any extended key usage.
  if (!isForClients(der)) {
    throw new UnauthenticatedError(
      "its certificate is not for clients (extended key usage clientAuth)",
      "certificate_usage",
    );
  }
  const user: User = {
    id: userId(certificate, mode),
    subject: subject ? subject.replaceAll("\n", ", ") : showUris(certificate),
    expires: validToDate.getTime(),
  };
  if (hasExpired(user)) throw new UnauthenticatedError("its certificate has expired", "certificate_dates");
  return user;
}

/** Writes the URIs of a certificate without a subject, as OpenSSL shows them. */
function showUris({ uris }: ClientCertificate): string {
  return uris.map((uri) => `URI:${new TextDecoder().decode(at(uri, 0)?.content)}`).join(", ");
}

/**
 * Gives the guest that makes a call.
 *
 * @param certificate The object that the connection of the call shows.
 * @throws {UnauthenticatedError} When the connection was not identified, or its certificate was revoked or has expired
 * since.
 */
export function guestOf(certificate: PeerCertificate | undefined): Guest {
  const guest = certificate && guests.get(certificate);
  if (!guest) throw new UnauthenticatedError("Cannot tell who you are: connect with a client certificate");
  if (guest.revoked) throw new UnauthenticatedError("Your client certificate was revoked: ask for a new one");
  if (hasExpired(guest.user)) {
    throw new UnauthenticatedError("Your client certificate has expired: get a new one and connect again");
  }
  return guest;
}

/** Tells whether the certificate of a user has expired. */
export function hasExpired({ expires }: User): boolean {
  return expires <= Date.now();
}

/** Gives the address at the other end of a socket, as `HOST:PORT`. */
export function addressOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">): string {
  return remoteAddress === undefined ? "unknown" : formatAddress({ host: remoteAddress, port: remotePort ?? 0 });
}
