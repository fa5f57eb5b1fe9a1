/**
 * The connection to the daemon: mutual TLS 1.3, and calls whose failures are one true sentence.
 *
 * Importing this loads grpc-js, most of what starting takes: commands import it only when they call the daemon, so that
 * help and usage errors come at once.
 *
 * @module
 */
import { type AttachRequest, type GetLogsRequest, ProcessService, type ProcessServiceClient } from "@paas/proto";
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  connectivityState,
  credentials,
  type requestCallback,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { type Certificates, readCertificates, userOf } from "./certificates.ts";
import { diagnose } from "./diagnose.ts";
import { PaascError } from "./errors.ts";
import { identityOf, parseServerAddress } from "./server_address.ts";
import type { Settings } from "./settings.ts";

/** How long connecting may take, in milliseconds. */
const patience = 10_000;

const channelOptions = {
  // A client of one daemon, at the address given: no proxy, no configuration from DNS.
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
  // A daemon that is gone without a word is noticed within 15 s.
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
  // A new connection is new, whatever became of the one before.
  "grpc.use_local_subchannel_pool": 1,
  // HTTP/2's own window of 64 KiB makes long logs wait for the network.
  "grpc-node.flow_control_window": 4 * 1024 * 1024,
};

/** There is no connection (any more), but there may be one again if it is tried later. */
export class OutageError extends PaascError {
  constructor(message: string, options?: ErrorOptions) {
    super("no-connection", message, options);
  }
}

/**
 * What grpc-js says when a call ends without an answer from the daemon; a daemon words nothing like it. It may say so
 * before it counts the connection as lost.
 */
const brokenOff = /^(?:Received RST_STREAM with code \d|Connection dropped$|Stream refused by server$|Call cancelled$)/;

/**
 * Connects to the daemon and returns when it has let the client in.
 *
 * @throws {PaascError} When there is no connection, with the reason and what to check
 */
export async function connect(settings: Settings): Promise<Daemon> {
  const server = parseServerAddress(settings.server);
  const certificates = await readCertificates(settings);
  const { servername, checkServerIdentity } = identityOf(server);
  const client = new ProcessService(
    `dns:${server.text}`,
    credentials.createFromSecureContext(
      createSecureContext({ ...certificates.pem, minVersion: "TLSv1.3" }),
      { checkServerIdentity },
    ),
    isIP(server.host) ? { ...channelOptions, "grpc.ssl_target_name_override": servername } : channelOptions,
  );
  if (await becomesReady(client)) return new Daemon(client, server.text, certificates);
  client.close();
  const { sentence, mayPass } = await diagnose(server, certificates);
  throw mayPass ? new OutageError(sentence) : new PaascError("no-connection", sentence);
}

/** Whether the client's first attempt to connect succeeds, in time. */
async function becomesReady(client: ProcessServiceClient): Promise<boolean> {
  const channel = client.getChannel();
  const deadline = Date.now() + patience;
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) return true;
    if (state === connectivityState.TRANSIENT_FAILURE) return false;
    const changed = await new Promise<boolean>((resolve) => {
      channel.watchConnectivityState(state, deadline, (error) => resolve(!error));
    });
    if (!changed) return false;
  }
}

/** A daemon that has let the client in. */
export class Daemon implements Disposable {
  constructor(
    readonly client: ProcessServiceClient,
    readonly server: string,
    private readonly certificates: Certificates,
  ) {}

  /** Who the client is to the daemon: the SHA-256 of its certificate. */
  get user(): string {
    return userOf(this.certificates) ?? "";
  }

  /**
   * The answer to a call that has one.
   *
   * @param call Makes the call
   * @param ifLost What is not known when the connection breaks before the answer
   * @throws {PaascError} When the daemon refuses, cannot, or does not answer
   */
  answer<Response>(call: (callback: requestCallback<Response>) => unknown, ifLost?: string): Promise<Response> {
    return new Promise((resolve, reject) => {
      call((error, response) => {
        if (error) reject(this.failure(error, ifLost));
        else resolve(response!);
      });
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

  /** What the failure of a call comes to: the daemon's own words, or that the connection broke. */
  failure(error: ServiceError, ifLost?: string): PaascError {
    if (this.isLost(error)) {
      const consequence = ifLost ? `; ${ifLost}` : "";
      return new OutageError(`the connection to ${this.server} was lost${consequence}`, { cause: error });
    }
    const said = error.details || `the daemon answered ${status[error.code] ?? error.code}, and no more`;
    const reason = error.code === status.UNAUTHENTICATED ? "no-connection" : "failed";
    return new PaascError(reason, said, { cause: error });
  }

  /**
   * Whether a call failed without an answer from the daemon. grpc-js makes up a status for it then, with codes that a
   * daemon may send as well. An answer without payload has metadata (its content-type); after payload it has none, and
   * the connection tells.
   */
  private isLost({ metadata, details }: ServiceError): boolean {
    return Object.keys(metadata.getMap()).length === 0 &&
      (brokenOff.test(details) ||
        this.client.getChannel().getConnectivityState(false) !== connectivityState.READY);
  }

  [Symbol.dispose]() {
    this.client.close();
  }
}
