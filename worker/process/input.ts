/**
 * The stdin of a process that was started with one.
 *
 * @module
 */
import { InputClosedError, InputOffsetError } from "../errors.ts";

/** So many writers are known by name: then the oldest one is forgotten. */
const MAX_WRITERS = 1_000;

/** A pipe to a process, for any number of writers. */
export class Input {
  readonly #pipe: WritableStreamDefaultWriter<Uint8Array>;
  readonly #writers = new Map<string, InputWriter>();
  #closed = false;

  /** For `spawn`. */
  constructor(pipe: WritableStream<Uint8Array>) {
    this.#pipe = pipe.getWriter();
    this.#pipe.closed.catch(() => this.#closed = true); // nobody reads it any more
  }

  /** Whether it takes no more: it was closed, or nobody reads it any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Who writes to it: the one of this name, so that it can go on after a break, or a new one.
   *
   * @param name Empty is a writer that nobody else has.
   */
  writer(name = ""): InputWriter {
    const writer = this.#writers.get(name) ?? new InputWriter(this);
    if (name) this.#writers.set(name, writer);
    if (this.#writers.size > MAX_WRITERS) this.#writers.delete(this.#writers.keys().next().value!);
    return writer;
  }

  /**
   * Writes to the process, and resolves when the pipe has all of it: a process that does not read makes its writer wait.
   *
   * @throws {InputClosedError} when it was closed, or nobody reads it any more.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new InputClosedError();
    try {
      await this.#pipe.write(bytes);
    } catch (cause) {
      this.#closed = true;
      throw new InputClosedError({ cause });
    }
  }

  /** Lets the process see the end of its input, once it has read what was written. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pipe.close().catch(() => {}); // nobody reads it any more
  }

  /** Gives the pipe up, and what waits to be written: the process has ended. */
  abort(): void {
    this.#closed = true;
    this.#pipe.abort().catch(() => {});
  }
}

/** One who writes to a process. Its input is counted in bytes, so that it can go on after a break. */
export class InputWriter {
  readonly #input: Input;
  #taken = 0;

  /** For {@linkcode Input.writer}. */
  constructor(input: Input) {
    this.#input = input;
  }

  /** How many bytes it has given so far: they are written, or will be as soon as the process reads. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Writes to the process, and resolves when the pipe has all of it.
   *
   * @param from Where these bytes begin in all that this writer gives, in bytes; what it has given before is passed over.
   * @throws {InputOffsetError} when bytes before them are missing.
   * @throws {InputClosedError} when the input was closed, or nobody reads it any more.
   *
   * @example
   * ```ts
   * import { spawn, Spool } from "@paas/worker";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * using spool = await Spool.open(directory);
   * const child = await spawn({ args: ["wc", "-c"], stdin: true, spool });
   * const writer = child.input!.writer();
   * await writer.write(new TextEncoder().encode("hello"));
   * await writer.write(new TextEncoder().encode("lo, world"), 3); // again from the third byte on
   * child.input!.close();
   * let output = "";
   * for await (const { data } of child.logs()) output += new TextDecoder().decode(data);
   * assertEquals(output, "12\n");
   * await child.ended;
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  async write(bytes: Uint8Array, from: number = this.#taken): Promise<void> {
    if (from > this.#taken) throw new InputOffsetError(from, this.#taken);
    const rest = bytes.subarray(this.#taken - from);
    if (rest.length === 0) return;
    this.#taken += rest.length;
    await this.#input.write(rest);
  }
}
