/**
 * The room behind the front door: all connections that are open, and the one that goes when there are too many.
 *
 * @module
 */
import type { Socket } from "node:net";
import { networkOf } from "../address.ts";
import type { Objection } from "../errors.ts";
import type { Guest } from "../identity/identity.ts";
import { Counter } from "../quotas/counter.ts";
import type { ConnectionLimits } from "../quotas/limits.ts";

/** Time without a call after which a connection may be closed to make room for another one, in milliseconds. */
const SPARE_MS = 10_000;

/** A connection that has not shown yet who it is. */
interface Stranger {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly network: string;
  /** Counts the connection until it is disposed of. */
  readonly counted: Disposable;
}

/** A connection too many. */
export interface Crowd {
  /** The connection that goes; `undefined` is the one that has just come. */
  readonly leaving: Socket | undefined;
  /** The reason; `undefined` for a connection that was idle and may come back. */
  readonly objection: Objection | undefined;
}

/** All strangers and guests of a front door. */
export class Room {
  readonly #limits: ConnectionLimits;
  readonly #counter = new Counter();
  /** The oldest comes first. */
  readonly #strangers = new Map<Socket, Stranger>();
  readonly #guests = new Set<Guest>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** The connections whose users are known. */
  get guests(): ReadonlySet<Guest> {
    return this.#guests;
  }

  /** The connections that have not shown yet who they are. */
  get strangers(): Iterable<Socket> {
    return this.#strangers.keys();
  }

  /** The numbers of guests and of strangers. */
  get connections(): { admitted: number; handshake: number } {
    return { admitted: this.#guests.size, handshake: this.#strangers.size };
  }

  /** The number of connections that count for the limits: a refused one counts until it has closed. */
  get counted(): number {
    return this.#counter.total;
  }

  /**
   * Tells which connection goes if one more comes from a network; `undefined` if there is room for it.
   *
   * The oldest stranger goes first: an honest client is known within milliseconds, so silent ones cannot lock the door.
   * Without strangers the guest goes that has been idle for the longest time.
   */
  crowdWith(network: string): Crowd | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const crowded = this.#counter.of(network) >= maxConnectionsPerAddress;
    if (!crowded && this.#counter.total < maxConnections) return undefined;
    const from = crowded ? network : undefined;
    const stranger = this.#oldestStranger(from);
    const idle = stranger ? undefined : this.#longestIdle(from);
    if (idle) return { leaving: idle.socket, objection: undefined };
    const sentence = crowded
      ? `there are ${maxConnectionsPerAddress} connections from its address (--max-connections-per-address)`
      : `there are ${maxConnections} connections (--max-connections)`;
    return { leaving: stranger, objection: { kind: "too_many_connections", sentence } };
  }

  /**
   * Takes a stranger in.
   *
   * @param late Called when it is still a stranger after the handshake timeout.
   */
  enter(socket: Socket, network: string, late: () => void): void {
    const counted = this.#counter.add(network);
    this.#strangers.set(socket, { timer: setTimeout(late, this.#limits.handshakeTimeout), network, counted });
    socket.once("close", () => {
      this.forget(socket);
      counted[Symbol.dispose]();
    });
  }

  /** Makes a guest of the stranger on a socket. */
  admit(guest: Guest, socket: Socket): void {
    const counted = this.#strangers.get(socket)?.counted;
    this.forget(socket);
    this.#guests.add(guest);
    guest.socket.once("close", () => {
      this.#guests.delete(guest);
      guest.leave();
      counted?.[Symbol.dispose]();
    });
  }

  /** Forgets a stranger; the connection counts on until it has closed. */
  forget(socket: Socket): void {
    clearTimeout(this.#strangers.get(socket)?.timer);
    this.#strangers.delete(socket);
  }

  /** Gives the guests that have been idle for some time, in milliseconds. */
  *idle(milliseconds: number): Generator<Guest> {
    const since = performance.now() - milliseconds;
    for (const guest of this.#guests) {
      const { idleSince = Infinity, socket } = guest;
      if (idleSince <= since && !socket.destroyed) yield guest;
    }
  }

  #oldestStranger(network: string | undefined): Socket | undefined {
    for (const [socket, stranger] of this.#strangers) {
      if (network === undefined || stranger.network === network) return socket;
    }
    return undefined;
  }

  #longestIdle(network: string | undefined): Guest | undefined {
    let longest: Guest | undefined;
    for (const guest of this.idle(SPARE_MS)) {
      if (network !== undefined && networkOf(guest.socket.remoteAddress) !== network) continue;
      if (guest.idleSince! < (longest?.idleSince ?? Infinity)) longest = guest;
    }
    return longest;
  }
}
