/**
 * Looks at all that a connection needs, step by step: the own files, the server and its certificate, and a call.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import {
  type Certificates,
  certificatesOf,
  invalidity,
  outOfDate,
  readCertificates,
  time,
  unusable,
} from "./certificates.ts";
import type { Daemon } from "./calls.ts";
import { look, nobodyThere, strangerThere } from "./diagnose.ts";
import { PaascError } from "../errors.ts";
import { parseServerAddress } from "./server_address.ts";
import type { Settings } from "../settings/settings.ts";
import { durationText } from "../words/time.ts";

/** What one of the steps showed. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** What there is, or what is wrong and what to do. */
  readonly detail: string;
  /** Whether something should be done soon, though all is well now. */
  readonly warning?: true;
}

/** The name of the check that is well when the daemon has let the client in. */
export const access = "access";

/** So long before its end a certificate is worth a warning, in days. */
const renewal = 14;

/** The gRPC code for a call that the server does not know; grpc-js is loaded only for a connection. */
const unimplemented = 12;

/** So far two clocks may differ, in milliseconds: the server tells its own to the second. */
const skewAllowed = 5_000;

/**
 * Makes the checks one after the other. One that cannot be made because of what another found is left out.
 *
 * @throws {PaascError} When the server's address is none
 */
export async function* examine(settings: Settings): AsyncGenerator<Check> {
  const server = parseServerAddress(settings.server);
  let certificates: Certificates | undefined;
  try {
    certificates = await readCertificates(settings);
    yield good("files", `read ${settings.ca}, ${settings.cert} and ${settings.key}`);
  } catch (error) {
    yield bad("files", error);
  }
  const fault = certificates && unusable(certificates);
  if (certificates) yield* ownCertificates(certificates, fault);

  const seen = await look(server, { ca: certificates?.pem.ca, rejectUnauthorized: false }, "handshake");
  const nobody = nobodyThere(seen, server);
  if (!seen.connected) return yield bad("server", nobody);
  yield good("server", `something listens at ${server.text}`);
  if (nobody || !seen.certificate) return yield bad("TLS", nobody ?? "the server shows no certificate");
  yield good("TLS", "the server speaks TLS 1.3 with HTTP/2");

  if (!certificates) return;
  const stranger = strangerThere(seen, server, certificates);
  if (stranger) return yield bad("server certificate", stranger);
  const names = seen.certificate.subjectAltName ?? "its common name";
  yield dated("server certificate", seen.certificate, `signed by the server CA, for ${names}`);
  if (!fault) yield* calls(settings);
}

/** The client's own certificates. */
function* ownCertificates({ files, pem }: Certificates, fault: string | undefined): Generator<Check> {
  yield fault ? bad("key", fault) : good("key", "the private key belongs to the client certificate");

  // Of several CAs, as there are while one takes the place of another, one will do.
  const [ca] = certificatesOf(pem.ca).sort((one, other) => +other.validToDate - +one.validToDate);
  if (ca) {
    const old = outOfDate(ca);
    yield old ? bad("server CA", `${files.ca}: ${old} (get the new one, --ca)`) : dated("server CA", ca, nameOf(ca));
  }
  const [own] = certificatesOf(pem.cert);
  if (own) {
    const invalid = invalidity(own, "clientAuth");
    yield invalid
      ? bad("client certificate", `${files.cert}: ${invalid} (get a new one, --cert and --key)`)
      : dated("client certificate", own, `${nameOf(own)}, for clientAuth`);
  }
}

/** A connection as every command makes it, and calls on it. */
async function* calls(settings: Settings): AsyncGenerator<Check> {
  const { connect } = await import("./connect.ts");
  try {
    using daemon = await connect(settings);
    const { userId, role } = await daemon.whoAmI();
    const what = userId === daemon.fingerprint ? ", the SHA-256 of your certificate" : "";
    yield good(access, `the daemon lets you in; you are ${userId} to it${what}, with the role ${role}`);

    yield await health(daemon);

    /** Asks for one process; gives how long that took, and what time it was to the server. */
    const list = () =>
      new Promise<{ took: number; serverTime: number }>((resolve, reject) => {
        const start = performance.now();
        let date = "";
        daemon.client.List({ pageSize: 1 }, (error) => {
          if (error) reject(daemon.failure(error));
          else resolve({ took: performance.now() - start, serverTime: Date.parse(date) });
        }).on("metadata", (metadata) => date = `${metadata.get("date")[0]}`);
      });
    await list(); // the first one pays for the connection
    const { took, serverTime } = await list();
    yield good("round trip", `a call takes ${took.toFixed(1)} ms`);
    if (!Number.isNaN(serverTime)) yield clock(Date.now() - serverTime);
  } catch (error) {
    if (!(error instanceof PaascError)) throw error;
    yield bad(error.reason === "failed" ? "call" : access, error);
  }
}

/** Whether the daemon takes new processes. */
async function health(daemon: Daemon): Promise<Check> {
  const { healthService: { Check } } = await import("@paas/proto/health");
  return await new Promise((resolve, reject) => {
    daemon.client.makeUnaryRequest(
      Check.path,
      Check.requestSerialize,
      Check.responseDeserialize,
      { service: "paas.v1.ProcessService" },
      (error, answer) => {
        if (error?.code === unimplemented) resolve(good("health", "the daemon is too old to tell"));
        else if (error) reject(daemon.failure(error));
        else if (answer?.status === "SERVING") resolve(good("health", "serving"));
        else {resolve({
            ...good("health", "draining: the daemon is about to end, and takes no new processes"),
            warning: true,
          });}
      },
    );
  });
}

/** How far this clock is ahead of the server's. */
function clock(ahead: number): Check {
  const apart = Math.abs(ahead);
  if (apart <= skewAllowed) return good("clock", `within ${durationText(skewAllowed)} of the server's`);
  const which = ahead > 0 ? "ahead of" : "behind";
  return bad("clock", `this clock is ${durationText(apart)} ${which} the server's: have both set by NTP`);
}

/** A certificate that is good, perhaps not for long. */
function dated(check: string, certificate: X509Certificate, detail: string): Check {
  const end = certificate.validToDate;
  const days = Math.floor((end.getTime() - Date.now()) / 86_400_000);
  const till = `${detail}, until ${time(end)} (${days} ${days === 1 ? "day" : "days"} left)`;
  return days < renewal ? { ...good(check, `${till}: renew it`), warning: true } : good(check, till);
}

function nameOf({ subject }: X509Certificate): string {
  return (subject || "no name").replaceAll("\n", ", ");
}

function good(check: string, detail: string): Check {
  return { check, ok: true, detail };
}

function bad(check: string, why: unknown): Check {
  return { check, ok: false, detail: why instanceof Error ? why.message : String(why) };
}
