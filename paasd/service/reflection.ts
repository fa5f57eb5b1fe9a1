/**
 * Server reflection: tells tools such as grpcurl what the daemon serves.
 *
 * @module
 */
import { status as Code } from "@paas/proto/grpc";
import type { DescribedFile } from "@paas/proto/descriptors";
import type { ReflectionRequest, ReflectionResponse } from "@paas/proto/reflection";
import type { CallContext } from "../rpc/call.ts";

/** Answers about the contract. The descriptors are made at the first question. */
export class Reflection {
  readonly #wakers = new Set<() => void>();
  #files: Promise<DescribedFile[]> | undefined;
  #ended = false;

  /** Answers each question, until there are no more, the signal aborts, or {@linkcode Reflection.end}. */
  async *answer(
    requests: AsyncIterable<ReflectionRequest>,
    { signal }: Pick<CallContext, "signal">,
  ): AsyncGenerator<ReflectionResponse> {
    const questions = requests[Symbol.asyncIterator]();
    let stop = () => {};
    const wake = () => stop();
    this.#wakers.add(wake);
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted && !this.#ended) {
        const question = await new Promise<IteratorResult<ReflectionRequest> | undefined>((resolve, reject) => {
          stop = () => resolve(undefined);
          questions.next().then(resolve, reject);
        });
        if (!question || question.done) return;
        yield await this.#answer(question.value);
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#wakers.delete(wake);
    }
  }

  /** Ends all streams: a tool that keeps one open must not hold the shutdown up. */
  end(): void {
    this.#ended = true;
    for (const wake of this.#wakers) wake();
  }

  async #answer(request: ReflectionRequest): Promise<ReflectionResponse> {
    const files =
      await (this.#files ??= import("@paas/proto/descriptors").then(({ describeFiles }) => describeFiles()));
    const asked = { validHost: request.host, originalRequest: request };
    const failed = (errorCode: Code, errorMessage: string) => ({
      ...asked,
      errorResponse: { errorCode, errorMessage },
    });
    const found = (file: DescribedFile | undefined, what: string) => {
      if (!file) return failed(Code.NOT_FOUND, `${what} was not found`);
      return { ...asked, fileDescriptorResponse: { fileDescriptorProto: withDependencies(file, files) } };
    };
    switch (request.messageRequest) {
      case "listServices": {
        const service = files.flatMap(({ services }) => services).map((name) => ({ name }));
        return { ...asked, listServicesResponse: { service } };
      }
      case "fileByFilename":
        return found(files.find(({ name }) => name === request.fileByFilename), "The file");
      case "fileContainingSymbol":
        return found(files.find(({ symbols }) => symbols.has(request.fileContainingSymbol!)), "The symbol");
      case "fileContainingExtension":
      case "allExtensionNumbersOfType":
        return failed(Code.NOT_FOUND, "There are no extensions");
      default:
        return failed(Code.INVALID_ARGUMENT, "The request asks for nothing");
    }
  }
}

/** The wire forms of a file and of all that it needs. */
function withDependencies(file: DescribedFile, files: readonly DescribedFile[]): Uint8Array[] {
  const needed = new Set([file]);
  for (const { dependencies } of needed) {
    for (const dependency of dependencies) needed.add(files.find(({ name }) => name === dependency)!);
  }
  return [...needed].map(({ bytes }) => bytes);
}
