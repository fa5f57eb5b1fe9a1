/**
 * A program that is run to its end, with its output collected.
 *
 * @module
 */
import { PaasError } from "../errors.ts";
import type { LogStream } from "./log.ts";
import type { ExecOptions } from "./options.ts";
import type { Process } from "./process.ts";
import type { FinishedStatus } from "./status.ts";

/** Default maximum size of the collected output, in bytes. */
export const DEFAULT_MAX_BUFFER = 16 * 1024 * 1024;

/** Default time that the process may run without its client, in milliseconds: the same as in `paasc run`. */
export const DEFAULT_LEASE = 30_000;

/** Options for {@linkcode Client.run}. */
export interface RunOptions extends Omit<ExecOptions, "stdin" | "terminal" | "signal" | "stopAfterDisconnect"> {
  /** Input for the program: bytes, or text in UTF-8. Default is an empty stdin. */
  readonly input?: Uint8Array | string | undefined;
  /** Maximum size of stdout and stderr together, in bytes; default is 16 MiB. Output beyond it is an error. */
  readonly maxBuffer?: number | undefined;
  /** Maximum time that the process may run without this client, in milliseconds; default is 30 s. */
  readonly stopAfterDisconnect?: number | undefined;
  /** Stops the process; the call then throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of {@linkcode Client.run}: the complete output of a program, and how it ended. */
export class RunResult {
  /** Makes a result. */
  constructor(
    /** The final status of the process. */
    readonly status: FinishedStatus,
    /** All bytes that the program wrote to stdout. */
    readonly stdout: Uint8Array<ArrayBuffer>,
    /** All bytes that the program wrote to stderr. */
    readonly stderr: Uint8Array<ArrayBuffer>,
  ) {}

  /** The exit code, 0 to 255; undefined when a signal killed the program. */
  get code(): number | undefined {
    return this.status.exitCode;
  }

  /** The name of the signal that killed the program, such as `SIGTERM`; undefined when it exited. */
  get signal(): string | undefined {
    return this.status.signalName;
  }

  /** Whether the program exited with code 0. */
  get success(): boolean {
    return this.code === 0;
  }

  /** The bytes of stdout as text in UTF-8. */
  get stdoutText(): string {
    return decoder.decode(this.stdout);
  }

  /** The bytes of stderr as text in UTF-8. */
  get stderrText(): string {
    return decoder.decode(this.stderr);
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Gives a process its input, collects its output, and waits for its end.
 *
 * @throws {PaasError} `incomplete` when output is missing or may be, or there is more of it than `maxBuffer`
 */
export async function collect(
  process: Process,
  { input, maxBuffer, signal }: Pick<RunOptions, "input" | "signal"> & { readonly maxBuffer: number },
): Promise<RunResult> {
  await using attached = input === undefined ? undefined : process.attach({ signal });
  if (attached) {
    attached.write(input!).catch(() => {}); // the program need not read its input
    attached.closeInput();
  }
  const pieces: Record<LogStream, Uint8Array<ArrayBuffer>[]> = { stdout: [], stderr: [] };
  let size = 0;
  for await (const { stream, data } of attached?.output ?? process.logs({ signal })) {
    size += data.length;
    if (size > maxBuffer) {
      throw new PaasError("incomplete", `the program printed more than maxBuffer, ${maxBuffer} bytes`);
    }
    pieces[stream].push(data);
  }
  const status = await process.wait({ signal });
  return new RunResult(status, joined(pieces.stdout), joined(pieces.stderr));
}

function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
