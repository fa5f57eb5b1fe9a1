/**
 * Makes the clients of `examples/` by the commands of their READMEs, and runs them: `deno task test:examples`. It is a test of
 * its own, because a compilation of gRPC for Go with empty caches takes minutes.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { sharedDaemon, text } from "../support/programs.ts";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { ExampleClient, type Language, type Outcome } from "./example_client.ts";

const LANGUAGES: readonly Language[] = [
  { name: "python", probe: "python3 -c 'import ensurepip, sys; assert sys.version_info >= (3, 10), sys.version'" },
  { name: "go", probe: "npx --version && go list -m" },
];

/** Every byte there is. */
const BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** A command that prints every byte on stdout, and in the opposite order on stderr. */
const PRINT_BYTES = ["sh", "-c", 'printf %b "$0"; printf %b "$1" >&2', escaped(BYTES), escaped(BYTES.toReversed())];

function escaped(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
}

const daemon = sharedDaemon();

function assertFailed({ code, stdout, stderr }: Outcome, sentence: RegExp): void {
  assertEquals([code, text(stdout)], [125, ""], text(stderr));
  assertMatch(text(stderr).trimEnd().split("\n").at(-1)!, sentence);
}

for (const language of LANGUAGES) {
  Deno.test(`the example in ${language.name}, made by its README, runs a command as if it ran here`, async (t) => {
    await using client = await ExampleClient.make(language);
    if (client === undefined) return; // it has said why
    const { address, port } = daemon();
    const run = (words: string[], env = {}) => client.run(words, { PAASC_SERVER: address, ...env });

    await t.step("as the README shows", async () => {
      const { code, stdout, stderr } = await client.runUsage({ PAASC_SERVER: address });
      assertEquals([code, text(stdout), text(stderr)], [3, "out\n", "oops\n"]);
    });

    await t.step("every byte, on both streams", async () => {
      const { code, stdout, stderr } = await run(PRINT_BYTES);
      assertEquals([code, stdout, stderr], [0, BYTES, BYTES.toReversed()]);
    });

    await t.step("the death by a signal is 128 and its number", async () => {
      assertEquals((await run(["sh", "-c", "kill -KILL $$"])).code, 137);
    });

    await t.step("connections that break lose and repeat nothing", async () => {
      await using proxy = await TcpProxy.to(port);
      proxy.limits = [30_000, 300_000];
      const { code, stdout, stderr } = await run(["seq", "200000"], { PAASC_SERVER: `127.0.0.1:${proxy.port}` });
      assertEquals([code, text(stderr)], [0, ""]);
      assert(text(stdout) === Array.from({ length: 200_000 }, (_, line) => `${line + 1}\n`).join(""));
      assert(proxy.connections > 2, `${proxy.connections} connections`);
    });

    await t.step("what the daemon refuses is 125, and its sentence", async () => {
      assertFailed(await run(["no-such-program"]), /no such program in its PATH$/);
    });

    await t.step("a certificate that the daemon refuses is 125, and what to check", async () => {
      const server = { PAASC_CERT: "../../certs/server.crt", PAASC_KEY: "../../certs/server.key" };
      assertFailed(await run(["true"], server), /unavailable.*check .*PAASC_CERT/i);
    });

    await t.step("a certificate that is missing is 125, and its path", async () => {
      assertFailed(await run(["true"], { PAASC_CERT: "/missing.crt" }), /\/missing\.crt/);
    });
  });
}
