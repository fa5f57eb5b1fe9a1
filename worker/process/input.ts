/**
 * The stdin of a process that was started with one.
 *
 * @module
 */
import { InputClosedError, InputOffsetError } from "../errors.ts";

/** Maximum number of writers that are remembered by name. Then the oldest one is forgotten. */
const MAX_WRITERS = 1_000;

/** The stdin of a process, for any number of writers. */
export class Input {
  readonly #pipe: WritableStreamDefaultWriter<Uint8Array>;
  readonly #writers = new Map<string, InputWriter>();
  #closed = false;

  /**
   * Takes over a pipe.
   *
   * @internal `spawn` does it.
   */
  constructor(pipe: WritableStream<Uint8Array>) {
    this.#pipe = pipe.getWriter();
    this.#pipe.closed.catch(() => this.#closed = true); // nobody reads it any more
  }

  /** Whether the input takes no more: it was closed, or nobody reads it any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Returns the writer of a name, so that it can go on after a break, or a new writer.
   *
   * @param name The name of the writer; empty always makes a new one.
   */
  writer(name = ""): InputWriter {
    const writer = this.#writers.get(name) ?? new InputWriter(this);
    if (name) this.#writers.set(name, writer);
    if (this.#writers.size > MAX_WRITERS) this.#writers.delete(this.#writers.keys().next().value!);
    return writer;
  }

  /**
   * Writes to the process. Resolves when the pipe has all bytes, so a process that does not read makes its writer wait.
   *
   * @throws {InputClosedError} When the input was closed, or nobody reads it any more.
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

  /** Closes the input: the process sees its end, once it has read all that was written. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pipe.close().catch(() => {}); // nobody reads it any more
  }

  /**
   * Closes the input, and drops the bytes that wait to be written.
   *
   * @internal The process does it when it has ended.
   */
  abort(): void {
    this.#closed = true;
    this.#pipe.abort().catch(() => {});
  }
}

/** A writer to a process. Its bytes are counted, so that it can go on after a break. */
export class InputWriter {
  readonly #input: Input;
  #taken = 0;

  /**
   * Makes a writer.
   *
   * @internal {@linkcode Input.writer} does it.
   */
  constructor(input: Input) {
    this.#input = input;
  }

  /** The number of bytes so far: they are written, or will be as soon as the process reads. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Writes to the process. Resolves when the pipe has all bytes.
   *
   * @param from The offset of these bytes in all bytes of this writer; default is behind the last one. Bytes that were
   * written before are skipped.
   * @throws {InputOffsetError} When bytes before them are missing.
   * @throws {InputClosedError} When the input was closed, or nobody reads it any more.
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
