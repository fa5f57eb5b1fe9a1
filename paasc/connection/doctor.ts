/**
 * Checks all that a connection needs, step by step: the client's files, the server and its certificate, and calls.
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
import type { Connection } from "./connection.ts";
import { look, nobodyThere, strangerThere } from "./diagnose.ts";
import { PaasError } from "../errors.ts";
import { parseServerAddress } from "./server_address.ts";
import type { Settings } from "../settings/settings.ts";
import { durationText } from "../words/time.ts";

/** The result of one check. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** A description of what was found, or of what is wrong and what to do. */
  readonly detail: string;
  /** Set when something should be done soon, although nothing is wrong now. */
  readonly warning?: true;
}

/** The name of the check that succeeds when the daemon lets the client in. */
export const ACCESS = "access";

/** Time before the end of a certificate at which to warn, in days. */
const RENEWAL_DAYS = 14;

/** Maximum difference of the two clocks, in milliseconds: the server sends its time to the second. */
const MAX_SKEW_MS = 5_000;

/**
 * Makes the checks one after the other. A check that cannot be made after the failure of another is left out.
 *
 * @throws {SettingsError} When the address of the server is none
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

/** Checks the client's own certificates. */
function* ownCertificates({ files, pem }: Certificates, fault: string | undefined): Generator<Check> {
  yield fault ? bad("key", fault) : good("key", "the private key belongs to the client certificate");

  // Of several CAs, as there are while a new CA replaces an old one, the newest will do.
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

/** Checks a connection as every command makes it, and calls over it. */
async function* calls(settings: Settings): AsyncGenerator<Check> {
  const { connect } = await import("./connect.ts");
  try {
    using connection = await connect(settings);
    const { userId, role } = await connection.whoAmI();
    const what = userId === connection.fingerprint ? ", the SHA-256 of your certificate" : "";
    yield good(ACCESS, `the daemon lets you in; you are ${userId} to it${what}, with the role ${role}`);

    yield await health(connection);

    /** Asks for one process. Returns how long the call took, in milliseconds, and the time of the server. */
    const list = () =>
      new Promise<{ took: number; serverTime: number }>((resolve, reject) => {
        const start = performance.now();
        let date = "";
        connection.client.List({ pageSize: 1 }, (error) => {
          if (error) reject(connection.failure(error));
          else resolve({ took: performance.now() - start, serverTime: Date.parse(date) });
        }).on("metadata", (metadata) => date = `${metadata.get("date")[0]}`);
      });
    await list(); // the first one pays for the connection
    const { took, serverTime } = await list();
    yield good("round trip", `a call takes ${took.toFixed(1)} ms`);
    if (!Number.isNaN(serverTime)) yield clock(Date.now() - serverTime);
  } catch (error) {
    if (!(error instanceof PaasError)) throw error;
    yield bad(/^(no-connection|unauthenticated)$/.test(error.code) ? ACCESS : "call", error);
  }
}

/** Checks whether the daemon takes new processes. */
async function health(connection: Connection): Promise<Check> {
  const [{ healthService }, { isUnimplemented }] = await Promise.all([
    import("@paas/proto/health"),
    import("./connection.ts"),
  ]);
  try {
    const { status } = await connection.call(healthService.Check, { service: "paas.v1.ProcessService" });
    if (status === "SERVING") return good("health", "serving");
    return warned(good("health", "draining: the daemon is about to end, and takes no new processes"));
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
    return good("health", "the daemon is too old to tell");
  }
}

/** Checks this clock, which is this many milliseconds ahead of the server's. */
function clock(ahead: number): Check {
  const apart = Math.abs(ahead);
  if (apart <= MAX_SKEW_MS) return good("clock", `within ${durationText(MAX_SKEW_MS)} of the server's`);
  const which = ahead > 0 ? "ahead of" : "behind";
  return bad("clock", `this clock is ${durationText(apart)} ${which} the server's: have both set by NTP`);
}

/** Reports a valid certificate, with a warning when it ends soon. */
function dated(check: string, certificate: X509Certificate, detail: string): Check {
  const end = certificate.validToDate;
  const days = Math.floor((end.getTime() - Date.now()) / 86_400_000);
  const till = `${detail}, until ${time(end)} (${days} ${days === 1 ? "day" : "days"} left)`;
  return days < RENEWAL_DAYS ? warned(good(check, `${till}: renew it`)) : good(check, till);
}

function nameOf({ subject }: X509Certificate): string {
  return (subject || "no name").replaceAll("\n", ", ");
}

function good(check: string, detail: string): Check {
  return { check, ok: true, detail };
}

function warned(check: Check): Check {
  return { ...check, warning: true };
}

function bad(check: string, why: unknown): Check {
  return { check, ok: false, detail: why instanceof Error ? why.message : String(why) };
}
