/**
 * Types for the parts of the Deno standard library that Paas imports. The npm publication of the library is JavaScript
 * only.
 */

declare module "@std/assert" {
  /** The error that a failed assertion throws. */
  export class AssertionError extends Error {}
  // deno-lint-ignore no-explicit-any -- a constructor of any arguments, as TypeScript's own lib types it
  type Constructor<T> = abstract new (...args: any[]) => T;

  /** Asserts that `actual` is truthy. */
  export function assert(actual: unknown, message?: string): asserts actual;
  /** Asserts that two values are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  /** Asserts that two values are not deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  /** Asserts that two values are the same (`Object.is`). */
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
  /** Asserts that `run` throws, and returns the error. */
  export function assertThrows<E extends Error = Error>(
    run: () => unknown,
    type?: Constructor<E>,
    messageIncludes?: string,
    message?: string,
  ): E;
  /** Asserts that the promise of `run` rejects, and returns the error. */
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

declare module "@std/cli/parse-args" {
  /** The declarations of options for {@linkcode parseArgs}. */
  export interface Options<
    Booleans extends string,
    Strings extends string,
    Collected extends string,
    Defaults extends Record<string, unknown>,
  > {
    /** Options that take no value. */
    boolean?: readonly Booleans[];
    /** Options with a value, which is always text. */
    string?: readonly Strings[];
    /** Options that can be repeated: the value is an array. */
    collect?: readonly Collected[];
    /** Other names of an option. */
    alias?: Readonly<Record<string, string | readonly string[]>>;
    /** Default values of options. */
    default?: Defaults;
    /** Whether to stop at the first word that is not an option, and keep the rest as it is. */
    stopEarly?: boolean;
    /** Whether to keep the words behind `--` under the name `--`. */
    "--"?: boolean;
    /** Called with each option that was not declared; `false` leaves the option out of the result. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }

  /** The options by name, and all other words under `_`. */
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
