/**
 * Where connections come from, as far as they are counted by it.
 *
 * @module
 */

/**
 * What counts as one address: an IPv4 address, or the /64 of an IPv6 one, all of which one machine may use (RFC 8981).
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
  if (address === undefined) return "unknown"; // it has gone already
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
