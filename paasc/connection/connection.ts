/**
 * The daemon as a client sees it: calls whose failures are one true sentence.
 *
 * @module
 */
import {
  type AttachRequest,
  type ExecRequest,
  type ExecResponse__Output,
  type GetLogsRequest,
  type GetStatusResponse__Output,
  type ListRequest,
  type ListResponse__Output,
  ProcessService,
  type ProcessServiceClient,
  type ProcessStatus__Output,
  type RemoveResponse__Output,
  type ShareRequest,
  type ShareResponse__Output,
  type SignalRequest,
  type SignalResponse__Output,
  type StopRequest,
  type StopResponse__Output,
  type UnshareRequest,
  type UnshareResponse__Output,
  type WaitResponse__Output,
  type WhoAmIResponse__Output,
} from "@paas/proto";
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  connectivityState,
  type requestCallback,
  type ServiceError,
  status,
} from "@paas/proto/grpc";
import { type Certificates, userOf } from "./certificates.ts";
import { PaasError, type PaasErrorCode } from "../errors.ts";
import { toDuration } from "../words/time.ts";

/** There is no connection (any more), but there may be one again if it is tried later. */
export class OutageError extends PaasError {
  constructor(message: string, options?: ErrorOptions) {
    super("no-connection", message, options);
  }
}

/**
 * What grpc-js says when a call ends without an answer from the daemon; a daemon words nothing like it. It may say so
 * before it counts the connection as lost.
 */
const brokenOff =
  /^(?:Received RST_STREAM with code \d|Connection dropped$|Stream refused by server$|Call cancelled$|Write error: )/;

/** What grpc-js says at the daemon of a message that it does not even read. */
const tooLarge = /^Received message larger than max \((\d+) vs (\d+)\)$/;

/** What the daemon's status codes are to programs. The others are of no use to them. */
const codes: Readonly<Record<number, PaasErrorCode>> = {
  [status.INVALID_ARGUMENT]: "invalid-argument",
  [status.NOT_FOUND]: "not-found",
  [status.PERMISSION_DENIED]: "permission-denied",
  [status.FAILED_PRECONDITION]: "failed-precondition",
  [status.ALREADY_EXISTS]: "already-exists",
  [status.RESOURCE_EXHAUSTED]: "resource-exhausted",
  [status.UNAVAILABLE]: "unavailable",
  [status.UNAUTHENTICATED]: "unauthenticated",
};

/** How to call. */
export interface CallOptions {
  /** What is not known when the connection breaks before the answer. */
  readonly ifLost?: string | undefined;
  /** Ends the waiting for the answer: it fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A daemon that has let the client in. */
export class Daemon implements Disposable {
  constructor(
    readonly client: ProcessServiceClient,
    readonly server: string,
    private readonly certificates: Certificates,
  ) {}

  /** Whether the connection stands, as far as is known. */
  get stands(): boolean {
    return this.client.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  /** The SHA-256 of the client's certificate. */
  get fingerprint(): string {
    return userOf(this.certificates) ?? "";
  }

  /** Who the client is to the daemon. */
  async whoAmI(options?: CallOptions): Promise<WhoAmIResponse__Output> {
    try {
      return await this.#answer<WhoAmIResponse__Output>((callback) => this.client.WhoAmI({}, callback), options);
    } catch (error) {
      // An older daemon cannot say; it goes by the certificate.
      if ((error as { cause?: Partial<ServiceError> }).cause?.code !== status.UNIMPLEMENTED) throw error;
      return { userId: this.fingerprint, subject: "", role: "user" };
    }
  }

  /** Starts a process; gives its id. */
  async exec(request: ExecRequest, options?: CallOptions): Promise<string> {
    return (await this.#answer<ExecResponse__Output>((callback) => this.client.Exec(request, callback), options))
      .processId;
  }

  /** How a process stands. */
  async status(processId: string, options?: CallOptions): Promise<ProcessStatus__Output> {
    return statusIn(
      await this.#answer<GetStatusResponse__Output>(
        (callback) => this.client.GetStatus({ processId }, callback),
        options,
      ),
    );
  }

  /** How a process stands that was stopped. */
  async stop(request: StopRequest, options?: CallOptions): Promise<ProcessStatus__Output> {
    return statusIn(
      await this.#answer<StopResponse__Output>((callback) => this.client.Stop(request, callback), options),
    );
  }

  /** How a process stands when it has finished. */
  async wait(processId: string, options?: CallOptions): Promise<ProcessStatus__Output> {
    return statusIn(
      await this.#answer<WaitResponse__Output>((callback) => this.client.Wait({ processId }, callback), options),
    );
  }

  /** Sends a signal. */
  async signal(request: SignalRequest, options?: CallOptions): Promise<void> {
    await this.#answer<SignalResponse__Output>((callback) => this.client.Signal(request, callback), options);
  }

  /** Forgets a process. */
  async remove(processId: string, options?: CallOptions): Promise<void> {
    await this.#answer<RemoveResponse__Output>((callback) => this.client.Remove({ processId }, callback), options);
  }

  /** Lets another user see or stop a process. */
  async share(request: ShareRequest, options?: CallOptions): Promise<void> {
    await this.#answer<ShareResponse__Output>((callback) => this.client.Share(request, callback), options);
  }

  /** Takes that back. */
  async unshare(request: UnshareRequest, options?: CallOptions): Promise<void> {
    await this.#answer<UnshareResponse__Output>((callback) => this.client.Unshare(request, callback), options);
  }

  /** A page of processes. */
  list(request: ListRequest, options?: CallOptions): Promise<ListResponse__Output> {
    return this.#answer<ListResponse__Output>((callback) => this.client.List(request, callback), options);
  }

  /**
   * The answer to a call.
   *
   * @throws {PaasError} When the daemon refuses, cannot, or does not answer
   */
  #answer<Response>(
    call: (callback: requestCallback<Response>) => ClientUnaryCall,
    { ifLost, signal }: CallOptions = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const underway = call((error, response) => {
        signal?.removeEventListener("abort", abort);
        if (error) reject(this.failure(error, ifLost));
        else resolve(response!);
      });
      const abort = () => {
        reject(signal!.reason);
        underway.cancel();
      };
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** The log of a process, as messages that are not decoded: `log_message.ts` does that at less cost. */
  logs(request: GetLogsRequest): ClientReadableStream<Uint8Array> {
    const { path, requestSerialize } = ProcessService.service.GetLogs;
    return this.client.makeServerStreamRequest(path, requestSerialize, (bytes): Uint8Array => bytes, request);
  }

  /** A stream to a process and one from it; what comes is not decoded either. */
  attach(): ClientDuplexStream<AttachRequest, Uint8Array> {
    const { path, requestSerialize } = ProcessService.service.Attach;
    return this.client.makeBidiStreamRequest(path, requestSerialize, (bytes): Uint8Array => bytes);
  }

  /** Ends the lease of a process: it goes on without this client. */
  async keep(processId: string, options?: CallOptions): Promise<void> {
    await this.#tell({ processId, keep: true }, options);
  }

  /** Tells for how many milliseconds this client will be away of its own accord; none when it is back. */
  async away(processId: string, milliseconds: number): Promise<void> {
    await this.#tell({ processId, absence: toDuration(milliseconds) });
  }

  /**
   * Says something of a process by a stream of its own, for on the one that carries input it would wait behind what the
   * process does not read.
   */
  async #tell(request: AttachRequest, { signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const call = this.attach();
    const abort = () => call.cancel();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      call.write({ ...request, tailLines: 0 });
      for await (const _first of call) return; // whatever comes: the daemon has read the request
    } catch (error) {
      throw signal?.aborted ? signal.reason : this.failure(error as ServiceError);
    } finally {
      signal?.removeEventListener("abort", abort);
      call.on("error", () => {}); // that it was cancelled
      call.cancel();
    }
  }

  /** What the failure of a call comes to: the daemon's own words, or that the connection broke. */
  failure(error: ServiceError, ifLost?: string): PaasError {
    if (this.isLost(error)) {
      const consequence = ifLost ? `; ${ifLost}` : "";
      return new OutageError(`the connection to ${this.server} was lost${consequence}`, { cause: error });
    }
    const said = sentenceIn(error.details) || `the daemon answered ${status[error.code] ?? error.code}, and no more`;
    return new PaasError(codes[error.code] ?? "internal", said, { cause: error });
  }

  /**
   * Whether a call failed without an answer from the daemon. grpc-js makes up a status for it then, with codes that a
   * daemon may send as well. An answer without payload has metadata (its content-type); after payload it has none, and
   * the connection tells.
   */
  private isLost({ metadata, details }: ServiceError): boolean {
    return Object.keys(metadata.getMap()).length === 0 &&
      (brokenOff.test(details) || !this.stands);
  }

  [Symbol.dispose]() {
    this.client.close();
  }
}

/** What the daemon has said; what its library has said, in words of ours. */
function sentenceIn(details: string): string {
  const [, bytes, most] = tooLarge.exec(details) ?? [];
  if (bytes === undefined) return details;
  const [has, may] = [bytes, most].map((number) => Number(number).toLocaleString("en"));
  return `The request must have at most ${may} bytes, not ${has}: give it fewer arguments, or smaller variables`;
}

/** The status in an answer. */
function statusIn({ status }: { readonly status: ProcessStatus__Output | null }): ProcessStatus__Output {
  if (!status) throw new PaasError("internal", "the daemon's answer has no status");
  return status;
}
