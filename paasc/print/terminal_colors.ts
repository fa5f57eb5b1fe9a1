/**
 * Colours on a terminal. A command that prints to a pipe does not ask for colours.
 *
 * @module
 */

/** Colours a text, or returns it unchanged. */
export type Color = (text: string) => string;

/**
 * Returns the colours for a terminal. They do nothing if NO_COLOR is set (https://no-color.org) or TERM is "dumb".
 *
 * @example
 * ```ts
 * import { terminalColors } from "./terminal_colors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { green } = await terminalColors((name) => name === "TERM" ? "dumb" : undefined);
 * assertEquals(green("running"), "running");
 * ```
 */
export async function terminalColors(
  environment: (name: string) => string | undefined,
): Promise<{ green: Color; yellow: Color; red: Color }> {
  const { default: { createColors } } = await import("picocolors");
  return createColors(!environment("NO_COLOR") && environment("TERM") !== "dumb");
}
