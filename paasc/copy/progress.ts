/**
 * One line on a terminal that says how far a copy is.
 *
 * @module
 */
import type { Output } from "../print/output.ts";

/** Least time between two states of the line, in milliseconds. */
const PACE_MS = 200;

const encoder = new TextEncoder();

/** The progress of a copy. */
export class Progress {
  readonly #output: Output | undefined;
  readonly #start: number;
  #shownAt: number;
  #bytes = 0;
  #shown = false;

  /** @param output The terminal; undefined shows nothing */
  constructor(output: Output | undefined, now: number = performance.now()) {
    this.#output = output;
    this.#start = this.#shownAt = now;
  }

  /** Counts bytes, and shows the line if the last one is old enough. */
  add(bytes: number, now: number = performance.now()): void {
    this.#bytes += bytes;
    if (!this.#output || now - this.#shownAt < PACE_MS) return;
    this.#shownAt = now;
    this.#shown = true;
    this.#write(`\r${sizeText(this.#bytes)}, ${sizeText(this.#bytes / (now - this.#start) * 1000)}/s\x1b[K`);
  }

  /** Removes the line, so that another one can stand in its place. */
  clear(): void {
    if (this.#shown) this.#write("\r\x1b[K");
    this.#shown = false;
  }

  #write(text: string): void {
    this.#output?.write(encoder.encode(text)).catch(() => {});
  }
}

/**
 * A size for a person.
 *
 * @example
 * ```ts
 * import { sizeText } from "./progress.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([512, 2048, 5.25 * 1024 * 1024].map(sizeText), ["512 B", "2.0 KiB", "5.3 MiB"]);
 * ```
 */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${unit === 0 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}
