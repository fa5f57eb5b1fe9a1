/**
 * Types for the parts of the Deno standard library that Paas imports. Their npm publication is JavaScript only; these
 * say what that code does, as the originals on JSR do.
 */

declare module "@std/assert" {
  /** The error that a failed assertion throws. */
  export class AssertionError extends Error {}
  // deno-lint-ignore no-explicit-any -- a constructor of any arguments, as TypeScript's own lib types it
  type Constructor<T> = abstract new (...args: any[]) => T;

  /** Asserts that `actual` is truthy. */
  export function assert(actual: unknown, message?: string): asserts actual;
  /** Asserts that the two are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  /** Asserts that the two are not deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  /** Asserts that the two are the same value (`Object.is`). */
  export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
  /** Asserts that `actual` is an instance of `type`. */
  export function assertInstanceOf<T>(actual: unknown, type: Constructor<T>, message?: string): asserts actual is T;
  /** Asserts that `actual` contains `expected`. */
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  /** Asserts that `actual` matches `expected`. */
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  /** Asserts that `actual` >= `expected`. */
  export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;
  /** Asserts that `actual` <= `expected`. */
  export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;
  /** Asserts that `run` throws, and gives what it threw. */
  export function assertThrows<E extends Error = Error>(
    run: () => unknown,
    type?: Constructor<E>,
    messageIncludes?: string,
    message?: string,
  ): E;
  /** Asserts that the promise of `run` rejects, and gives what it rejected with. */
  export function assertRejects<E extends Error = Error>(
    run: () => PromiseLike<unknown>,
    type?: Constructor<E>,
    messageIncludes?: string,
    message?: string,
  ): Promise<E>;
}

declare module "@std/uuid" {
  /** Whether the text is a UUID. */
  export function validate(uuid: string): boolean;
}

declare module "@std/fmt/colors" {
  /** The text in green, as ANSI terminals have it. */
  export function green(text: string): string;
  /** The text in yellow. */
  export function yellow(text: string): string;
  /** The text in red. */
  export function red(text: string): string;
}

declare module "@std/text/levenshtein-distance" {
  /** How many characters must be put, dropped or replaced to make one text of the other. */
  export function levenshteinDistance(one: string, other: string): number;
}

declare module "@std/cli/parse-args" {
  /** What {@linkcode parseArgs} makes of the options it was told of. */
  export interface Options<
    Booleans extends string,
    Strings extends string,
    Collected extends string,
    Defaults extends Record<string, unknown>,
  > {
    /** Options that take no value. */
    boolean?: readonly Booleans[];
    /** Options whose value is always text. */
    string?: readonly Strings[];
    /** Options that may be given several times: their value is an array. */
    collect?: readonly Collected[];
    /** Other names of an option. */
    alias?: Readonly<Record<string, string | readonly string[]>>;
    /** Values of options that are not given. */
    default?: Defaults;
    /** Keep everything from the first word that is no option as it is. */
    stopEarly?: boolean;
    /** Keep what stands behind `--` under the name `--`. */
    "--"?: boolean;
    /** Called for each option that was not declared; `false` leaves it out of the result. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }

  /** The options by name, and the other words under `_`. */
  export type Args<
    Booleans extends string,
    Strings extends string,
    Collected extends string,
    Defaults extends Record<string, unknown>,
  > =
    & { _: (string | number)[]; "--"?: string[] }
    & { [Name in Booleans]: boolean }
    & { [Name in Exclude<Strings, Collected>]: Name extends keyof Defaults ? string : string | undefined }
    & { [Name in Strings & Collected]: string[] };

  /** Splits command line arguments into options and other words. */
  export function parseArgs<
    const Booleans extends string = never,
    const Strings extends string = never,
    const Collected extends string = never,
    const Defaults extends Record<string, unknown> = Record<never, unknown>,
  >(
    args: string[],
    options?: Options<Booleans, Strings, Collected, Defaults>,
  ): Args<Booleans, Strings, Collected, Defaults>;
}
