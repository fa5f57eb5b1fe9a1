/**
 * Colours on a terminal. Pipes never get any: who prints to one does not ask for them.
 *
 * @module
 */

/** Gives a text its colour, or leaves it as it is. */
export type Color = (text: string) => string;

/**
 * The colours for a terminal: none where NO_COLOR is set (https://no-color.org), or the terminal is a dumb one.
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
  const asIs = (text: string) => text;
  if (environment("NO_COLOR") || environment("TERM") === "dumb") return { green: asIs, yellow: asIs, red: asIs };
  return await import("@std/fmt/colors");
}
