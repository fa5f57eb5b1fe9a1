/**
 * The connection to the daemon: mutual TLS 1.3.
 *
 * Importing this loads grpc-js, most of what starting takes: commands import it only when they call the daemon, so that
 * help and usage errors come at once.
 *
 * @module
 */
import { ProcessService, type ProcessServiceClient } from "@paas/proto";
import { ourSessions } from "./line.ts";
import { connectivityState, credentials } from "@paas/proto/grpc";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { type Certificates, readCertificates } from "./certificates.ts";
import { Daemon, OutageError } from "./connection.ts";
import { PaasError } from "../errors.ts";
import { identityOf, parseServerAddress } from "./server_address.ts";
import type { CertificateFiles } from "../settings/settings.ts";

export { Daemon, OutageError };

/** How long connecting may take, in milliseconds. */
const patience = 10_000;

const channelOptions = {
  // A client of one daemon, at the address given: no proxy, no configuration from DNS.
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
  // `line.ts` watches them.
  "grpc-node.max_session_memory": ourSessions,
  // A new connection is new, whatever became of the one before.
  "grpc.use_local_subchannel_pool": 1,
};

/** Where the daemon is, and who wants to come in. */
export interface Destination extends CertificateFiles {
  /** Where the daemon listens: `HOST:PORT`. */
  readonly server: string;
  /** The texts of the certificate files; without them the files are read. */
  readonly pem?: Certificates["pem"] | undefined;
}

/**
 * Connects to the daemon and returns when it has let the client in.
 *
 * @throws {PaasError} When there is no connection, with the reason and what to check
 */
export async function connect(destination: Destination): Promise<Daemon> {
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
    isIP(server.host) ? { ...channelOptions, "grpc.ssl_target_name_override": servername } : channelOptions,
  );
  if (await becomesReady(client)) return new Daemon(client, server.text, certificates);
  client.close();
  const { diagnose } = await import("./diagnose.ts");
  const { sentence, mayPass } = await diagnose(server, certificates);
  throw mayPass ? new OutageError(sentence) : new PaasError("no-connection", sentence);
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
