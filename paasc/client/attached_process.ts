/**
 * A process that a program is attached to.
 *
 * @module
 */
import type { LogMessage } from "@paas/proto/log_wire";
import { Attachment } from "../streams/attachment.ts";
import { chunksOf, type LogChunk } from "./log.ts";
import { type CallOptions, type GapOptions, type TerminalSize, whole } from "./requests.ts";
import { PaasError } from "../errors.ts";
import { InputFeed } from "../streams/input_feed.ts";
import { LogAccount } from "../streams/log_account.ts";
import type { Persistence } from "../connection/reconnect.ts";

/** How to attach. */
export interface AttachOptions extends CallOptions, GapOptions {
  /** Begin with the last so many lines of output; without it all of them come. */
  readonly tail?: number | undefined;
  /** How large its terminal is to be, if it has one. */
  readonly size?: TerminalSize | undefined;
}

/** So much output, in bytes, is read ahead of whoever reads it. */
const readAhead = 1024 * 1024;

const encoder = new TextEncoder();

/** Several can be attached to a process. Made by {@linkcode Process.attach}. */
export interface AttachedProcess extends AsyncDisposable {
  /**
   * What the process prints: it ends when the process has finished and all has come. At most 1 MiB is read ahead, and the
   * state of the input comes on the same way: who does not read must not expect to write for long.
   *
   * It throws a {@linkcode PaasError} when the process is gone (`not-found`), bytes are missing or may be (`incomplete`), or the
   * connection cannot be got back (`no-connection`); and the reason of the signal. To leave the loop is to detach.
   */
  readonly output: AsyncIterable<LogChunk>;

  /**
   * Writes to the stdin of the process, behind all that was written before: bytes, or text in UTF-8. It resolves when
   * there is room for more: at most 4 MiB are on their way.
   *
   * Its rejection need not be handled.
   *
   * @throws {PaasError} `failed-precondition` when the process takes no input (any more); or what ended the attachment
   */
  write(input: Uint8Array | string): Promise<void>;

  /**
   * Lets the process see the end of its input, behind all that was written; in a terminal that is to type ^D. It resolves
   * when the process has taken all of it, or takes no more.
   */
  closeInput(): Promise<void>;

  /** Tells the process that its terminal has another size. */
  resize(size: TerminalSize): void;

  /** Detaches: the process goes on. What has been written and not been taken may be lost. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Attaches to a process. */
export function attach(
  id: string,
  persist: (signal: AbortSignal) => Persistence & { readonly signal: AbortSignal },
  { tail, size, signal, onGap, onCut }: AttachOptions,
): AttachedProcess {
  const tailLines = whole("tail", tail);
  const detaching = new AbortController();
  const persistence = persist(signal ? AbortSignal.any([detaching.signal, signal]) : detaching.signal);
  const input = new InputFeed();
  const account = new LogAccount();
  let terminal = size;
  const attachment = new Attachment({
    ...persistence,
    begin: () => Promise.resolve(id),
    input,
    tailLines,
    size: () => terminal,
    position: () => account.position,
  });

  /** Why the process takes no more input; the promise resolves then. */
  let ended: unknown;
  const inputEnded = Promise.withResolvers<void>();
  /** Resolves when it is known whether it takes any. */
  const inputKnown = Promise.withResolvers<void>();
  const endInput = (why: unknown) => {
    ended ??= why;
    inputEnded.resolve();
    inputKnown.resolve();
  };
  /** What the daemon tells, as long as it does. */
  async function* messages(): AsyncGenerator<LogMessage, void, void> {
    try {
      for await (const message of attachment.messages()) {
        if (message.input?.closed) endInput(new PaasError("failed-precondition", "the process takes no (more) input"));
        inputKnown.resolve();
        yield message;
      }
      if (!persistence.signal.aborted) endInput(new PaasError("failed-precondition", "the process has finished"));
    } catch (error) {
      endInput(persistence.signal.aborted ? persistence.signal.reason : error);
      throw error;
    } finally {
      endInput(persistence.signal.reason ?? new PaasError("closed", "the attachment was closed"));
      input.took({ taken: 0, closed: true }); // nobody waits for room any more
    }
  }

  const chunks = chunksOf(messages(), account, persistence.signal, { onGap, onCut });
  const detach = async () => {
    detaching.abort(new PaasError("closed", "the attachment was closed"));
    await chunks.return().catch(() => {});
  };
  const output = new ReadableStream<LogChunk>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: detach,
  }, { highWaterMark: readAhead, size: ({ data }) => data.length });

  let last = Promise.resolve();
  /** Does something with the input when all before it is done. */
  const next = (action: () => Promise<void>): Promise<void> => {
    const done = last.then(action);
    last = done.catch(() => {});
    return done;
  };
  return {
    output,
    write(bytes) {
      // Copied: whoever writes may use the memory again.
      const copy = typeof bytes === "string" ? encoder.encode(bytes) : new Uint8Array(bytes);
      return next(async () => {
        await inputKnown.promise;
        if (!ended) await input.feed(ReadableStream.from([copy]));
        if (ended) throw ended;
      });
    },
    closeInput() {
      return next(async () => {
        if (!ended) input.close();
        await inputEnded.promise;
      });
    },
    resize(size) {
      terminal = size;
      attachment.resize(size);
    },
    [Symbol.asyncDispose]: detach,
  };
}
