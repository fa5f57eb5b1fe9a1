/**
 * What one flag is.
 *
 * @module
 */

/** One flag. */
export interface Flag<Value, Default extends string | undefined = string | undefined> {
  /** The placeholder of its value in the help. A flag without one is a switch. */
  readonly value?: string;
  /** The text of its value unless given; without one the option is `undefined`. */
  readonly default: Default;
  /** Parses its value; returns `undefined` for a wrong text. Relative paths start from the directory, if not empty. */
  readonly parse: (text: string, directory: string) => Value | undefined;
  /** The kind of text that it takes; follows "must be" in errors. */
  readonly expected: string;
  /** Its description in the help. */
  readonly help: string;
  /** Whether it may be repeated, or be a list in the configuration file. Commas join the texts. */
  readonly many?: boolean;
  /** Whether a SIGHUP applies a new value from the configuration file. */
  readonly reloads?: boolean;
}

/** Gives an entry its types: the type of its value, and whether it has a default. */
export function flag<Value, Default extends string | undefined>(flag: Flag<Value, Default>): Flag<Value, Default> {
  return flag;
}

/** The environment variable that stands for a flag. */
export function variableOf(flag: string): string {
  return `PAASD_${flag.toUpperCase().replaceAll("-", "_")}`;
}
