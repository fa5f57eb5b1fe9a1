/**
 * The interface of a command of `paasc`, and the context in which a command runs.
 *
 * @module
 */
import type { Connection } from "./connection/connection.ts";
import { noteTo, type Output } from "./print/output.ts";
import type { Given, Option, Repeated, Settings } from "./settings/settings.ts";

/**
 * The context in which a command runs. Its methods load grpc-js, which takes most of the time of a start, so a command calls
 * them after it has checked its words and options.
 */
export class Context {
  constructor(
    /** The settings that all commands share. */
    readonly settings: Settings,
    /** The given options. */
    readonly given: Given,
    /** The given repeatable options. */
    readonly repeated: Repeated,
    /** The output of the command. */
    readonly stdout: Output,
    /** Messages for a person. */
    readonly stderr: Output,
    /** The width of the terminal that stdout is, in columns; undefined when stdout is no terminal. */
    readonly columns?: number | undefined,
  ) {}

  /**
   * Connects to the daemon.
   *
   * @throws {PaasError} When the connection cannot be made
   */
  async connect(): Promise<Connection> {
    const { connect } = await import("./connection/connect.ts");
    return await connect(this.settings);
  }

  /**
   * Makes a call that may be repeated when the connection breaks before the answer.
   *
   * @param ifLost A clause that says what is not known when the connection cannot be got back
   * @param signal Ends the tries to make the connection
   * @throws {PaasError} When the connection cannot be made or got back, or the daemon refuses
   * @throws The reason of the signal
   */
  async ask<Answer>(
    call: (connection: Connection) => Promise<Answer>,
    ifLost?: string,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const { ask } = await import("./connection/reconnect.ts");
    return await ask({ settings: this.settings, note: noteTo(this.stderr), signal }, call, ifLost);
  }

  /**
   * The id of the process that a word names.
   *
   * @throws {PaasError} When the word names no process, or several
   */
  async find(connection: Connection, word: string): Promise<string> {
    const { findProcess } = await import("./streams/find_process.ts");
    return await findProcess(connection, word);
  }
}

/** A command of `paasc`. */
export interface Command {
  readonly name: string;
  /** Other names of the command, each with the options that it implies. */
  readonly aliases?: Readonly<Record<string, Given>>;
  /** A few words for the list of commands in `paasc --help`. */
  readonly summary: string;
  /** The text that `paasc NAME --help` prints. */
  readonly help: string;
  /** The options of the command, besides those that all commands share. */
  readonly options?: readonly Option[];
  /** Options of similar programs that this command has not, each with a sentence that says what to do instead. */
  readonly hints?: Readonly<Record<string, string>>;
  /** Forms of `--output` besides text and JSON. */
  readonly outputs?: readonly string[];
  /** Whether the words are a program and its arguments. Options then stand before them only. */
  readonly takesProgram?: boolean;
  /** Whether the exit code is that of a process. A failure of Paas then has a code of its own, 125. */
  readonly exitsAsProcess?: boolean;
  /**
   * Runs the command with the words after its options.
   *
   * @returns The exit code; nothing means 0
   * @throws {PaasError} When the daemon refuses, or the connection fails
   * @throws {ExitError} When the command ends without success for another reason
   */
  run(words: readonly string[], context: Context): Promise<number | void>;
}

/** The name of a command and its other names. */
export function namesOf({ name, aliases = {} }: Command): string[] {
  return [name, ...Object.keys(aliases)];
}
