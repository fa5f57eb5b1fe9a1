/**
 * Why a connection could not be made.
 *
 * grpc-js says too little ("Failed to connect", "write EPIPE"), and Deno's TLS errors mislead ("unable to verify the
 * first certificate" for one that has expired). So after a failure the server is looked at directly, over TLS alone:
 * once as a stranger who shows no certificate, trusts nobody and sends nothing, to see what listens there and which
 * certificate it has; and, if that one is right, once more with the client certificate, to see whether that is welcome.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { connect, type ConnectionOptions } from "node:tls";
import { type Certificates, certificatesOf, invalidity, unusable } from "./certificates.ts";
import { identityOf, type ServerAddress } from "./server_address.ts";

/** How long one look may take, in milliseconds. */
const patience = 3_000;

/** What one look at a server showed, in the order in which it goes on. */
export interface Look {
  /** TCP is connected. */
  connected: boolean;
  /** The TLS handshake is done, as far as the client can tell, and this is the server's certificate. */
  certificate?: X509Certificate;
  /** Why that certificate is not trusted, in the words of `node:tls`. */
  distrust?: string;
  /** The protocol that was agreed on by ALPN. */
  protocol?: string | false | null;
  /** The server sent its first bytes: the client certificate is welcome. */
  greeted: boolean;
  /** What ended it before. */
  error?: Error & { code?: string };
  /** It took too long. */
  late: boolean;
}

/** Why a connection could not be made. */
export interface Diagnosis {
  /** The reason and what to check, in one sentence. */
  readonly sentence: string;
  /** Whether it may be otherwise soon without anybody changing a certificate or an option. */
  readonly mayPass: boolean;
}

/**
 * Says why no connection to this server can be made with these certificates.
 *
 * Meant for after a failure: it makes up to two connections of its own, each of which takes 3 s at most. It does not
 * throw.
 */
export async function diagnose(server: ServerAddress, certificates: Certificates): Promise<Diagnosis> {
  const own = unusable(certificates);
  if (own) return { sentence: own, mayPass: false };

  const asStranger = await look(server, { ca: certificates.pem.ca, rejectUnauthorized: false }, "handshake");
  const told = (why: string, mayPass: boolean) => ({ sentence: `cannot connect to ${server.text}: ${why}`, mayPass });
  const nobody = nobodyThere(asStranger, server);
  if (nobody) return told(nobody, true);
  const stranger = strangerThere(asStranger, server, certificates);
  if (stranger) return told(stranger, false);

  const { ca, cert, key } = certificates.pem;
  const asClient = await look(server, { ca, cert, key }, "greeting");
  // It may have gone since the first look, or be too busy.
  const mayPass = asClient.greeted || asClient.late || !asClient.connected;
  return told(notWelcome(asClient, certificates), mayPass);
}

/** Why what is at this address is no TLS server that could be a paasd. */
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

/** Why the server's certificate does not show it to be the paasd that is wanted. */
export function strangerThere({ certificate, distrust }: Look, { host }: ServerAddress, { files, pem }: Certificates) {
  if (!certificate || !distrust) return undefined;
  if (distrust === "ERR_TLS_CERT_ALTNAME_INVALID") { // looked at last, when all else is right
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

/** Why the server, which is the right one, does not want this client. */
function notWelcome({ connected, greeted, late }: Look, { files, pem }: Certificates) {
  if (greeted) return "the connection failed, but the daemon answers now; try again";
  if (late || !connected) return "the daemon does not answer; try again";
  const [certificate] = certificatesOf(pem.cert);
  const why = certificate && invalidity(certificate, "clientAuth") ||
    "it does not trust the CA that signed it, or has revoked it";
  return `the daemon refused the client certificate ${files.cert}: ${why} (check --cert)`;
}

/** Looks at a server by TLS until the handshake is done or, further, until it greets; it is sent nothing. */
export function look(
  server: ServerAddress,
  options: ConnectionOptions,
  until: "handshake" | "greeting",
): Promise<Look> {
  const { promise, resolve } = Promise.withResolvers<Look>();
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
  }, patience);
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
