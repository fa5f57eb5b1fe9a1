import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { sharedDaemon, startPaasc, text } from "../support/programs.ts";
import { RawClient, RawLog } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

Deno.test("logs gives what its options ask for, of both streams", async () => {
  const daemon = shared();
  const id = await daemon.exec(["sh", "-c", "seq 1000; sleep 0.2; echo oops >&2; sleep 0.2; printf end"]);
  await daemon.untilStatus(id, "Status: finished (exit code 0)");
  const logs = async (...options: string[]) => {
    const { code, stdout, stderr } = await daemon.paasc(["logs", ...options, id]);
    assertEquals(code, 0, stderr);
    return [text(stdout), stderr];
  };
  assertEquals(await logs("--tail", "3"), ["1000\noops\nend", ""]);
  assertEquals(await logs("--tail", "0"), ["", ""]);
  assertEquals(await logs("--stderr-only"), ["oops\n", ""]);
  assertEquals(await logs("--tail", "4", "--stdout-only"), ["999\n1000\nend", ""]);
  assertEquals(await logs("--tail", "2", "--split"), ["end", "oops\n"]);
  assertEquals(await logs("--since", "1h", "--tail", "1"), ["end", ""]);
  assertEquals(await logs("--until", "1h"), ["", ""]);
  const [stamped] = await logs("--tail", "3", "--timestamps");
  const times = stamped!.split("\n").map((line) => {
    assertMatch(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (1000|oops|end)$/);
    return line.split(" ")[0]!;
  });
  assert(times[0]! < times[1]! && times[1]! < times[2]!, "the times do not rise");
  assertEquals(await logs("--since", times[1]!), ["oops\nend", ""]);
});

Deno.test("logs with --no-follow ends although the process runs, and shows a prompt without newline", async () => {
  const daemon = shared();
  const id = await daemon.exec(["sh", "-c", "echo line; printf 'name? '; sleep 1000"]);
  await until("the prompt is there", async () => {
    const { code, stdout } = await daemon.paasc(["logs", "--no-follow", id]);
    assertEquals(code, 0);
    return text(stdout) === "line\nname? ";
  });
  assertEquals(await daemon.status(id), "Status: running");
});

Deno.test("logs goes on at the next byte when the connection breaks, as often as that happens", async () => {
  const daemon = shared();
  await using proxy = await TcpProxy.to(daemon.port);
  proxy.limits = [30_000, 100_000, 250_000, 60_000];
  const id = await daemon.exec(["sh", "-c", "seq 300000"]);
  await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, "logs", id]);
  const { code, stdout, stderr } = await client.result();
  assertEquals([code, stderr], [0, ""]);
  assert(proxy.connections > 4, "the connection was not cut");
  const whole = Array.from({ length: 300_000 }, (_, number) => `${number + 1}\n`).join("");
  assert(text(stdout) === whole, "what was printed is not what was written");
});

Deno.test("logs comes back when the listener does, and says so when that takes long", async () => {
  const daemon = shared();
  await using proxy = await TcpProxy.to(daemon.port);
  const id = await daemon.exec(["sh", "-c", "echo before; sleep 4; echo after"]);
  await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, "logs", id]);
  await until("it follows", () => client.printed === "before\n");
  await proxy.remove();
  await daemon.untilStatus(id, "Status: finished (exit code 0)");
  await proxy.mend();
  const { code, stdout, stderr } = await client.result();
  assertEquals([code, text(stdout)], [0, "before\nafter\n"], stderr);
  assertMatch(stderr, /^paasc: [^\n]+\npaasc: [^\n]+\n$/);
});

Deno.test("logs --on-slow skip goes on at the present, and declares what it skips", async () => {
  const daemon = shared();
  const directory = await Deno.makeTempDir();
  try {
    const script = 'seq 1000000; until [ -e "$1/go" ]; do sleep 0.01; done; echo end';
    const id = await daemon.exec(["sh", "-c", script, "sh", directory]);
    await until("there is much to skip", async () => {
      return text((await daemon.paasc(["logs", "--no-follow", "--tail", "1", id])).stdout) === "1000000\n";
    });
    await using client = daemon.startPaasc(["logs", "--on-slow", "skip", id]);
    await until("it has skipped", () => client.printed !== "");
    await Deno.writeTextFile(join(directory, "go"), "");
    const { code, stdout, stderr } = await client.result();
    assertEquals(code, 0, stderr);
    const [, to] = /^paasc: \S+ \S+ .*bytes 0 to (\d+)\) are missing: .* --on-slow is skip\n$/.exec(stderr) ?? [];
    const whole = Array.from({ length: 1_000_000 }, (_, number) => `${number + 1}\n`).join("") + "end\n";
    assert(Number(to) > 4 * 1024 * 1024, `stderr: ${stderr}`);
    assert(text(stdout) === whole.slice(Number(to)), "what was printed is not what was written behind the gap");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("logs refuses choices that the contract does not have", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  const processId = await client.exec(["echo", "hello"]);
  for (const choice of [{ stream: 7 }, { onSlow: 7 }]) {
    const call = client.service.GetLogs({ processId, ...choice as object });
    await assertRejects(() => new RawLog(call).end, Error, "INVALID_ARGUMENT");
  }
  for (const onSlow of ["ON_SLOW_UNSPECIFIED", "ON_SLOW_WAIT", "ON_SLOW_SKIP"] as const) {
    assertEquals((await new RawLog(client.service.GetLogs({ processId, onSlow })).end).bytes, 6);
  }
});
