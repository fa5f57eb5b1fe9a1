/**
 * Several outputs in one: each line behind the name of its origin.
 *
 * @module
 */
import { type Output, print } from "./output.ts";

const encoder = new TextEncoder();
const NEWLINE = 0x0a;

/** Maximum length of an unfinished line that is held back, in bytes. */
const MAX_HELD_BYTES = 64 * 1024;

/** Time after which an unfinished line is printed, in milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Puts a name before each line. An unfinished line is held back until its newline comes. After a pause, or at the end, it is
 * printed as a line of its own, and the line that goes on with it has a plus sign behind the name.
 *
 * @example
 * ```ts
 * import { NamedOutput } from "./named_output.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let printed = "";
 * const output = { write: (bytes: Uint8Array) => Promise.resolve((printed += new TextDecoder().decode(bytes), bytes.length)) };
 * {
 *   await using web = new NamedOutput(output, () => "web");
 *   await web.write(new TextEncoder().encode("one\ntw"));
 *   await web.flush();
 *   await web.write(new TextEncoder().encode("o\n"));
 * }
 * assertEquals(printed, "web | one\nweb | tw\nweb + o\n");
 * ```
 */
export class NamedOutput implements Output, AsyncDisposable {
  readonly #output: Output;
  readonly #name: () => string;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Whether the line that comes goes on with one that was printed unfinished. */
  #continued = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param name Gives the name, in its colour and at its width */
  constructor(output: Output, name: () => string) {
    this.#output = output;
    this.#name = name;
  }

  async write(bytes: Uint8Array): Promise<number> {
    clearTimeout(this.#timer);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) await this.#print(bytes.subarray(0, end));
    if (end < bytes.length) {
      this.#held.push(bytes.slice(end));
      this.#heldBytes += bytes.length - end;
      if (this.#heldBytes >= MAX_HELD_BYTES) await this.flush();
      else this.#timer = setTimeout(() => this.flush().catch(() => {}), PAUSE_MS); // the next write fails as well
    }
    return bytes.length;
  }

  /** Prints an unfinished line. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#heldBytes === 0) return;
    await this.#print(Uint8Array.of(NEWLINE));
    this.#continued = true;
  }

  /** Prints whole lines, the first one behind what is held back. */
  async #print(lines: Uint8Array): Promise<void> {
    const name = this.#name();
    const parts: Uint8Array[] = [];
    const begin = () => {
      parts.push(encoder.encode(`${name} ${this.#continued ? "+" : "|"} `));
      this.#continued = false;
    };
    begin();
    parts.push(...this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    for (let at = 0; at < lines.length;) {
      if (at > 0) begin();
      const end = lines.indexOf(NEWLINE, at) + 1;
      parts.push(lines.subarray(at, end));
      at = end;
    }
    await print(this.#output, new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
