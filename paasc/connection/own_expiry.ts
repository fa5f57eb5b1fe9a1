/**
 * The note that the user's own certificate ends soon.
 *
 * @module
 */
import { expiryWarnings } from "@paas/proto/expiry";
import type { CertificateFiles } from "../settings/settings.ts";
import { certificatesOf } from "./certificates.ts";

/** A sentence about the client certificate if it ends within 14 days; undefined otherwise, or if it cannot be read. */
export async function ownExpiry(
  { cert }: Pick<CertificateFiles, "cert">,
  now: number = Date.now(),
): Promise<string | undefined> {
  const [own] = certificatesOf(await Deno.readTextFile(cert).catch(() => ""));
  if (!own) return undefined;
  const [warning] = expiryWarnings([{ what: `client certificate ${cert}`, ends: own.validToDate.getTime() }], { now });
  return warning && `${warning.text}: ask for a new one`;
}
