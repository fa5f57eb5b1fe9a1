/**
 * Modes of a terminal that a program sets by what it prints, and the sequences that undo them.
 *
 * @module
 */

/** Private modes (DECSET) that are off in a terminal at rest: alternate screens, cursor keys, mouse, focus, paste. */
const OFF = [1, 9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 2004, 2026, 47, 1047, 1049];

/** Private modes that are on in a terminal at rest: lines wrap, and the cursor is visible. */
const ON = [7, 25];

/** Maximum length of a sequence that is cut by the end of a piece of output. */
const MAX_SEQUENCE = 64;

/** A sequence that sets or resets private modes, or the mode of the keypad. */
// deno-lint-ignore no-control-regex -- each sequence begins with the control character ESC
const SETTING = /\x1b(?:\[\?([\d;]{1,40})([hl])|([=>]))/g;

/** Notes the modes that output sets. */
export class TerminalModes {
  readonly #decoder = new TextDecoder("latin1");
  /** Modes that differ from a terminal at rest. */
  readonly #changed = new Set<number>();
  #keypad = false;
  /** The end of the output so far, if a sequence may have begun in it. */
  #rest = "";

  /**
   * Notes the modes that a piece of output sets.
   *
   * @example
   * ```ts
   * import { TerminalModes } from "./terminal_modes.ts";
   * import { assertEquals } from "@std/assert";
   *
   * const modes = new TerminalModes();
   * for (const piece of ["\x1b[?1049h\x1b[?2", "5l\x1b[?2004h\x1b[?2004l"]) modes.note(new TextEncoder().encode(piece));
   * assertEquals(modes.undo(), "\x1b[?25h\x1b[?1049l\x1b[0m");
   * ```
   */
  note(output: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(output);
    for (const [, codes, setting, keypad] of text.matchAll(SETTING)) {
      if (keypad) this.#keypad = keypad === "=";
      for (const code of codes?.split(";").map(Number) ?? []) {
        const on = setting === "h";
        if (OFF.includes(code) && on || ON.includes(code) && !on) this.#changed.add(code);
        else this.#changed.delete(code);
      }
    }
    const begun = text.lastIndexOf("\x1b");
    this.#rest = begun >= 0 && text.length - begun < MAX_SEQUENCE ? text.slice(begun) : "";
  }

  /** The sequences that bring the terminal back to rest: only what was set is undone. */
  undo(): string {
    const off = OFF.filter((code) => this.#changed.has(code)).map((code) => `\x1b[?${code}l`);
    const on = ON.filter((code) => this.#changed.has(code)).map((code) => `\x1b[?${code}h`);
    return `${this.#keypad ? "\x1b>" : ""}${on.join("")}${off.join("")}\x1b[0m`;
  }
}
