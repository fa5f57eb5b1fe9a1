import { assert, assertEquals, assertMatch } from "@std/assert";
import { RunningDaemon, text } from "../support/programs.ts";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { Example, type Language, type Outcome } from "./example.ts";

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

let daemon: RunningDaemon;
let examples: (Example | undefined)[] = [];
Deno.test.beforeAll(async () => {
  [daemon, ...examples] = await Promise.all([RunningDaemon.start(), ...LANGUAGES.map(Example.make)]);
});
Deno.test.afterAll(async () => {
  await daemon?.[Symbol.asyncDispose]();
  for (const example of examples) await example?.[Symbol.asyncDispose]();
});

function assertFailed({ code, stdout, stderr }: Outcome, sentence: RegExp): void {
  assertEquals([code, text(stdout)], [125, ""], text(stderr));
  assertMatch(text(stderr).trimEnd().split("\n").at(-1)!, sentence);
}

for (const [index, { name }] of LANGUAGES.entries()) {
  Deno.test(`the example in ${name}, made by its README, runs a command as if it ran here`, async (t) => {
    const example = examples[index];
    if (example === undefined) return; // Example.make() has said why
    const run = example.run.bind(example);

    await t.step("as the README shows", async () => {
      const { code, stdout, stderr } = await example.runUsage(daemon.address);
      assertEquals([code, text(stdout), text(stderr)], [3, "out\n", "oops\n"]);
    });

    await t.step("every byte, on both streams", async () => {
      const { code, stdout, stderr } = await run(daemon.address, PRINT_BYTES);
      assertEquals([code, stdout, stderr], [0, BYTES, BYTES.toReversed()]);
    });

    await t.step("the death by a signal is 128 and its number", async () => {
      assertEquals((await run(daemon.address, ["sh", "-c", "kill -KILL $$"])).code, 137);
    });

    await t.step("connections that break lose and repeat nothing", async () => {
      await using proxy = await TcpProxy.to(daemon.port);
      proxy.limits = [30_000, 300_000];
      const { code, stdout, stderr } = await run(`127.0.0.1:${proxy.port}`, ["seq", "200000"]);
      assertEquals([code, text(stderr)], [0, ""]);
      assert(text(stdout) === Array.from({ length: 200_000 }, (_, line) => `${line + 1}\n`).join(""));
      assert(proxy.connections > 2, `${proxy.connections} connections`);
    });

    await t.step("what the daemon refuses is 125, and its sentence", async () => {
      assertFailed(await run(daemon.address, ["no-such-program"]), /no such program in its PATH$/);
    });

    await t.step("a certificate that the daemon refuses is 125, and what to check", async () => {
      const server = { PAASC_CERT: "../../certs/server.crt", PAASC_KEY: "../../certs/server.key" };
      assertFailed(await run(daemon.address, ["true"], server), /unavailable.*check .*PAASC_CERT/i);
    });

    await t.step("a certificate that is missing is 125, and its path", async () => {
      assertFailed(
        await run(daemon.address, ["true"], { PAASC_CERT: "/missing.crt" }),
        /\/missing\.crt/,
      );
    });
  });
}
