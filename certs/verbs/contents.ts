/**
 * The contents of certificates: names, usages, hosts and ends.
 *
 * @module
 */
import type { Role } from "../arguments.ts";
import type { Authority, CertificateOptions } from "../authority.ts";
import { DAY_MS } from "@paas/proto/expiry";

/** The names that every server certificate has. */
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/** The content of the certificate of a client. */
export function clientOptions(commonName: string, role: Role | undefined): CertificateOptions {
  return { commonName, usages: ["clientAuth"], organizationalUnit: role === undefined ? undefined : `paas-${role}` };
}

/** The content of the certificate of a server. */
export function serverOptions(hosts: readonly string[]): CertificateOptions {
  return { commonName: "paasd", usages: ["serverAuth"], hosts: [...new Set([...LOOPBACK, ...hosts])] };
}

/** The time in that number of days. */
export function inDays(days: number | undefined): Date | undefined {
  return days === undefined ? undefined : new Date(Date.now() + days * DAY_MS);
}

/** The end of a certificate that is to last that number of days, but not longer than its CA. */
export function endOf({ notAfter }: Authority, days: number | undefined): Date {
  const wanted = inDays(days);
  return wanted !== undefined && wanted < notAfter ? wanted : notAfter;
}
