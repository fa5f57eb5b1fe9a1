/**
 * A connection to the daemon and the calls over it. Each failure is one sentence for a person.
 *
 * @module
 */
import {
  type AttachRequest,
  type DrainRequest,
  type ExecRequest,
  type GetLogsRequest,
  type ListRequest,
  type ListResponse__Output,
  ProcessService,
  type ProcessServiceClient,
  type ProcessStatus__Output,
  type ShareRequest,
  type SignalRequest,
  type StopRequest,
  type UnshareRequest,
  type WhoAmIResponse__Output,
} from "@paas/proto";
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  connectivityState,
  type deserialize,
  type Metadata,
  type serialize,
  type ServiceError,
  status,
} from "@paas/proto/grpc";
import { type Certificates, userOf } from "./certificates.ts";
import { PaasError, type PaasErrorCode } from "../errors.ts";
import { toDuration } from "../words/time.ts";

/** The connection cannot be made or was lost; a later attempt may succeed. */
export class OutageError extends PaasError {
  constructor(message: string, options?: ErrorOptions) {
    super("no-connection", message, options);
  }
}

/**
 * The words of grpc-js for a call that ended without an answer from the daemon. No daemon uses them. The library may
 * report such a call before it counts the connection as lost.
 */
const BROKEN_OFF =
  /^(?:Received RST_STREAM with code \d|Connection dropped$|Stream refused by server$|Call cancelled$|Write error: )/;

/** The words of grpc-js at the daemon for a message that is too large to be read. */
const TOO_LARGE = /^Received message larger than max \((\d+) vs (\d+)\)$/;

/** The error code for each gRPC status of the daemon; all other statuses are `internal`. */
const CODES: Readonly<Record<number, PaasErrorCode>> = {
  [status.INVALID_ARGUMENT]: "invalid-argument",
  [status.NOT_FOUND]: "not-found",
  [status.PERMISSION_DENIED]: "permission-denied",
  [status.FAILED_PRECONDITION]: "failed-precondition",
  [status.ALREADY_EXISTS]: "already-exists",
  [status.RESOURCE_EXHAUSTED]: "resource-exhausted",
  [status.UNAVAILABLE]: "unavailable",
  [status.UNAUTHENTICATED]: "unauthenticated",
};

/** Options of a call. */
export interface CallOptions {
  /** A clause that says what is not known when the connection breaks before the answer. */
  readonly ifLost?: string | undefined;
  /** Ends the wait for the answer: the call throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** A method of a service with one request and one answer. */
interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: serialize<Request>;
  readonly responseDeserialize: deserialize<Response>;
}

const { service } = ProcessService;

/** A connection over which the daemon has let the client in. */
export class Connection implements Disposable {
  readonly #certificates: Certificates;

  constructor(
    readonly client: ProcessServiceClient,
    readonly server: string,
    certificates: Certificates,
  ) {
    this.#certificates = certificates;
  }

  /** Whether the connection stands, as far as is known. */
  get stands(): boolean {
    return this.client.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  /** The SHA-256 of the client's certificate. */
  get fingerprint(): string {
    return userOf(this.#certificates) ?? "";
  }

  /** Asks the daemon who the client is. */
  async whoAmI(options?: CallOptions): Promise<WhoAmIResponse__Output> {
    try {
      return await this.call(service.WhoAmI, {}, options);
    } catch (error) {
      // An older daemon has no such call: it knows users by their certificates.
      if (!isUnimplemented(error)) throw error;
      return { userId: this.fingerprint, subject: "", role: "user" };
    }
  }

  /** Starts a process, and returns its id. */
  async exec(request: ExecRequest, options?: CallOptions): Promise<string> {
    return (await this.call(service.Exec, request, options)).processId;
  }

  /** Asks for the status of a process. */
  async status(processId: string, options?: CallOptions): Promise<ProcessStatus__Output> {
    return statusIn(await this.call(service.GetStatus, { processId }, options));
  }

  /** Stops a process, and returns its final status. */
  async stop(request: StopRequest, options?: CallOptions): Promise<ProcessStatus__Output> {
    return statusIn(await this.call(service.Stop, request, options));
  }

  /** Waits until a process has finished, and returns its final status. */
  async wait(processId: string, options?: CallOptions): Promise<ProcessStatus__Output> {
    return statusIn(await this.call(service.Wait, { processId }, options));
  }

  /** Sends a signal to a process. */
  async signal(request: SignalRequest, options?: CallOptions): Promise<void> {
    await this.call(service.Signal, request, options);
  }

  /** Has the daemon forget a process. */
  async remove(processId: string, options?: CallOptions): Promise<void> {
    await this.call(service.Remove, { processId }, options);
  }

  /** Lets another user see a process, or stop it too. */
  async share(request: ShareRequest, options?: CallOptions): Promise<void> {
    await this.call(service.Share, request, options);
  }

  /** Takes back what another user may do with a process. */
  async unshare(request: UnshareRequest, options?: CallOptions): Promise<void> {
    await this.call(service.Unshare, request, options);
  }

  /** Ends the daemon when its processes have finished, and returns their number. */
  async drain(request: DrainRequest, options?: CallOptions): Promise<number> {
    return (await this.call(service.Drain, request, options)).processes;
  }

  /** Asks for a page of processes. */
  list(request: ListRequest, options?: CallOptions): Promise<ListResponse__Output> {
    return this.call(service.List, request, options);
  }

  /**
   * Makes a call, and returns the answer.
   *
   * @throws {PaasError} When the daemon refuses the call, fails, or does not answer
   */
  call<Request, Response>(
    { path, requestSerialize, responseDeserialize }: Method<Request, Response>,
    request: Request,
    { ifLost, signal }: CallOptions = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const call = this.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        (error, answer) => {
          signal?.removeEventListener("abort", abort);
          if (error) reject(this.failure(error, ifLost));
          else resolve(answer!);
        },
      );
      const abort = () => {
        reject(signal!.reason);
        call.cancel();
      };
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Asks for the log of a process. The messages are not decoded: `readLogMessage()` does that at less cost. */
  logs(request: GetLogsRequest): ClientReadableStream<Uint8Array> {
    const { path, requestSerialize } = service.GetLogs;
    return this.client.makeServerStreamRequest(path, requestSerialize, (bytes): Uint8Array => bytes, request);
  }

  /** Opens a stream to a process and one from it. The messages from it are not decoded either. */
  attach(): ClientDuplexStream<AttachRequest, Uint8Array> {
    const { path, requestSerialize } = service.Attach;
    return this.client.makeBidiStreamRequest(path, requestSerialize, (bytes): Uint8Array => bytes);
  }

  /** Ends the lease of a process: the process goes on without this client. */
  async keep(processId: string, options?: CallOptions): Promise<void> {
    await this.#tell({ processId, keep: true }, options);
  }

  /** Tells the daemon that this client will be away for this many milliseconds; 0 means that the client is back. */
  async away(processId: string, milliseconds: number): Promise<void> {
    await this.#tell({ processId, absence: toDuration(milliseconds) });
  }

  /**
   * Sends a request about a process by a stream of its own. On the stream that carries input, the request would wait
   * after the input that the process does not read.
   */
  async #tell(request: AttachRequest, { signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const call = this.attach();
    const abort = () => call.cancel();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      call.write({ ...request, tailLines: 0 });
      for await (const _first of call) return; // any message: the daemon has read the request
    } catch (error) {
      throw signal?.aborted ? signal.reason : this.failure(error);
    } finally {
      signal?.removeEventListener("abort", abort);
      call.on("error", () => {}); // it was cancelled
      call.cancel();
    }
  }

  /** The error for the failure of a call: the daemon's own words, or a lost connection. */
  failure(error: unknown, ifLost?: string): PaasError {
    if (error instanceof PaasError) return error;
    const { code, details, metadata } = error as Partial<ServiceError>;
    if (code === undefined || details === undefined || metadata === undefined) {
      return new PaasError("internal", error instanceof Error ? error.message : String(error), { cause: error });
    }
    if (this.#isLost(details, metadata)) {
      const consequence = ifLost ? `; ${ifLost}` : "";
      return new OutageError(`the connection to ${this.server} was lost${consequence}`, { cause: error });
    }
    const sentence = sentenceIn(details) || `the daemon answered ${status[code] ?? code}, and no more`;
    return new PaasError(CODES[code] ?? "internal", sentence, { cause: error });
  }

  /**
   * Whether a call failed without an answer from the daemon. grpc-js then makes up a status, with a code that a daemon may
   * send as well. An answer without payload has metadata (its content-type). After payload an answer has none, and the
   * state of the connection decides.
   */
  #isLost(details: string, metadata: Metadata): boolean {
    return Object.keys(metadata.getMap()).length === 0 && (BROKEN_OFF.test(details) || !this.stands);
  }

  [Symbol.dispose]() {
    this.client.close();
  }
}

/** Whether a call failed because the daemon does not know it. */
export function isUnimplemented(error: unknown): boolean {
  return error instanceof PaasError &&
    (error.cause as Partial<ServiceError> | undefined)?.code === status.UNIMPLEMENTED;
}

/** The daemon's own sentence; a sentence of its gRPC library is worded anew. */
function sentenceIn(details: string): string {
  const [, bytes, most] = TOO_LARGE.exec(details) ?? [];
  if (bytes === undefined) return details;
  const [has, may] = [bytes, most].map((number) => Number(number).toLocaleString("en"));
  return `The request must have at most ${may} bytes, not ${has}: give it fewer arguments, or smaller variables`;
}

/** The status in an answer. */
function statusIn({ status }: { readonly status: ProcessStatus__Output | null }): ProcessStatus__Output {
  if (!status) throw new PaasError("internal", "the daemon's answer has no status");
  return status;
}
