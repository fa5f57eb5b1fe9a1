/**
 * A client that is attached to a process: its input goes in, the output comes out.
 *
 * @module
 */
import type { AttachRequest__Output, AttachResponse } from "@paas/proto";
import { InputClosedError, type InputWriter } from "@paas/worker";
import { type LogReader, pieces as inPieces } from "@paas/worker/records";
import { InvalidArgumentError } from "../errors.ts";
import type { Entry } from "../processes/process_table.ts";
import { toAbsence, toTerminalSize } from "./requests.ts";

/** A piece of input, as a client sends it, and what else it wants. */
export type Piece = Pick<AttachRequest__Output, "input" | "inputOffset" | "closeInput" | "size" | "keep" | "absence">;

/** Whom the input is for. */
export type Receiver = Pick<Entry, "process" | "lease">;

/**
 * Does what a piece says: writes its input to the process, and resolves when the process has taken it.
 *
 * @throws {InvalidArgumentError} when it is none that the process can take.
 * @throws {InputOffsetError} when input before it is missing.
 */
export async function feed(
  { process, lease }: Receiver,
  writer: InputWriter | undefined,
  piece: Piece,
): Promise<void> {
  const { input: bytes, inputOffset, closeInput, size, keep, absence } = piece;
  const { input, terminal } = process;
  if (keep) lease?.end();
  const away = absence ? toAbsence(absence) : undefined;
  if (lease && away !== undefined) lease.absence = away;
  if (size) {
    if (!terminal) throw new InvalidArgumentError("The process has no terminal: ask for one when you start it");
    terminal.resize(toTerminalSize(size));
  }
  if (bytes.length === 0 && !closeInput) return;
  if (!process.stdin) {
    throw new InvalidArgumentError("The process was started without stdin: ask for it when you start it");
  }
  if (!input || !writer) return; // it has ended: the state of its input says that it is closed
  try {
    await writer.write(bytes, inputOffset);
  } catch (error) {
    if (!(error instanceof InputClosedError)) throw error; // that it is closed is told, and no failure
  }
  if (closeInput) input.close();
}

/**
 * The output of a process, and between it how its input stands whenever that has changed.
 *
 * @param name Tells who writes the input apart from others; empty is somebody new.
 * @param pieces The input; the next piece is asked for when the process has taken the last one.
 * @param messageSize How many bytes of output the next message may have.
 * @throws whatever {@linkcode feed} throws.
 */
export async function* exchange(
  log: LogReader,
  receiver: Receiver,
  name: string,
  pieces: AsyncIterable<Piece>,
  messageSize: () => number,
): AsyncGenerator<Uint8Array | AttachResponse, void, void> {
  const { input } = receiver.process;
  const writer = input?.writer(name);
  const inputState = () => ({ input: { taken: writer?.taken ?? 0, closed: input?.closed ?? true } });
  const output = log.getReader();
  // What has happened and is not told yet. No race of promises: one that is never settled keeps all that it raced with.
  let fed = true;
  let next: ReadableStreamReadResult<Uint8Array> | undefined;
  let failed: { error: unknown } | undefined;
  let proceed = () => {};
  const fail = (error: unknown) => {
    failed ??= { error };
    proceed();
  };
  const read = () => {
    output.read().then((result) => {
      next = result;
      proceed();
    }, fail);
  };
  const feedAll = async () => {
    for await (const piece of pieces) {
      await feed(receiver, writer, piece);
      fed = true;
      proceed();
    }
  };
  feedAll().catch(fail);
  read();
  try {
    for (;;) {
      if (failed) throw failed.error;
      if (fed) {
        fed = false;
        yield inputState();
      } else if (next?.done) {
        return;
      } else if (next) {
        const { value } = next;
        next = undefined;
        yield* inPieces(value, messageSize);
        read();
      } else {
        await new Promise<void>((resolve) => proceed = resolve);
      }
    }
  } finally {
    await output.cancel();
  }
}
