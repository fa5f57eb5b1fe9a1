import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { type RunningClient, RunningDaemon, sharedDaemon, startPaasc, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

/** Waits until a client has printed this. */
async function untilPrinted(client: RunningClient, part: string): Promise<void> {
  await until(`${JSON.stringify(part)} was printed`, () => client.printed.includes(part));
}

/** Waits until the log of a process has this. */
async function untilLogged(client: RawClient, id: string, part: string): Promise<void> {
  await until(`${JSON.stringify(part)} was logged`, async () => {
    const log = client.logs(id, { follow: false });
    await log.end;
    return log.text.includes(part);
  });
}

Deno.test("wait exits with the code of the last process, or 128 and its signal, and says why on stderr", async () => {
  await using daemon = await RunningDaemon.start();
  const live = await daemon.exec(["sleep", "600"]);
  const seven = await daemon.exec(["sh", "-c", "exit 7"]);
  const killed = await daemon.exec(["--name", "killed", "sh", "-c", "kill -9 $$"]);
  const sentence = "the process was killed by SIGKILL\n";
  for (
    const [words, code, stderr] of [
      [[seven], 7, ""],
      [[killed], 137, `paasc: ${sentence}`],
      [[seven, "killed"], 137, `paasc: killed: ${sentence}`],
      [[killed, seven], 7, `paasc: ${killed}: ${sentence}`],
    ] as const
  ) {
    const result = await daemon.paasc(["wait", ...words]);
    assertEquals([result.code, text(result.stdout), result.stderr], [code, "", stderr]);
  }
  await using waiting = daemon.startPaasc(["wait", "-o", "json", live, seven]);
  await until("it waits", () => /method=Wait .*code=OK/.test(daemon.log));
  assertEquals((await daemon.paasc(["stop", live])).code, 0);
  const { code, stdout, stderr } = await waiting.result();
  const lines = text(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals([code, stderr, lines.map(({ id, endReason }) => [id, endReason])], [
    7,
    "",
    [[live, "stopped"], [seven, "exited"]],
  ]);
  assertEquals((await daemon.paasc(["wait"])).code, 2);
});

Deno.test("wait outlives its connection", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  await using proxy = await TcpProxy.to(daemon.port);
  const id = await client.exec(["sleep", "600"]);
  const finished = await client.exec(["true"]);
  await using waiting = startPaasc(["--server", `127.0.0.1:${proxy.port}`, "wait", finished, id]);
  await until("it waits", () => /method=Wait .*code=OK/.test(daemon.log));
  proxy.cut();
  await until("it waits again", () => proxy.connections === 2);
  await client.stop(id);
  const { code, stderr } = await waiting.result();
  assertEquals([code, stderr], [143, `paasc: ${id}: the process was stopped by you from elsewhere\n`]);
});

Deno.test("signal sends a signal by name or number, to the group or the leader alone", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  const trap = (name: string) => `for s in USR1 USR2 HUP; do trap "echo ${name} $s" $s; done`;
  const endless = "while :; do sleep 0.05; done";
  const script = `${trap("leader")}; sh -c '${trap("child")}; echo ready; ${endless}' & ${endless}`;
  const id = await client.exec(["sh", "-c", script], { name: "both" });
  await untilLogged(client, id, "ready\n");
  for (
    const [words, ...logged] of [
      [["signal", "usr1", "both"], "leader USR1\n", "child USR1\n"],
      [["kill", "12", "both"], "leader USR2\n", "child USR2\n"],
      [["signal", "--leader", "SIGHUP", id], "leader HUP\n"],
    ] as const
  ) {
    const { code, stdout, stderr } = await daemon.paasc([...words]);
    assertEquals([code, text(stdout), stderr], [0, "", ""]);
    for (const line of logged) await untilLogged(client, id, line);
  }
  for (const name of ["99", "0", "NOPE", "SIG", "-"]) {
    const { code, stderr } = await daemon.paasc(["signal", name, id]);
    assertEquals([code, stderr.startsWith(`paasc: there is no signal '${name}'`)], [2, true], stderr);
  }
  assertEquals((await daemon.paasc(["signal", "KILL", "both"])).code, 0);
  assertEquals((await daemon.paasc(["wait", "both"])).code, 137);
  const log = client.logs(id);
  await log.end;
  assertEquals(log.text.includes("child HUP"), false, log.text);
  assertStringIncludes(
    text((await daemon.paasc(["status", "-v", "both"])).stdout),
    "Signal: SIGKILL (9)\nReason: killed by a signal that nobody's stop sent\n",
  );
  const { code, stderr } = await daemon.paasc(["signal", "TERM", "both"]);
  assertEquals([code, stderr.includes("has finished")], [1, true], stderr);
});

Deno.test("signal sends to many processes, as kill(1) is called, and real-time signals too", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  const ids: string[] = [];
  for (const name of ["one", "two", "three"]) {
    ids.push(
      await client.exec(["sh", "-c", "trap 'echo got' USR1; echo ready; while :; do sleep 0.05; done"], { name }),
    );
    await untilLogged(client, ids.at(-1)!, "ready\n");
  }
  assertEquals((await daemon.paasc(["kill", "-USR1", "one", "two", "three"])).code, 0);
  for (const id of ids) await untilLogged(client, id, "got\n");
  const some = await daemon.paasc(["kill", "-9", "one", "nobody"]);
  assertEquals([some.code, some.stderr.startsWith("paasc: nobody: ")], [1, true], some.stderr);
  assertEquals((await daemon.paasc(["kill", "-s", "RTMIN+3", "two"])).code, 0);
  assertEquals((await daemon.paasc(["signal", "--leader", "64", "three"])).code, 0);
  const ends = [];
  for (const id of ids) ends.push((await client.untilFinished(id)).signal);
  assertEquals(ends, [9, 37, 64]);
});

Deno.test("events tells what happens to one's own processes, and goes on when the connection is back", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  await using proxy = await TcpProxy.to(daemon.port);
  const before = await client.exec(["true"]);
  await client.untilFinished(before);
  const web = await client.exec(["sleep", "600"], { name: "web" });
  const server = ["--server", `127.0.0.1:${proxy.port}`];
  await using events = startPaasc([...server, "events"]);
  await using json = daemon.startPaasc(["events", "-o", "json"]);
  await untilPrinted(events, `${web} web running\n`);
  await untilPrinted(json, web);

  await daemon.exec(["true"], { as: "bob" });
  const five = await client.exec(["sh", "-c", "exit 5"]);
  await untilPrinted(events, `${five} - finished (exit code 5)\n`);
  await proxy.remove();
  await client.stop(web);
  const late = await client.exec(["sleep", "600"], { name: "late" });
  await proxy.mend();
  await untilPrinted(events, `${web} web finished (signal 15)\n`);
  await untilPrinted(events, `${late} late running\n`);
  assertEquals((await daemon.paasc(["rm", "web"])).code, 0);
  await untilPrinted(events, `${web} web removed\n`);

  // A very quick change may be told by its last state alone.
  const lines = events.printed.split("\n").filter((line) =>
    !line.endsWith(`${five} - running`) && !line.includes("stopping")
  );
  const expected = [`${web} web running`, `${five} - finished (exit code 5)`].concat(
    [`${web} web finished (signal 15)`, `${late} late running`, `${web} web removed`, ""],
  );
  assertEquals(lines.map((line) => line.replace(/^\S+ /, "")), expected);
  for (const line of lines.slice(0, -1)) assertMatch(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);

  await untilPrinted(json, '"state":"removed"');
  const objects = json.printed.trimEnd().split("\n").map((line) => JSON.parse(line));
  const { id, name, state, signal, endReason } = objects.find(({ id, state }) => id === web && state === "finished");
  assertEquals([id, name, state, signal, endReason], [web, "web", "finished", 15, "stopped"]);
  assertEquals(objects.find(({ state }) => state === "removed").name, "web");
  assertEquals(objects.every(({ time }) => !Number.isNaN(Date.parse(time))), true);
  events.kill("SIGINT");
  assertEquals((await events.result()).code, 130);
});
