/**
 * Printing to stdout so that nothing is lost and nobody waits for ever: whole, with back-pressure, and quiet when the
 * reader has gone.
 *
 * @module
 */
import { errorLine, ExitError } from "../exit.ts";

/** Where a command prints; `Deno.stdout` is one. */
export interface Output {
  /** Writes some of the bytes and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
}

const encoder = new TextEncoder();

/**
 * Prints all of the text or bytes; resolves when they have been taken.
 *
 * @throws {ExitError} When the reader has gone (as in `paasc logs ID | head`), or the bytes cannot be written
 */
export async function print(output: Output, content: string | Uint8Array, name = "stdout"): Promise<void> {
  let rest = typeof content === "string" ? encoder.encode(content) : content;
  try {
    while (rest.length > 0) rest = rest.subarray(await output.write(rest));
  } catch (cause) {
    if (cause instanceof Deno.errors.BrokenPipe) throw new ExitError("output-closed", "", { cause });
    const why = await isFullDevice(output)
      ? "it is closed, or /dev/full"
      : cause instanceof Error
      ? cause.message
      : cause;
    throw new ExitError("failed", `cannot write to ${name}: ${why}`, { cause });
  }
}

/** The number of the device /dev/full, major 1 and minor 7 (full(4)). The installed script puts it where stdout is closed. */
const fullDevice = 0x107;

async function isFullDevice(output: Output): Promise<boolean> {
  return output === Deno.stdout && (await import("node:fs")).fstatSync(1).rdev === fullDevice;
}

/** What tells a person how it goes, a line each time. Whether somebody reads it is not what matters. */
export function noteTo(stderr: Output): (text: string) => void {
  return (text) => void print(stderr, errorLine(new Error(text))).catch(() => {});
}
