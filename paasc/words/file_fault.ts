/**
 * Sentences about files that cannot be read.
 *
 * @module
 */

import { faultOf, type FileFault } from "./platform.ts";

const SENTENCES: Readonly<Record<FileFault, string>> = {
  "missing": "it does not exist",
  "not-a-directory": "a part of its path is not a directory",
  "a-directory": "it is a directory",
  "denied": "permission denied",
  "not-permitted": "paasc may not read it there; copy it into a file of its own",
};

/**
 * Describes why a file could not be read, as a clause about "it". The runtime guards some files whatever the permissions
 * are (`/dev/stdin`, much of `/proc`). Its own message for them addresses developers, so users get advice instead.
 *
 * @example
 * ```ts
 * import { fileFault } from "./file_fault.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fileFault(new Deno.errors.NotFound("os error 2")), "it does not exist");
 * ```
 */
export function fileFault(cause: unknown): string {
  const fault = faultOf(cause);
  if (fault) return SENTENCES[fault];
  return cause instanceof Error ? cause.message : String(cause);
}

/** Removes the byte order mark that some editors put before a text. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}
