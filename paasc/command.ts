/**
 * What a command of `paasc` is.
 *
 * @module
 */
import type { Settings } from "./settings.ts";
import type { Output } from "./output.ts";

/** What a command has to work with besides its own words. */
export interface Context {
  /** The options of every command. */
  readonly settings: Settings;
  /** Where it prints. */
  readonly stdout: Output;
}

/** A command of `paasc`. */
export interface Command {
  readonly name: string;
  /** What it does, in a few words: its line in `paasc --help`. */
  readonly summary: string;
  /** What `paasc NAME --help` prints. */
  readonly help: string;
  /**
   * Runs it with its own words, those behind its options.
   *
   * @throws {PaascError} When it does not end well
   */
  run(words: readonly string[], context: Context): Promise<void>;
}
