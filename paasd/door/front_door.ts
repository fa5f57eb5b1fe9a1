/**
 * The front door: the place that decides who may come in.
 *
 * It accepts TCP connections, speaks TLS with them, and identifies their users. It hands on only connections that may
 * come in, so the gRPC server behind it never sees another.
 *
 * @module
 */
import type { Socket } from "node:net";
import tls from "node:tls";
import { type Address, networkOf } from "../address.ts";
import { type Objection, toObjection } from "../errors.ts";
import type { IdentityMode } from "../identity/certificate.ts";
import { addressOf, Guest, identify, NO_HTTP2 } from "../identity/identity.ts";
import type { ConnectionLimits } from "../quotas/limits.ts";
import type { Credentials } from "../trust/credentials.ts";
import { Listener } from "./listener.ts";
import { Room } from "./room.ts";
import { cutStalled } from "./stall.ts";

/** Longest time between two looks for idle connections, in milliseconds. */
const MAX_IDLE_CHECK_MS = 60_000;

/** Options of a {@linkcode FrontDoor}. */
export interface FrontDoorOptions {
  /** The address to listen on; port 0 picks one. */
  listen: Address;
  /** The daemon's own certificate, and the CA of its clients. */
  credentials: Credentials;
  limits: ConnectionLimits;
  /** The part of a certificate that makes a user; default is `certificate`. */
  identity?: IdentityMode | undefined;
  /** Gives the reason why a guest with a good certificate may not come in or stay; by default all may. */
  objection?: (guest: Guest) => Objection | undefined;
  /** Called with each connection that may come in. */
  admit: (socket: tls.TLSSocket) => void;
  /** Called with the address of each connection that may not come in. */
  refused: (address: string, objection: Objection) => void;
  /** Called with each guest that had to leave. */
  expelled?: (guest: Guest, objection: Objection) => void;
}

/** A listener that lets in only clients with a good certificate, over TLS 1.3. */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #tls: tls.Server;
  readonly #room: Room;
  readonly #listener: Listener;
  /** Connections that were let in or refused: the error of a handshake may come after its connection has closed. */
  readonly #judged = new WeakSet<Socket>();
  readonly #idleChecks: ReturnType<typeof setInterval>;

  private constructor(options: FrontDoorOptions, server: tls.Server, listener: Listener) {
    this.#options = options;
    this.#tls = server;
    this.#listener = listener;
    this.#room = new Room(options.limits);
    this.#tls.on("secureConnection", (socket) => this.#welcome(socket));
    this.#tls.on("tlsClientError", (error, socket) => this.#refuse(beneath(socket), objectionOf(error, socket)));
    const { idleTimeout } = options.limits;
    this.#idleChecks = setInterval(() => {
      for (const { socket } of this.#room.idle(idleTimeout)) socket.destroy();
    }, Math.max(100, Math.min(idleTimeout / 4, MAX_IDLE_CHECK_MS)));
  }

  /**
   * Opens the door.
   *
   * @throws {Error} When `listen(2)` fails, with its `code`.
   */
  static async open(options: FrontDoorOptions): Promise<FrontDoor> {
    const server = createTlsServer(options.credentials);
    const listener = await Listener.listen(options.listen, (socket) => door.#meet(socket));
    const door = new FrontDoor(options, server, listener);
    return door;
  }

  /** The address of the door, with the actual port. */
  get address(): Address {
    return this.#listener.address;
  }

  /** The numbers of connections that were let in, and of those that have not shown yet who they are. */
  get connections(): { admitted: number; handshake: number } {
    return this.#room.connections;
  }

  /** The number of connections that count for the limits: a refused one counts until it has closed. */
  get counted(): number {
    return this.#room.counted;
  }

  /** Lets nobody in any more; guests stay, but begin no new streams. */
  close(): void {
    this.#listener.close();
    clearInterval(this.#idleChecks);
    for (const guest of this.#room.guests) guest.dismiss();
    for (const stranger of this.#room.strangers) stranger.destroy();
  }

  /** Takes other credentials for new connections; open connections stay. */
  set credentials(credentials: Credentials) {
    this.#tls.setSecureContext({ ...credentials, minVersion: "TLSv1.3" });
  }

  /** Cuts the connections of all guests to whom there is an objection now, and no others. */
  expel(): void {
    for (const guest of [...this.#room.guests]) {
      const objection = this.#options.objection?.(guest);
      if (!objection) continue;
      guest.revoke();
      this.#options.expelled?.(guest, objection);
    }
  }

  /** Cuts all connections. */
  cutAll(): void {
    for (const { socket } of this.#room.guests) socket.destroy();
  }

  /** Resolves when all guests have left that were reading a stream at or after a time of `performance.now()`. */
  async readersLeft(since: number): Promise<void> {
    await this.left((guest) => guest.hasRead(since));
  }

  /** Resolves when all guests have left for which a condition holds now; by default all guests. */
  async left(holds: (guest: Guest) => boolean = () => true): Promise<void> {
    const guests = [...this.#room.guests].filter(holds);
    await Promise.all(guests.map(({ socket }) => new Promise((resolve) => socket.once("close", resolve))));
  }

  /**
   * Cuts each connection that takes nothing for some time, or whose last stream ended so long ago, until the signal
   * aborts.
   *
   * @param limit The time, in milliseconds.
   */
  cutStalled(limit: number, signal: AbortSignal): void {
    cutStalled(this.#room.guests, limit, signal);
  }

  /** Begins the handshake with a connection that has just come. */
  #meet(socket: Socket): void {
    const network = networkOf(socket.remoteAddress);
    const crowd = this.#room.crowdWith(network);
    if (crowd) {
      const { leaving = socket, objection } = crowd;
      if (objection) this.#refuse(leaving, objection);
      else leaving.destroy();
    }
    if (socket.destroyed) return;
    const { handshakeTimeout } = this.#options.limits;
    this.#room.enter(socket, network, () => {
      const sentence = `it did not finish the TLS handshake in ${handshakeTimeout / 1000} s`;
      this.#refuse(socket, { kind: "handshake_timeout", sentence });
    });
    this.#tls.emit("connection", socket);
  }

  /** Lets a connection in whose TLS handshake is done, or refuses it. */
  #welcome(secured: tls.TLSSocket): void {
    const socket = beneath(secured);
    secured.on("error", () => {}); // it closes, which is all that matters
    const judgement = this.#judge(secured);
    if (!(judgement instanceof Guest)) {
      secured.destroy();
      return this.#refuse(socket, judgement);
    }
    if (!this.#isFirstJudgement(socket)) return void secured.destroy();
    this.#room.admit(judgement, socket);
    this.#options.admit(secured);
  }

  /** Identifies the guest on a connection, or gives the reason why it may not come in. */
  #judge(secured: tls.TLSSocket): Guest | Objection {
    try {
      const guest = identify(secured, this.#options.identity);
      return this.#options.objection?.(guest) ?? guest;
    } catch (error) {
      return toObjection(error);
    }
  }

  #refuse(socket: Socket, objection: Objection): void {
    this.#room.forget(socket);
    if (this.#isFirstJudgement(socket)) this.#options.refused(addressOf(socket), objection);
    socket.destroy();
  }

  /** Notes a judgement on a connection; gives whether there was none before. */
  #isFirstJudgement(socket: Socket): boolean {
    if (this.#judged.has(socket)) return false;
    this.#judged.add(socket);
    return true;
  }
}

function createTlsServer(credentials: Credentials): tls.Server {
  return tls.createServer({
    ...credentials,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
    // The door has a timeout of its own. With that of the runtime, a failed connection stays (20 KiB) until a timer of
    // 120 s ends; zero would mean those 120 s.
    handshakeTimeout: -1,
  });
}

/**
 * Gives the TCP socket of a TLS socket, for after a failed handshake the TLS socket has no address any more. `_parent`
 * is not documented, but Node has it by the same name.
 */
function beneath(socket: tls.TLSSocket): Socket {
  return (socket as unknown as { _parent: Socket })._parent;
}

/** Gives the reason why a handshake failed. */
function objectionOf(error: Error & { code?: string }, { authorizationError }: tls.TLSSocket): Objection {
  switch (String(authorizationError ?? error.code)) {
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return {
        kind: "certificate_untrusted",
        sentence: "its certificate is not signed by the client CA, not valid now, or not for clients; " +
          "or its key or signature is weak (RSA of less than 2,048 bits, SHA-1)",
      };
    case "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE":
      return { kind: "no_certificate", sentence: "it sent no certificate" };
    case "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE":
      return { kind: "tls_version", sentence: "it does not speak TLS 1.3" };
    case "ERR_SSL_NO_APPLICATION_PROTOCOL":
      return { kind: "no_http2", sentence: NO_HTTP2 };
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return { kind: "no_tls", sentence: "it does not speak TLS" };
    case "ECONNRESET":
      return { kind: "hung_up", sentence: "it hung up during the TLS handshake" };
    default:
      return { kind: "other", sentence: error.message };
  }
}
