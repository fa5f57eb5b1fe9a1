/**
 * What a command of `paasc` is.
 *
 * @module
 */
import type { Given, Option, Repeated, Settings } from "./settings/settings.ts";
import type { Output } from "./print/output.ts";

/** What a command has to work with besides its own words. */
export interface Context {
  /** The options of every command. */
  readonly settings: Settings;
  /** The options of its own that were given. */
  readonly given: Given;
  /** Those of them that are repeatable. */
  readonly repeated: Repeated;
  /** How many columns the terminal has that stdout is; undefined when it is none. */
  readonly columns?: number | undefined;
  /** Where it prints. */
  readonly stdout: Output;
  /** Where it tells a person how it goes. */
  readonly stderr: Output;
}

/** A command of `paasc`. */
export interface Command {
  readonly name: string;
  /** Its other names. */
  readonly aliases?: readonly string[];
  /** What it does, in a few words: its line in `paasc --help`. */
  readonly summary: string;
  /** What `paasc NAME --help` prints. */
  readonly help: string;
  /** The options of its own, besides those of every command. */
  readonly options?: readonly Option[];
  /**
   * Runs it with its own words, those behind its options. What it gives is the exit code; nothing is 0.
   *
   * @throws {ExitError} When it does not end well
   */
  run(words: readonly string[], context: Context): Promise<number | void>;
}
