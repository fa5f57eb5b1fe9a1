/**
 * The terminal of `paasc` while it is lent to a process: every key goes there, until the keys come that detach.
 *
 * @module
 */
import { ExitError } from "../exit.ts";

/** How large a terminal is, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * What is typed, up to the keys that detach: these are left out. A key that may be the first of them comes with the next.
 *
 * @param detached Is told when they have come
 */
export async function* untilDetached(
  typed: AsyncIterable<Uint8Array>,
  keys: readonly number[],
  detached: () => void,
): AsyncGenerator<Uint8Array, void, void> {
  let matched = 0;
  for await (const bytes of typed) {
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte !== keys[matched] && matched > 0) {
        out.push(...keys.slice(0, matched));
        matched = 0;
      }
      if (byte === keys[matched]) matched++;
      else out.push(byte);
      if (matched === keys.length) {
        if (out.length > 0) yield Uint8Array.from(out);
        return detached();
      }
    }
    if (out.length > 0) yield Uint8Array.from(out);
  }
}

/** How large the terminal is that stdin, stdout or stderr is; of the usual size where that cannot be told. */
export function terminalSize(): Size {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 }; // some say 0 when they do not know
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/**
 * What a terminal understands, by the variable TERM; undefined when that is no name of one.
 *
 * @example
 * ```ts
 * import { terminalType } from "./local_terminal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["screen.xterm-256color", "", "a b", undefined].map(terminalType), ["screen.xterm-256color", ...Array(3)]);
 * ```
 */
export function terminalType(text: string | undefined): string | undefined {
  return text && /^[\w.+-]{1,64}$/.test(text) ? text : undefined;
}

/** The terminal that stdin is, in raw mode until it is disposed of. */
export class LocalTerminal implements Disposable {
  readonly #restore = () => {
    this[Symbol.dispose]();
    Deno.exit(128 + 15);
  };

  /** @throws {ExitError} When stdin is no terminal */
  constructor() {
    if (!Deno.stdin.isTerminal()) {
      throw new ExitError("usage", "option '--tty' needs a terminal, and stdin is none: leave it out");
    }
    Deno.stdin.setRaw(true);
    Deno.addSignalListener("SIGTERM", this.#restore);
    Deno.addSignalListener("SIGHUP", this.#restore);
  }

  /** How large it is now. */
  get size(): Size {
    return terminalSize();
  }

  [Symbol.dispose]() {
    Deno.stdin.setRaw(false);
    Deno.removeSignalListener("SIGTERM", this.#restore);
    Deno.removeSignalListener("SIGHUP", this.#restore);
  }
}
