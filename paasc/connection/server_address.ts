/**
 * The address of a daemon.
 *
 * @module
 */
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { SettingsError } from "../errors.ts";

/** The parts of `HOST:PORT`. */
export interface ServerAddress {
  /** The whole address, `HOST:PORT`. */
  readonly text: string;
  /** The name or IP address, without brackets, and without the dot that may end a name. */
  readonly host: string;
  readonly port: number;
}

/**
 * Parses `HOST:PORT`; an IPv6 address stands in brackets.
 *
 * @example
 * ```ts
 * import { parseServerAddress } from "./server_address.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseServerAddress("[::1]:50051"), { text: "[::1]:50051", host: "::1", port: 50051 });
 * ```
 *
 * @throws {SettingsError} When the text is no such address
 */
export function parseServerAddress(text: string): ServerAddress {
  const [, ip, name, digits] = /^(?:\[([^\]]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ip ?? name?.replace(/(?<=\w)\.$/, ""); // TLS has no such dot (RFC 6066, section 3)
  const port = Number(digits);
  if (host === undefined || (ip !== undefined && isIP(ip) !== 6) || !(port >= 1 && port <= 65535)) {
    throw new SettingsError(`'${text}' is no HOST:PORT: see --server in 'paasc --help'`);
  }
  return { text: ip ? text : `${host}:${port}`, host, port };
}

/**
 * The TLS options that require the daemon's certificate to be for this host, whether the host is a name or an IP address.
 * Deno refuses an IP address as `servername`, so the handshake then has a made-up name, and the address itself is verified.
 */
export function identityOf({ host }: ServerAddress): {
  servername: string;
  checkServerIdentity: (name: string, certificate: PeerCertificate) => Error | undefined;
} {
  return {
    servername: isIP(host) ? "paasd" : host,
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  };
}
