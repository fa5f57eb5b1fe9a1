/**
 * Connects to the daemon by mutual TLS 1.3.
 *
 * This module loads grpc-js, which takes most of the time of a start. Commands import it only when they call the daemon,
 * so that help and usage errors come at once.
 *
 * @module
 */
import { ProcessService, type ProcessServiceClient } from "@paas/proto";
import { OUR_SESSIONS } from "./line.ts";
import { connectivityState, credentials } from "@paas/proto/grpc";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { type Certificates, readCertificates } from "./certificates.ts";
import { Connection, OutageError } from "./connection.ts";
import { PaasError } from "../errors.ts";
import { identityOf, parseServerAddress } from "./server_address.ts";
import type { CertificateFiles } from "../settings/settings.ts";

/** Maximum time for an attempt to connect, in milliseconds. */
const TIMEOUT_MS = 10_000;

const CHANNEL_OPTIONS = {
  // The client has one daemon, at a given address: it needs no proxy and no configuration from DNS.
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
  // `line.ts` knows by this value which sessions to watch.
  "grpc-node.max_session_memory": OUR_SESSIONS,
  // A new connection shares no state with the one before.
  "grpc.use_local_subchannel_pool": 1,
};

/** The address of the daemon, and the certificates of the client. */
export interface Destination extends CertificateFiles {
  /** The address of the daemon, `HOST:PORT`. */
  readonly server: string;
  /** The texts of the certificate files; default is to read the files. */
  readonly pem?: Certificates["pem"] | undefined;
}

/**
 * Connects to the daemon; resolves when the daemon has let the client in.
 *
 * @throws {OutageError} When the connection cannot be made, and a later attempt may succeed
 * @throws {PaasError} When the connection cannot be made; the message says why, and what to check
 */
export async function connect(destination: Destination): Promise<Connection> {
  const server = parseServerAddress(destination.server);
  const { pem } = destination;
  const certificates = pem ? { files: destination, pem } : await readCertificates(destination);
  const { servername, checkServerIdentity } = identityOf(server);
  const client = new ProcessService(
    `dns:${server.text}`,
    credentials.createFromSecureContext(
      createSecureContext({ ...certificates.pem, minVersion: "TLSv1.3" }),
      { checkServerIdentity },
    ),
    isIP(server.host) ? { ...CHANNEL_OPTIONS, "grpc.ssl_target_name_override": servername } : CHANNEL_OPTIONS,
  );
  if (await becomesReady(client)) return new Connection(client, server.text, certificates);
  client.close();
  const { diagnose } = await import("./diagnose.ts");
  const { sentence, mayPass } = await diagnose(server, certificates);
  throw mayPass ? new OutageError(sentence) : new PaasError("no-connection", sentence);
}

/** Whether the first attempt of the client to connect succeeds in time. */
async function becomesReady(client: ProcessServiceClient): Promise<boolean> {
  const channel = client.getChannel();
  const deadline = Date.now() + TIMEOUT_MS;
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
