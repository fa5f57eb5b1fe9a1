/**
 * The front door: everything about who may come in.
 *
 * It accepts TCP connections, speaks TLS with them, identifies who is there, and hands only those on who may come in;
 * the gRPC server behind it never sees another.
 *
 * @module
 */
import type { Socket } from "node:net";
import tls from "node:tls";
import type { IdentityMode } from "../identity/certificate.ts";
import { Counter } from "../quotas/counter.ts";
import type { ConnectionLimits } from "../quotas/limits.ts";
import type { Credentials } from "../trust/credentials.ts";
import { UnauthenticatedError } from "../errors.ts";
import { addressOf, type Guest, identify, NO_HTTP2 } from "../identity/identity.ts";
import { Listener } from "./listener.ts";
import { type Address, networkOf } from "../address.ts";

/** A connection that has had no call open for so long may be closed to make room for another one. */
const SPARE_MS = 10_000;

/** How often it is looked for connections that are idle, at least. */
const MAX_IDLE_CHECK_MS = 60_000;

/** Who takes no more than that is taking nothing: it is room for a GOAWAY and a PING. */
const GOODBYE_BYTES = 256;

/** What a front door needs. */
export interface FrontDoorOptions {
  /** Where to listen; port 0 picks one. */
  listen: Address;
  /** The daemon's own certificate, and the CA of its clients. */
  credentials: Credentials;
  limits: ConnectionLimits;
  /** What makes a user; default is `certificate`. */
  identity?: IdentityMode | undefined;
  /** Says why somebody with a good certificate may not come in or stay; default is that all may. */
  objection?: (guest: Guest) => string | undefined;
  /** Takes a connection of somebody who may come in. */
  admit: (socket: tls.TLSSocket) => void;
  /** Is told of a connection that may not. */
  refused: (address: string, cause: string) => void;
  /** Is told of a guest who had to leave. */
  expelled?: (guest: Guest, cause: string) => void;
}

/** A connection that has not shown yet who it is. */
interface Stranger {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly network: string;
  /** That it counts as a connection. */
  readonly counted: Disposable;
}

/** A listener that lets in only clients with a good certificate, over TLS 1.3. */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #tls: tls.Server;
  readonly #connections = new Counter();
  /** The oldest first. */
  readonly #strangers = new Map<Socket, Stranger>();
  /** Connections that were let in or refused: a failed handshake may be told of after its connection has closed. */
  readonly #judged = new WeakSet<Socket>();
  readonly #guests = new Set<Guest>();
  readonly #idleChecks: ReturnType<typeof setInterval>;
  #listener!: Listener;

  private constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#tls = tls.createServer({
      ...options.credentials,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
      ALPNProtocols: ["h2"],
      // None: the door has a limit of its own, and Deno keeps a connection that has failed, 20 KiB, until its timer of 120 s
      // has run out. Zero would mean those 120 s.
      handshakeTimeout: -1,
    });
    this.#tls.on("secureConnection", (socket) => this.#welcome(socket));
    this.#tls.on("tlsClientError", (error, socket) => this.#refuse(beneath(socket), causeOf(error, socket)));
    const { idleTimeout } = options.limits;
    this.#idleChecks = setInterval(
      () => this.#closeIdle(idleTimeout),
      Math.max(100, Math.min(idleTimeout / 4, MAX_IDLE_CHECK_MS)),
    );
  }

  /**
   * Opens the door.
   *
   * @throws the error of `listen(2)`, with its `code`.
   */
  static async open(options: FrontDoorOptions): Promise<FrontDoor> {
    const door = new FrontDoor(options);
    try {
      door.#listener = await Listener.listen(options.listen, (socket) => door.#meet(socket));
    } catch (error) {
      clearInterval(door.#idleChecks);
      throw error;
    }
    return door;
  }

  /** Where it is, with the actual port. */
  get address(): Address {
    return this.#listener.address;
  }

  /** How many connections there are: of who was let in, and of who has not shown yet who they are. */
  get connections(): { admitted: number; handshake: number } {
    return { admitted: this.#guests.size, handshake: this.#strangers.size };
  }

  /** How many connections count for the limits: all until they are closed, also of who was refused. */
  get counted(): number {
    return this.#connections.total;
  }

  /** Lets nobody in any more; who is in stays, but begins no new streams. */
  close(): void {
    this.#listener.close();
    clearInterval(this.#idleChecks);
    for (const guest of this.#guests) guest.dismiss();
    for (const stranger of this.#strangers.keys()) stranger.destroy();
  }

  /** Takes other credentials for new connections; those that are open stay. */
  set credentials(credentials: Credentials) {
    this.#tls.setSecureContext({ ...credentials, minVersion: "TLSv1.3" });
  }

  /** Cuts the connections of all guests to whom there is an objection now, and no others. */
  expel(): void {
    for (const guest of [...this.#guests]) {
      const cause = this.#options.objection?.(guest);
      if (cause === undefined) continue;
      guest.revoke();
      this.#options.expelled?.(guest, cause);
    }
  }

  /** Cuts all connections. */
  cutAll(): void {
    for (const { socket } of this.#guests) socket.destroy();
  }

  /** Resolves when all who have been reading a stream, at or after that time of `performance.now()`, have left. */
  async readersLeft(since: number): Promise<void> {
    await this.left((guest) => guest.hasRead(since));
  }

  /** Resolves when all guests that a condition holds for have left. */
  async left(holds: (guest: Guest) => boolean = () => true): Promise<void> {
    const guests = [...this.#guests].filter(holds);
    await Promise.all(guests.map(({ socket }) => new Promise((resolve) => socket.once("close", resolve))));
  }

  /**
   * Cuts every connection that takes nothing for so long, or read its last stream so long ago, until the signal aborts.
   *
   * @param limit In milliseconds.
   */
  cutStalled(limit: number, signal: AbortSignal): void {
    const taken = new WeakMap<Guest, { bytes: number; time: number }>();
    const start = performance.now();
    const check = () => {
      const time = performance.now();
      for (const guest of this.#guests) {
        const bytes = guest.socket.bytesWritten;
        const last = taken.get(guest);
        const stalled = last && bytes - last.bytes <= GOODBYE_BYTES && time - last.time >= limit;
        const stays = time - start >= limit && guest.hasReadUntil(time - limit);
        if (stalled || stays) guest.socket.destroy();
        else if (!last || bytes - last.bytes > GOODBYE_BYTES) taken.set(guest, { bytes, time });
      }
    };
    check();
    const timer = setInterval(check, limit / 20);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Somebody is at the door. */
  #meet(socket: Socket): void {
    const network = networkOf(socket.remoteAddress);
    this.#makeRoom(socket, network);
    if (socket.destroyed) return;
    const { handshakeTimeout } = this.#options.limits;
    const silence = () => this.#refuse(socket, `it did not finish the TLS handshake in ${handshakeTimeout / 1000} s`);
    const counted = this.#connections.add(network);
    this.#strangers.set(socket, { timer: setTimeout(silence, handshakeTimeout), network, counted });
    socket.once("close", () => {
      this.#forget(socket);
      counted[Symbol.dispose]();
    });
    this.#tls.emit("connection", socket);
  }

  /**
   * Sees that there is room for a connection. Where there is none, the oldest stranger goes: who is honest is known within
   * milliseconds, so silence cannot lock the door. Then whoever has been idle for the longest time.
   */
  #makeRoom(socket: Socket, network: string): void {
    const { maxConnections, maxConnectionsPerAddress } = this.#options.limits;
    const crowded = this.#connections.of(network) >= maxConnectionsPerAddress;
    if (!crowded && this.#connections.total < maxConnections) return;
    const from = crowded ? network : undefined;
    const stranger = this.#oldestStranger(from);
    const idle = stranger ? undefined : this.#longestIdle(from);
    if (idle) return void idle.socket.destroy();
    const cause = crowded
      ? `there are ${maxConnectionsPerAddress} connections from its address (--max-connections-per-address)`
      : `there are ${maxConnections} connections (--max-connections)`;
    this.#refuse(stranger ?? socket, cause);
  }

  #oldestStranger(network: string | undefined): Socket | undefined {
    for (const [socket, stranger] of this.#strangers) {
      if (network === undefined || stranger.network === network) return socket;
    }
    return undefined;
  }

  /** The connection that has had no call for the longest time, if there is one that can be spared. */
  #longestIdle(network: string | undefined): Guest | undefined {
    let longest: Guest | undefined;
    for (const guest of this.#idle(SPARE_MS)) {
      if (network !== undefined && networkOf(guest.socket.remoteAddress) !== network) continue;
      if (guest.idleSince! < (longest?.idleSince ?? Infinity)) longest = guest;
    }
    return longest;
  }

  /** Guests that have been idle for some time, in milliseconds. */
  *#idle(limit: number): Generator<Guest> {
    const since = performance.now() - limit;
    for (const guest of this.#guests) {
      const { idleSince = Infinity, socket } = guest;
      if (idleSince <= since && !socket.destroyed) yield guest;
    }
  }

  #closeIdle(limit: number): void {
    for (const { socket } of this.#idle(limit)) socket.destroy();
  }

  /** The TLS handshake is done. */
  #welcome(secured: tls.TLSSocket): void {
    const socket = beneath(secured);
    const counted = this.#strangers.get(socket)?.counted;
    secured.on("error", () => {}); // it closes, which is all that matters
    try {
      const guest = identify(secured, this.#options.identity);
      const objection = this.#options.objection?.(guest);
      if (objection !== undefined) throw new UnauthenticatedError(objection);
      if (!this.#judge(socket)) return void secured.destroy();
      this.#guests.add(guest);
      secured.once("close", () => {
        this.#guests.delete(guest);
        guest.leave();
        counted?.[Symbol.dispose]();
      });
    } catch (error) {
      secured.destroy();
      return this.#refuse(socket, (error as Error).message);
    }
    this.#options.admit(secured);
  }

  #refuse(socket: Socket, cause: string): void {
    if (this.#judge(socket)) this.#options.refused(addressOf(socket), cause);
    socket.destroy();
  }

  /** Says whether there was no judgement on this connection before. */
  #judge(socket: Socket): boolean {
    this.#forget(socket);
    if (this.#judged.has(socket)) return false;
    this.#judged.add(socket);
    return true;
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#strangers.get(socket)?.timer);
    this.#strangers.delete(socket);
  }
}

/**
 * The TCP socket of a TLS socket. After a failed handshake the TLS socket has no address of its own any more; `_parent`
 * is not documented, but what Node calls it as well.
 */
function beneath(socket: tls.TLSSocket): Socket {
  return (socket as unknown as { _parent: Socket })._parent;
}

/** What kept a client from finishing its handshake. */
function causeOf(error: Error & { code?: string }, { authorizationError }: tls.TLSSocket): string {
  switch (String(authorizationError ?? error.code)) {
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return "its certificate is not signed by the client CA, not valid now, or not for clients; " +
        "or its key or signature is weak (RSA of less than 2,048 bits, SHA-1)";
    case "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE":
      return "it sent no certificate";
    case "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE":
      return "it does not speak TLS 1.3";
    case "ERR_SSL_NO_APPLICATION_PROTOCOL":
      return NO_HTTP2;
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return "it does not speak TLS";
    case "ECONNRESET":
      return "it hung up during the TLS handshake";
    default:
      return error.message;
  }
}
