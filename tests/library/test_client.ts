/**
 * What the tests of the client library have in common: the real daemon, and a client that is connected to it.
 *
 * @module
 */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ROOT, RunningDaemon } from "../support/programs.ts";
import { Client, type LogChunk, PaasError, type PaasErrorCode } from "../../paasc/client/client.ts";

/** A daemon with all that the tests leave in it. */
export interface Setting extends AsyncDisposable {
  readonly daemon: RunningDaemon;
  readonly client: Client;
}

/** The development certificates, for alice. */
export const files = {
  ca: `${ROOT}/certs/server-ca.crt`,
  cert: `${ROOT}/certs/alice.crt`,
  key: `${ROOT}/certs/alice.key`,
};

/** Starts a daemon with these flags, and connects to it. */
export async function start(flags: string[] = []): Promise<Setting> {
  const daemon = await RunningDaemon.start(flags);
  const client = await Client.connect({ server: daemon.address, ...files });
  return {
    daemon,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    },
  };
}

/** What chunks say, by their stream. */
export async function textOf(chunks: AsyncIterable<LogChunk>): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: "", stderr: "" };
  for await (const { stream, data } of chunks) text[stream] += new TextDecoder().decode(data);
  return text;
}

/** Asserts that a call fails with this code, and in these words. */
export async function assertCode(call: Promise<unknown>, code: PaasErrorCode, words: RegExp): Promise<void> {
  const error = await assertRejects(() => call, PaasError);
  assertEquals(error.code, code, error.message);
  assertMatch(error.message, words);
}

/** A test with attempts to connect that fail: they leave a timer of grpc-js behind, which cannot be ended from outside. */
export function cut(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}
