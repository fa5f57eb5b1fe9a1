/**
 * Server reflection: describes the contract to tools such as grpcurl.
 *
 * @module
 */
import { status as Code } from "@paas/proto/grpc";
import type { DescribedFile } from "@paas/proto/descriptors";
import type { ReflectionRequest, ReflectionResponse } from "@paas/proto/reflection";
import { Bell } from "../bell.ts";
import type { CallContext } from "../rpc/call.ts";

/** Answers questions about the contract. The first question loads the descriptors. */
export class Reflection {
  readonly #bells = new Set<Bell>();
  #files: Promise<DescribedFile[]> | undefined;
  #ended = false;

  /** Answers each question, until the last one, until the signal aborts, or until {@linkcode Reflection.end}. */
  async *answer(
    requests: AsyncIterable<ReflectionRequest>,
    { signal }: Pick<CallContext, "signal">,
  ): AsyncGenerator<ReflectionResponse> {
    const questions = requests[Symbol.asyncIterator]();
    using bell = new Bell(signal);
    this.#bells.add(bell);
    try {
      while (!signal.aborted && !this.#ended) {
        const question = await Promise.race([questions.next(), bell.rung()]); // both promises are new in each round
        if (!question || question.done) return;
        yield await this.#answer(question.value);
      }
    } finally {
      this.#bells.delete(bell);
    }
  }

  /** Ends all streams, so that a tool that keeps one open does not delay the shutdown. */
  end(): void {
    this.#ended = true;
    for (const bell of this.#bells) bell.ring();
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

/** The wire forms of a file and of all its dependencies. */
function withDependencies(file: DescribedFile, files: readonly DescribedFile[]): Uint8Array[] {
  const needed = new Set([file]);
  for (const { dependencies } of needed) {
    for (const dependency of dependencies) needed.add(files.find(({ name }) => name === dependency)!);
  }
  return [...needed].map(({ bytes }) => bytes);
}
