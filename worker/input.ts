/**
 * The stdin of a process that was started with one.
 *
 * @module
 */
import { InputClosedError, InputOffsetError } from "./errors.ts";

/** A pipe to a process. Like the log it is counted in bytes, so that whoever feeds it can go on after a break. */
export class Input {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #taken = 0;
  #closed = false;

  /** For `spawn`. */
  constructor(pipe: WritableStream<Uint8Array>) {
    this.#writer = pipe.getWriter();
    this.#writer.closed.catch(() => this.#closed = true); // nobody reads it any more
  }

  /** How many bytes have been taken so far: they are written, or will be as soon as the process reads. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether it takes no more: it was closed, or nobody reads it any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Writes to the process, and resolves when the pipe has all of it: a process that does not read makes its writer wait.
   *
   * @param from Where these bytes begin in all that is written, in bytes; what was taken before is passed over.
   * @throws {InputOffsetError} when bytes before them are missing.
   * @throws {InputClosedError} when it was closed, or nobody reads it any more.
   *
   * @example
   * ```ts
   * import { decodeLogChunks, spawn, Spool } from "@paas/worker";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * const process = await spawn({ args: ["wc", "-c"], stdin: true, spool: await Spool.open(directory) });
   * await process.input!.write(new TextEncoder().encode("hello"));
   * await process.input!.write(new TextEncoder().encode("lo, world"), 3); // again from the third byte on
   * process.input!.close();
   * let output = "";
   * for await (const records of process.logs()) {
   *   for (const { data } of decodeLogChunks(records)) output += new TextDecoder().decode(data);
   * }
   * assertEquals(output, "12\n");
   * await process.ended;
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  async write(bytes: Uint8Array, from: number = this.#taken): Promise<void> {
    if (from > this.#taken) throw new InputOffsetError(from, this.#taken);
    const rest = bytes.subarray(this.#taken - from);
    if (rest.length === 0) return;
    if (this.#closed) throw new InputClosedError();
    this.#taken += rest.length;
    try {
      await this.#writer.write(rest);
    } catch (cause) {
      this.#closed = true;
      throw new InputClosedError({ cause });
    }
  }

  /** Lets the process see the end of its input, once it has read what was written. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#writer.close().catch(() => {}); // nobody reads it any more
  }

  /** Gives the pipe up, and what waits to be written: the process has ended. */
  abort(): void {
    this.#closed = true;
    this.#writer.abort().catch(() => {});
  }
}
