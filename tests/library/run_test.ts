import { assert, assertEquals, assertRejects } from "@std/assert";
import { RunningDaemon } from "../support/programs.ts";
import { until } from "../support/until.ts";
import { Client } from "../../paasc/client/client.ts";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { assertCode, cut, files, start } from "./test_client.ts";

Deno.test("Client.run() runs a program with arguments, variables and input", async () => {
  await using setting = await start();
  const { client } = setting;
  const result = await client.run("sh", ["-c", 'echo "$GREETING from $PWD"; echo oops >&2; exit 7'], {
    env: { GREETING: "hello" },
    cwd: "/tmp",
  });
  assertEquals([result.stdoutText, result.stderrText], ["hello from /tmp\n", "oops\n"]);
  assertEquals([result.code, result.signal, result.success], [7, undefined, false]);
  assertEquals((await client.run("sort", [], { input: "pear\napple\n" })).stdoutText, "apple\npear\n");
  assertEquals((await client.run("true", [], { input: "x".repeat(1_000_000) })).success, true); // which reads none of it
  assertEquals((await client.run("sh", ["-c", "kill -TERM $$"])).signal, "SIGTERM");
  await assertCode(client.run("no-such-program"), "not-found", /./);
});

Deno.test("Client.run() carries any bytes unchanged, both ways", async () => {
  await using setting = await start();
  const input = new Uint8Array(3_000_000).map((_, index) => index * 31 % 256);
  const { stdout, stderr } = await setting.client.run("cat", [], { input });
  assertEquals([stdout.length, stderr.length], [input.length, 0]);
  assert(stdout.every((byte, index) => byte === input[index]));
});

Deno.test("Client.run() that fails leaves no process running", async () => {
  await using setting = await start();
  const { client } = setting;
  const states = async () => (await Array.fromAsync(client.list())).map(({ state }) => state);
  await assertCode(client.run("yes", [], { maxBuffer: 100_000 }), "incomplete", /more than maxBuffer, 100000 bytes/);
  assertEquals(await states(), ["finished"]);
  const over = new AbortController();
  const rejected = assertRejects(() => client.run("sleep", ["100"], { signal: over.signal }), Error, "enough");
  await until("it runs", async () => (await states()).includes("running"));
  over.abort(new Error("enough"));
  await rejected;
  assertEquals(await states(), ["finished", "finished"]);
});

cut("Client.run() goes on when the connection is back", async () => {
  await using daemon = await RunningDaemon.start();
  await using proxy = await TcpProxy.to(daemon.port);
  await using client = await Client.connect({ server: `127.0.0.1:${proxy.port}`, ...files });
  proxy.limits = [20_000, 300_000, 300_000];
  proxy.cut();
  const { stdoutText } = await client.run("seq", ["200000"]);
  assertEquals(stdoutText, Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(""));
  assert(proxy.connections > 3, `${proxy.connections} connections`);
});
