/**
 * The local terminal in a session. The process gets every key until the user types the keys that detach.
 *
 * @module
 */
import { ExitError } from "../exit.ts";
import type { TerminalSize } from "../streams/terminal_size.ts";

/**
 * Yields the typed bytes up to the keys that detach, without these. A byte that may begin these keys waits for the next
 * one.
 *
 * @param detached Called after the keys were typed
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

/** Gives the size of the terminal at stdin, stdout or stderr; 80 columns and 24 rows if the size is not known. */
export function terminalSize(): TerminalSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 }; // some terminals report an unknown size as 0
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/**
 * Checks the variable TERM. Returns undefined if its value is not the name of a terminal type.
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

/** The terminal at stdin, which passes each key on until it is disposed. */
export class LocalTerminal implements Disposable {
  readonly #cbreak: boolean;
  readonly #exit = () => {
    this[Symbol.dispose]();
    Deno.exit(128 + 15);
  };

  /**
   * @param cbreak Whether the keys for signals, such as Ctrl-C, still send them
   * @throws {ExitError} When stdin is not a terminal
   */
  constructor(cbreak = false) {
    if (!Deno.stdin.isTerminal()) {
      throw new ExitError(
        "usage",
        "option '--tty' needs a terminal, and stdin is not a terminal: leave the option out",
      );
    }
    this.#cbreak = cbreak;
    this.enter();
    Deno.addSignalListener("SIGTERM", this.#exit);
    Deno.addSignalListener("SIGHUP", this.#exit);
  }

  /** Makes the terminal pass each key on. */
  enter(): void {
    Deno.stdin.setRaw(true, { cbreak: this.#cbreak });
  }

  /** Makes the terminal as it was before. */
  leave(): void {
    Deno.stdin.setRaw(false);
  }

  /** Present size of the terminal. */
  get size(): TerminalSize {
    return terminalSize();
  }

  [Symbol.dispose]() {
    this.leave();
    Deno.removeSignalListener("SIGTERM", this.#exit);
    Deno.removeSignalListener("SIGHUP", this.#exit);
  }
}
