import { assert, assertEquals } from "@std/assert";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { RunningDaemon, startPaasc, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

/** As bad as a line can be with which people work. */
const line = { rate: 5_000, delay: 300 };

/** Longer than such a line takes for what is in flight, in milliseconds. */
const limit = 90_000;

/** A program that prints so many bytes of lines. */
function lines(bytes: number): string {
  return `yes aaaaaaaaaaaaaaaaaaaaaaa | head -c ${bytes}`;
}

const expected = (bytes: number) => "aaaaaaaaaaaaaaaaaaaaaaa\n".repeat(bytes / 24);

Deno.test("a line that is slow makes run, logs and attach slow, and nothing else", async () => {
  await using daemon = await RunningDaemon.start();
  const bytes = 84_000;
  const id = await daemon.exec(["--name", "done", "sh", "-c", lines(bytes)]);
  await daemon.untilStatus("done", "Status: finished (exit code 0)");
  // Each has a line of its own. The old way needs one connection after the other, each for the same message.
  const over = async (words: string[], connections: number) => {
    await using proxy = await TcpProxy.to(daemon.port, line);
    await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, ...words]);
    await until("the first output has come", () => client.printed !== "", limit);
    const first = proxy.bytes;
    const { code, stdout, stderr } = await client.result();
    assertEquals([words[0], code, stderr, proxy.connections], [words[0], 0, "", connections]);
    assert(text(stdout) === expected(bytes), `${words[0]} has printed ${stdout.length} bytes`);
    assert(first < 40_000, `${words[0]} printed nothing of the first ${first} bytes`);
  };
  await Promise.all([
    over(["run", "--no-stdin", "sh", "-c", lines(bytes)], 1),
    over(["logs", id], 1),
    over(["attach", "--no-stdin", "--tail", "100000", id], 2), // it looks at the process over one of its own
  ]);
});

Deno.test("Ctrl-C gets through a line that is slow, past output and input that are on their way", async () => {
  await using daemon = await RunningDaemon.start();
  const over = async (name: string, program: string, input?: Uint8Array<ArrayBuffer>) => {
    await using proxy = await TcpProxy.to(daemon.port, line);
    const words = ["run", "--name", name, "sh", "-c", `trap 'exit 9' INT; ${program}; while :; do sleep 0.1; done`];
    await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, ...words], { input });
    await until("something has come", () => client.printed !== "", limit);
    client.kill("SIGINT");
    const told = async () => await daemon.status(name) === "Status: finished (exit code 9)";
    await until("the program was told", told, limit);
    assertEquals(proxy.connections, 1);
  };
  await Promise.all([
    over("prints", lines(240_000)),
    over("reads", "echo reading; cat >/dev/null", new Uint8Array(4_000_000)),
  ]);
});
