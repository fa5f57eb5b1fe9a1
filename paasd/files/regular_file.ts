/**
 * Regular files of a bounded size. Nothing else is read, because a FIFO, a terminal or a device in the place of a file
 * would make its reader wait for ever, or never end. Links are followed.
 *
 * @module
 */

const MIB = 1024 * 1024;

/** Maximum size of files that the daemon reads as a whole, in bytes; lists of certificates may be larger. */
const MAX_BYTES = 4 * MIB;

/** Maximum size of a list of certificates, in bytes: enough for some million. */
export const MAX_LIST_BYTES = 64 * MIB;

/** The file at a path is not read: it is no regular file, or too large. */
export class UnfitFileError extends Error {
  override readonly name = "UnfitFileError";
}

/**
 * Reads a file.
 *
 * @param limit Maximum size, in bytes.
 * @throws {UnfitFileError} When it is no regular file, or larger.
 * @throws {Deno.errors.NotFound} When there is no file; and the other errors of `Deno.readFile`.
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
 * Reads a file of text synchronously, for files that are read before the daemon serves.
 *
 * @param limit Maximum size, in bytes.
 * @throws {UnfitFileError} When it is no regular file, larger, or UTF-16.
 * @throws {Deno.errors.NotFound} When there is no file; and the other errors of `Deno.readFileSync`.
 */
export function readRegularTextSync(path: string, limit = MAX_BYTES): string {
  refuseUnfit(Deno.statSync(path), limit);
  return textOf(Deno.readFileSync(path));
}

/**
 * Decodes the UTF-8 text of a file, without the byte order mark that some editors write.
 *
 * @throws {UnfitFileError} When the mark is that of UTF-16, as in files that PowerShell writes by `>`.
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
