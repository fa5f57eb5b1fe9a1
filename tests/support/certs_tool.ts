/**
 * `deno task certs`, and directories for it.
 *
 * @module
 */
import "reflect-metadata"; // before x509: it is the polyfill that x509 needs
import * as x509 from "@peculiar/x509";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { main } from "../../certs/main.ts";
import { ROOT, text } from "./programs.ts";

/** What a run of `deno task certs` printed, and its exit code. */
export interface CertsResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Does what `deno task certs` does with these words, in the program of the test. */
export async function runCerts(...args: string[]): Promise<CertsResult> {
  const printed = { stdout: "", stderr: "" };
  const code = await main(args, {
    log: (line) => void (printed.stdout += `${line}\n`),
    error: (line) => void (printed.stderr += `${line}\n`),
  });
  return { code, ...printed };
}

/** Runs the program as `deno task certs` does, but with no other directory in reach. */
export async function runCertsProgram(directory: string, ...args: string[]): Promise<CertsResult> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", `--allow-read=${directory}`, `--allow-write=${directory}`],
      ...[join(ROOT, "certs/main.ts"), ...args],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Makes certificates in a directory, and gives the flags of a daemon that uses them. */
export async function daemonCertificates(directory: string, ...options: string[]): Promise<string[]> {
  const { code, stderr } = await runCerts(directory, ...options);
  if (code !== 0) throw new Error(`Cannot make certificates: ${stderr}`);
  const files = { "tls-cert": "server.crt", "tls-key": "server.key", "client-ca": "client-ca.crt" };
  return Object.entries(files).map(([flag, name]) => `--${flag}=${join(directory, name)}`);
}

/** Names a test whose function gets an empty directory, which is removed afterwards. */
export function testInDirectory(name: string, fn: (directory: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir();
    try {
      await fn(directory);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

/** The names in a directory, sorted, and what is in each file. */
export async function contents(directory: string): Promise<Record<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(directory), (entry) => entry.name)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await Deno.readTextFile(join(directory, name))])),
  );
}

/** Makes a key and a certificate request, both PEM, as a user does by `openssl req -new`, and the SHA-256 of the public key. */
export async function makeRequest(
  commonName: string,
): Promise<{ key: string; request: string; keyFingerprint: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: algorithm,
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    key: x509.PemConverter.encode(key, x509.PemConverter.PrivateKeyTag),
    request: request.toString("pem"),
    keyFingerprint: createHash("sha256").update(new Uint8Array(request.publicKey.rawData)).digest("hex"),
  };
}
