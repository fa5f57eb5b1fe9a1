/**
 * Waiting for file descriptors that the runtime does not know.
 *
 * @module
 */
import type { Libc } from "../system/libc.ts";

/** The event of poll(2): bytes can be read. */
export const POLLIN = 1;
/** The event of poll(2): bytes can be written. */
export const POLLOUT = 4;
/** The event of poll(2): the descriptor is closed. */
const POLLNVAL = 0x20;

const EFD_CLOEXEC_NONBLOCK = 0o2004000;

interface Wait {
  readonly descriptor: number;
  readonly events: number;
  readonly resolve: (happened: number) => void;
}

/**
 * Waits for any number of descriptors with one poll(2): in one thread of the runtime's pool, and in none while nobody waits.
 * (A blocking read for each descriptor would take the whole pool, and so block all files of the daemon.)
 */
export class Poller {
  readonly #libc: Libc;
  readonly #waits = new Set<Wait>();
  /** An eventfd(2) that ends the poll when the list of descriptors has changed. */
  readonly #alarm: number;
  #polling = false;

  private constructor(libc: Libc, alarm: number) {
    this.#libc = libc;
    this.#alarm = alarm;
  }

  /**
   * Opens a poller.
   *
   * @throws {Error} When there are no more descriptors; its `code` is `EMFILE`.
   */
  static open(libc: Libc): Poller {
    const alarm = libc.eventfd(0, EFD_CLOEXEC_NONBLOCK);
    if (alarm < 0) throw Object.assign(new Error("No eventfd could be made"), { code: "EMFILE" });
    return new Poller(libc, alarm);
  }

  /** Resolves with the events that a descriptor has: those that are waited for, or that it is hung up or closed. */
  when(descriptor: number, events: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waits.add({ descriptor, events, resolve });
    if (this.#polling) this.#interrupt();
    else this.#poll();
    return promise;
  }

  /** Ends all waiting for a descriptor that is about to be closed. */
  forget(descriptor: number): void {
    for (const wait of this.#waits) {
      if (wait.descriptor !== descriptor) continue;
      this.#waits.delete(wait);
      wait.resolve(POLLNVAL);
    }
    this.#interrupt();
  }

  #interrupt(): void {
    if (this.#polling) this.#libc.write(this.#alarm, new BigUint64Array([1n]), 8n);
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    while (this.#waits.size > 0) {
      const waits = [...this.#waits];
      // struct pollfd: the descriptor, and 16 bits each of what is wanted and what has happened.
      const polled = new Int32Array(2 * (waits.length + 1));
      polled.set([this.#alarm, POLLIN]);
      waits.forEach(({ descriptor, events }, index) => polled.set([descriptor, events], 2 * index + 2));
      await this.#libc.poll(polled, BigInt(waits.length + 1), -1);
      this.#libc.read(this.#alarm, new BigUint64Array(1), 8n);
      waits.forEach((wait, index) => {
        const happened = polled[2 * index + 3]! >>> 16;
        if (happened !== 0 && this.#waits.delete(wait)) wait.resolve(happened);
      });
    }
    this.#polling = false;
  }
}
