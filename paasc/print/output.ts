/**
 * Prints to stdout and stderr: each text whole, at the pace of its reader, and without an error message when the reader
 * has gone.
 *
 * @module
 */
import { errorLine, ExitError } from "../exit.ts";

/** Output of a command, such as `Deno.stdout`. */
export interface Output {
  /** Writes some of the bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
}

const encoder = new TextEncoder();

/**
 * Prints a text or bytes; resolves after the system has taken all of it.
 *
 * @throws {ExitError} `output-closed` when the reader has gone (as in `paasc logs ID | head`), `failed` when the write fails
 *   otherwise
 */
export async function print(output: Output, content: string | Uint8Array, name = "stdout"): Promise<void> {
  let rest = typeof content === "string" ? encoder.encode(content) : content;
  try {
    while (rest.length > 0) rest = rest.subarray(await output.write(rest));
  } catch (cause) {
    if (cause instanceof ExitError) throw cause; // from an output that prints to another one
    if (cause instanceof Deno.errors.BrokenPipe) throw new ExitError("output-closed", "", { cause });
    const why = await isFullDevice(output)
      ? "it is closed, or /dev/full"
      : cause instanceof Error
      ? cause.message
      : cause;
    throw new ExitError("failed", `cannot write to ${name}: ${why}`, { cause });
  }
}

/** Number of the device /dev/full, major 1 and minor 7 (full(4)). The installed script opens it in place of a closed stdout. */
const FULL_DEVICE = 0x107;

async function isFullDevice(output: Output): Promise<boolean> {
  return output === Deno.stdout && (await import("node:fs")).fstatSync(1).rdev === FULL_DEVICE;
}

/** An output that takes one text after the other, each whole, from any number of writers. */
export class SharedOutput implements Output {
  readonly #output: Output;
  readonly #name: string;
  #last: Promise<unknown> = Promise.resolve();
  /** The number of writes under way. */
  #writes = 0;

  constructor(output: Output, name: string) {
    this.#output = output;
    this.#name = name;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const written = this.#last.then(() => print(this.#output, bytes, this.#name));
    this.#last = written.catch(() => {});
    this.#writes++;
    try {
      await written;
    } finally {
      this.#writes--;
    }
    return bytes.length;
  }

  /** Resolves when all that was written so far is printed, but after this many milliseconds at the latest. */
  async flushed(milliseconds: number): Promise<void> {
    if (this.#writes === 0) return; // the first timer of a program takes some milliseconds
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, milliseconds);
    await Promise.race([this.#last, late.promise]);
    clearTimeout(timer);
  }
}

/**
 * Makes a function that prints sentences for a person to stderr, one a line. The caller does not wait, because the program
 * flushes stderr at its end. A failure to print is ignored.
 */
export function noteTo(stderr: Output): (text: string) => void {
  return (text) => void print(stderr, errorLine(new Error(text))).catch(() => {});
}
