/**
 * Addresses: the place where the daemon listens, and the networks that its connections come from.
 *
 * @module
 */
import { BlockList, isIP, isIPv6 } from "node:net";

/** An IP address with a port. */
export interface Address {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

/** The addresses that only this machine reaches. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8);
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Reads `IP:PORT` or `localhost:PORT`, with brackets around an IPv6 address.
 *
 * @returns `undefined` for any other text.
 *
 * @example
 * ```ts
 * import { formatAddress, parseAddress } from "./address.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseAddress("[::1]:50051"), { host: "::1", port: 50051 });
 * assertEquals(parseAddress("example.com:50051"), undefined);
 * assertEquals(formatAddress({ host: "::1", port: 50051 }), "[::1]:50051");
 * ```
 */
export function parseAddress(text: string): Address | undefined {
  const [, ipv6, other, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = other === "localhost" ? "127.0.0.1" : ipv6 ?? other;
  const port = Number(digits);
  if (host === undefined || isIP(host) !== (ipv6 ? 6 : 4) || port > 65_535) return undefined;
  return { host, port };
}

/** Writes an address as `HOST:PORT`, with brackets around an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Tells whether an IP address is reached from this machine alone; a name is not. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && LOOPBACK.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Gives the address at which the same machine reaches a listener on `host`. */
export function toReachable(host: string): string {
  return ({ "0.0.0.0": "127.0.0.1", "::": "::1" })[host] ?? host;
}

/**
 * Gives the network that an address counts for: an IPv4 address itself, or the /64 of an IPv6 address, because one
 * machine may use all addresses of a /64 (RFC 8981).
 *
 * @param address `undefined` after the connection has closed.
 *
 * @example
 * ```ts
 * import { networkOf } from "./address.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(networkOf("192.0.2.7"), "192.0.2.7");
 * assertEquals(networkOf("::ffff:192.0.2.7"), "192.0.2.7");
 * assertEquals(networkOf("2001:db8:0:7:1:2:3:4"), networkOf("2001:db8::7:0:0:0:9"));
 * ```
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return "unknown";
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = "", after] = address.replace(/%.*$/, "").split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const [head, tail] = [groups(before), groups(after ?? "")];
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length;
  const all = [...head, ...Array<string>(zeros).fill("0"), ...tail];
  return `${all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
