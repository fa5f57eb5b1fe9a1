/**
 * The option for the keys that detach from a process in a terminal.
 *
 * @module
 */
import type { Given, Option } from "../settings/settings.ts";
import { optionValue } from "./value.ts";

const DEFAULT_KEYS = "ctrl-p,ctrl-q";

/** The option `--detach-keys` of `paasc run` and `paasc attach`. */
export const DETACH_KEYS_OPTION: Option = {
  name: "detach-keys",
  value: "KEYS",
  help: `keys that leave it running (default ${DEFAULT_KEYS})`,
};

/**
 * The bytes of the keys that detach.
 *
 * @throws {ExitError} When the option names no keys
 */
export function detachKeys(command: string, given: Given): readonly number[] {
  const keys = { "detach-keys": DEFAULT_KEYS, ...given };
  return optionValue(command, keys, "detach-keys", `keys such as ${DEFAULT_KEYS}`, parseKeys)!;
}

/** The keys that detach, as a person presses them one after the other. */
export function keysText(given: Given): string {
  return (given["detach-keys"] ?? DEFAULT_KEYS).replaceAll(",", " ");
}

/**
 * The bytes of keys such as `ctrl-p,ctrl-q` or `~,.`; undefined when the text names none.
 *
 * @example
 * ```ts
 * import { parseKeys } from "./detach_keys.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([parseKeys("ctrl-p,ctrl-q"), parseKeys("~,."), parseKeys("ctrl-")], [[16, 17], [126, 46], undefined]);
 * ```
 */
export function parseKeys(text: string): number[] | undefined {
  const keys = text.split(",").map((key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1];
    if (control) return control.toUpperCase().charCodeAt(0) & 0x1f;
    return /^[!-~]$/.test(key) ? key.charCodeAt(0) : NaN;
  });
  return keys.every((key) => !Number.isNaN(key)) ? keys : undefined;
}
