/**
 * Finds out why a connection could not be made.
 *
 * grpc-js says too little ("Failed to connect", "write EPIPE"), and Deno's TLS errors mislead ("unable to verify the
 * first certificate" for one that has expired). So after a failure this module looks at the server directly, over TLS
 * alone. The first look shows no certificate, trusts any server and sends nothing: it finds out what listens there, and
 * with which certificate. If that certificate is right, a second look shows the client certificate, and finds out whether
 * the daemon accepts it.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { connect, type ConnectionOptions } from "node:tls";
import { type Certificates, certificatesOf, invalidity, unusable } from "./certificates.ts";
import { identityOf, type ServerAddress } from "./server_address.ts";
import { withResolvers } from "../words/platform.ts";

/** Maximum time for one look, in milliseconds. */
const TIMEOUT_MS = 3_000;

/** The result of one look at a server, in the order of the steps. */
export interface Look {
  /** Whether TCP has connected. */
  connected: boolean;
  /** The server's certificate, once the TLS handshake is done as far as the client can tell. */
  certificate?: X509Certificate;
  /** The reason why the certificate is not trusted, in the words of `node:tls`. */
  distrust?: string;
  /** The protocol chosen by ALPN. */
  protocol?: string | false | null;
  /** Whether the server has sent its first bytes: it then accepts the client certificate. */
  greeted: boolean;
  /** The error that ended the look. */
  error?: Error & { code?: string };
  /** Whether the look took too long. */
  late: boolean;
}

/** The reason why a connection could not be made. */
export interface Diagnosis {
  /** The reason and what to check, in one sentence. */
  readonly sentence: string;
  /** Whether a later attempt may succeed with the same certificates and options. */
  readonly mayPass: boolean;
}

/**
 * Says why no connection to this server can be made with these certificates. This function makes up to two connections
 * of its own, each of which takes 3 s at most, and does not throw.
 */
export async function diagnose(server: ServerAddress, certificates: Certificates): Promise<Diagnosis> {
  const own = unusable(certificates);
  if (own) return { sentence: own, mayPass: false };

  const asStranger = await look(server, { ca: certificates.pem.ca, rejectUnauthorized: false }, "handshake");
  const diagnosis = (why: string, mayPass: boolean) => ({
    sentence: `cannot connect to ${server.text}: ${why}`,
    mayPass,
  });
  const nobody = nobodyThere(asStranger, server);
  if (nobody) return diagnosis(nobody, true);
  const stranger = strangerThere(asStranger, server, certificates);
  if (stranger) return diagnosis(stranger, false);

  const { ca, cert, key } = certificates.pem;
  const asClient = await look(server, { ca, cert, key }, "greeting");
  // The server may have gone since the first look, or be too busy.
  const mayPass = asClient.greeted || asClient.late || !asClient.connected;
  return diagnosis(notWelcome(asClient, certificates), mayPass);
}

/** The reason why the server at this address cannot be a paasd; undefined when it can. */
export function nobodyThere({ connected, certificate, protocol, error, late }: Look, { host }: ServerAddress) {
  if (certificate && protocol === "h2") return undefined;
  const check = "check --server";
  switch (error?.code) {
    case "ECONNREFUSED":
      return `nothing listens there; is paasd running? (${check})`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name '${host}' cannot be resolved (${check})`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return `the network cannot reach '${host}' (${check})`;
    case "ETIMEDOUT":
      return `no answer (${check})`;
  }
  if (!connected) return late ? `no answer (${check})` : `${error?.message ?? "it failed"} (${check})`;
  if (late) return `something listens there but does not answer; is it a paasd? (${check})`;
  if (error?.code?.startsWith("ERR_SSL") || certificate) {
    return `what listens there does not speak TLS 1.3 with HTTP/2; is it a paasd? (${check})`;
  }
  return `what listens there closes the connection; is it a paasd? (${check})`;
}

/** The reason why the server's certificate is not the one of the wanted paasd; undefined when it is. */
export function strangerThere({ certificate, distrust }: Look, { host }: ServerAddress, { files, pem }: Certificates) {
  if (!certificate || !distrust) return undefined;
  if (distrust === "ERR_TLS_CERT_ALTNAME_INVALID") { // node:tls checks the name last
    const names = certificate.subjectAltName ?? "no host at all";
    return `the server's certificate is for ${names}, not for '${host}' (check --server)`;
  }
  if (!certificatesOf(pem.ca).some((ca) => certificate.verify(ca.publicKey))) {
    return `the server's certificate is not signed by the server CA ${files.ca} (check --ca and --server)`;
  }
  const invalid = invalidity(certificate, "serverAuth");
  if (invalid) return `the server's certificate is not valid: ${invalid}`;
  return `the server's certificate is not trusted: ${distrust} (check --ca and --server)`;
}

/** The reason why the right server refuses this client. */
function notWelcome({ connected, greeted, late }: Look, { files, pem }: Certificates) {
  if (greeted) return "the connection failed, but the daemon answers now; try again";
  if (late || !connected) return "the daemon does not answer; try again";
  const [certificate] = certificatesOf(pem.cert);
  const why = certificate && invalidity(certificate, "clientAuth") ||
    "it does not trust the CA that signed it, or has revoked it";
  return `the daemon refused the client certificate ${files.cert}: ${why} (check --cert)`;
}

/** Looks at a server by TLS until the handshake is done, or until the server sends its first bytes. Sends nothing. */
export function look(
  server: ServerAddress,
  options: ConnectionOptions,
  until: "handshake" | "greeting",
): Promise<Look> {
  const { promise, resolve } = withResolvers<Look>();
  const seen: Look = { connected: false, greeted: false, late: false };
  const { host, port } = server;
  const socket = connect({
    host,
    port,
    ...identityOf(server),
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
    ...options,
  });
  const timer = setTimeout(() => {
    seen.late = true;
    socket.destroy();
  }, TIMEOUT_MS);
  socket.on("connect", () => seen.connected = true);
  socket.on("secureConnect", () => {
    seen.certificate = new X509Certificate(socket.getPeerCertificate().raw);
    seen.protocol = socket.alpnProtocol;
    if (!socket.authorized) seen.distrust = String(socket.authorizationError);
    if (until === "handshake") socket.destroy();
  });
  socket.on("data", () => {
    seen.greeted = true;
    socket.destroy();
  });
  socket.on("end", () => socket.destroy());
  socket.on("error", (error) => seen.error ??= error);
  socket.on("close", () => {
    clearTimeout(timer);
    resolve(seen);
  });
  return promise;
}
