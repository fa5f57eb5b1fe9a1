/**
 * Loading the C library. The runtime reads /proc, opens terminals and sends real-time signals only for a program that may
 * do everything; the C library does so for a program that may load it.
 *
 * @module
 */

/**
 * The paths where the C library may lie, for `--allow-ffi`. A path that does not exist does no harm. Only Linux with glibc
 * is supported.
 */
export const LIBC_PATHS: readonly string[] = Deno.build.os === "linux"
  ? [`/lib/${Deno.build.arch}-linux-gnu/libc.so.6`, "/lib64/libc.so.6", "/usr/lib/libc.so.6", "/lib/libc.so.6"]
  : [];

/**
 * Opens the C library with these functions. Returns `undefined` when the library is missing, lacks one of the functions,
 * or may not be loaded.
 */
export function openLibrary<Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols> | undefined {
  for (const path of LIBC_PATHS) {
    try {
      return Deno.dlopen(path, symbols);
    } catch {
      // The library may lie at the next path.
    }
  }
  return undefined;
}

/** Encodes a string as C has it, with a NUL at its end. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
