import { assert, assertEquals } from "@std/assert";
import { RunningDaemon, text } from "../support/programs.ts";

/** Runs sslscan; `undefined` where there is none. */
async function sslscan(port: number): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("sslscan", { args: ["--xml=-", `127.0.0.1:${port}`] }).output();
    return text(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("paasd offers TLS 1.3 with its three suites, and nothing else, to sslscan", async () => {
  await using daemon = await RunningDaemon.start();
  const report = await sslscan(daemon.port);
  if (report === undefined) return console.warn("SKIPPED: there is no sslscan (the package sslscan)");
  const all = (pattern: RegExp) => [...report.matchAll(pattern)].map(([, found]) => found!);

  const protocols = all(/<protocol (type="\w+" version="[\d.]+" enabled="\d")/g);
  assertEquals(protocols.length, 6, report);
  assertEquals(protocols.filter((protocol) => protocol.endsWith('enabled="1"')), [
    'type="tls" version="1.3" enabled="1"',
  ]);
  const suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
  assertEquals(all(/<cipher [^>]*cipher="(\w+)"/g).sort(), suites);
  assertEquals(all(/<(?:heartbleed|renegotiation|compression) [^>]*(?:vulnerable|supported)="(1)"/g), []);
  assertEquals(all(/<group [^>]*bits="(\d+)"/g).filter((bits) => Number(bits) < 128), []);
  assert(all(/<group [^>]*name="([^"]+)"/g).includes("x25519"), report);
  assert(daemon.log.includes("refused"), "nobody without a certificate was let in");
});
