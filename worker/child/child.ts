/**
 * A command that was started: with pipes, or in a terminal.
 *
 * @module
 */
import type { Exit } from "../process/status.ts";
import type { Terminal } from "./terminal.ts";

/** A child process of this program. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has exited and was reaped. Never rejects. */
  readonly exit: Promise<Exit>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** None in a terminal, where it is one with stdout. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  readonly stdin: WritableStream<Uint8Array> | undefined;
  readonly terminal: Pick<Terminal, "resize"> | undefined;
}
