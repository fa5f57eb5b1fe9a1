/**
 * Reads regular files of a bounded size, and nothing else: a FIFO, a terminal or a device in the place of a file would
 * have its reader wait for ever, or never come to an end. Links are followed.
 *
 * @module
 */

const MIB = 1024 * 1024;

/** Room for whatever the daemon reads as a whole, except lists of certificates. */
const MAX_BYTES = 4 * MIB;

/** Room for a list of some million certificates. */
export const MAX_LIST_BYTES = 64 * MIB;

/** There is something at a path that is not read: no regular file, or one that is too large. */
export class UnfitFileError extends Error {
  override readonly name = "UnfitFileError";
}

/**
 * Reads a file.
 *
 * @param limit How many bytes it may have.
 * @throws {UnfitFileError} when it is no regular file, or has more bytes.
 * @throws {Deno.errors.NotFound} and the other errors of `Deno.readFile`.
 *
 * @example
 * ```ts ignore
 * import { readRegularFile, textOf } from "./regular_file.ts";
 *
 * const pem = textOf(await readRegularFile("/etc/paas/server.crt"));
 * ```
 */
export async function readRegularFile(path: string, limit = MAX_BYTES): Promise<Uint8Array> {
  refuseUnfit(await Deno.stat(path), limit);
  return await Deno.readFile(path);
}

/**
 * Reads a file of text, and has everybody wait for it: for what is read before the daemon serves.
 *
 * @param limit How many bytes it may have.
 * @throws {UnfitFileError} when it is no regular file, has more bytes, or is UTF-16.
 * @throws {Deno.errors.NotFound} and the other errors of `Deno.readFileSync`.
 */
export function readRegularTextSync(path: string, limit = MAX_BYTES): string {
  refuseUnfit(Deno.statSync(path), limit);
  return textOf(Deno.readFileSync(path));
}

/**
 * The text of a file in UTF-8, without the byte order mark that some editors begin it with.
 *
 * @throws {UnfitFileError} when its mark says that it is UTF-16, as what a PowerShell writes by `>`.
 *
 * @example
 * ```ts
 * import { textOf } from "./regular_file.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(textOf(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])), "a");
 * ```
 */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe || first === 0xfe && second === 0xff) {
    throw new UnfitFileError("it is UTF-16: save it as UTF-8");
  }
  return new TextDecoder().decode(bytes);
}

function refuseUnfit({ isFile, isDirectory, size }: Deno.FileInfo, limit: number): void {
  if (!isFile) {
    throw new UnfitFileError(`it is ${isDirectory ? "a directory" : "a FIFO, a socket or a device"}, no file`);
  }
  if (size > limit) throw new UnfitFileError(`it has ${size} bytes, and may have ${limit}: is it the right file?`);
}
