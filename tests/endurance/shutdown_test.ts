import { assert, assertEquals, assertMatch } from "@std/assert";
import { RUN_FLAGS } from "../../paasc/install/run_flags.ts";
import { lives } from "../support/lives.ts";
import { ROOT, type RunningClient, RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** Each prints the ids of its processes on its first line, as soon as it is ready for a SIGTERM. */
const OBEYS = "echo $$; exec sleep 1000";
const SAYS_GOODBYE =
  `exec 2>/dev/null; trap 'echo "not yet"; sleep 0.3; echo goodbye; exit 3' TERM; echo $$; while :; do sleep 0.05; done`;
const IGNORES = "trap '' TERM; echo $$; while :; do sleep 0.05; done";
const TREE = "sleep 1000 & a=$!; sh -c 'sleep 1000 & echo $0 $1 $$ $!; wait' $$ $a";

/** A process and those who follow its log. */
interface Followed {
  id: string;
  pids: number[];
  text: RunningClient;
  json: RunningClient;
}

/** Starts a shell script that prints process ids first, and two followers, and waits until they have that line. */
async function follow(daemon: RunningDaemon, script: string): Promise<Followed> {
  const id = await daemon.exec(["sh", "-c", script]);
  const [text, json] = [
    daemon.startPaasc(["logs", "--reconnect", "0s", id]),
    daemon.startPaasc(["logs", "--reconnect", "0s", "-o", "json", id]),
  ];
  const firstLine = await until("the followers have the first line", () => {
    return json.printed.includes("\n") && /^.*\n/.exec(text.printed)?.[0];
  });
  const pids = firstLine.trim().split(" ").map(Number);
  for (const pid of pids) assert(await lives(pid), `process ${pid} lives`);
  return { id, pids, text, json };
}

/** What a follower with `-o json` printed last. */
async function endOf(json: RunningClient) {
  const { code, stdout, stderr } = await json.result();
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(text(stdout).trimEnd().split("\n").at(-1)!).end;
}

/** Waits for the end of a daemon; gives its exit code, and how long it took in milliseconds. */
async function endIn(daemon: RunningDaemon): Promise<[code: number, time: number]> {
  const start = performance.now();
  let code: number | undefined;
  daemon.exitCode().then((exitCode) => code = exitCode);
  return [await until("the daemon has ended", () => code), performance.now() - start];
}

/** Waits until the daemon has taken note of a signal. */
async function untilShuttingDown(daemon: RunningDaemon): Promise<void> {
  await until("the daemon is shutting down", () => /^\S+ shutting-down$/m.test(daemon.log));
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`paasd at a ${signal} ends all processes, and their followers get everything`, async () => {
    const directory = await Deno.makeTempDir();
    const spool = `${directory}/spool`;
    const kept = signal === "SIGINT";
    await using daemon = await RunningDaemon.start(
      ["--stop-grace", "3s", ...(kept ? ["--spool-dir", spool] : [])],
      { TMPDIR: directory, XDG_RUNTIME_DIR: "" },
    );
    const finished = await daemon.exec(["sh", "-c", "echo done before"]);
    await daemon.untilStatus(finished, "Status: finished (exit code 0)");
    const obeying = await follow(daemon, OBEYS);
    const polite = await follow(daemon, SAYS_GOODBYE);
    const ignoring = await follow(daemon, IGNORES);
    const tree = await follow(daemon, TREE);
    assertEquals(tree.pids.length, 4);
    assert([...Deno.readDirSync(directory)].length > 0, "there is a spool");
    await using killed = daemon.startPaasc(["logs", ignoring.id]);
    await until("a further follower reads", () => killed.printed !== "");

    daemon.kill(signal);
    killed.kill("SIGKILL"); // a client that dies now changes nothing
    const [code] = await endIn(daemon);
    assertEquals(code, 0, daemon.log);
    for (const { pids } of [obeying, polite, ignoring, tree]) {
      for (const pid of pids) assert(!await lives(pid), `process ${pid} has ended`);
    }
    for (
      const [{ text: follower, json, pids }, output, exit, wasKilled] of [
        [obeying, "", { signal: 15 }, false],
        [polite, "not yet\ngoodbye\n", { exitCode: 3 }, false],
        [ignoring, "", { signal: 9 }, true],
        [tree, "", { signal: 15 }, false],
      ] as const
    ) {
      const { code, stdout, stderr } = await follower.result();
      const expected = `${pids.join(" ")}\n${output}`;
      assertEquals([code, text(stdout), stderr], [0, expected, ""]);
      const { bytes, status } = await endOf(json);
      const { state, exitCode, signal, endReason, stop } = status;
      assertEquals(
        { bytes, state, exitCode, signal, endReason, killed: stop.killed },
        {
          bytes: expected.length,
          state: "finished",
          exitCode: undefined,
          signal: undefined,
          ...exit,
          endReason: "daemon-shutdown",
          killed: wasKilled,
        },
      );
    }
    const left = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assertEquals(left, kept ? ["spool"] : [], "what is left of the spool");
    if (kept) assert([...Deno.readDirSync(spool)].length > 0, "the spool that was given still has its files");
    await Deno.remove(directory, { recursive: true });
  });
}

Deno.test("paasd gives a follower that has stalled 10 s, then ends as well as ever", async () => {
  const directory = await Deno.makeTempDir();
  await using daemon = await RunningDaemon.start([], { TMPDIR: directory, XDG_RUNTIME_DIR: "" });
  // More than all the buffers between the daemon and a pipe that nobody reads.
  const id = await daemon.exec(["sh", "-c", "head -c 60000000 /dev/zero; echo $$; exec sleep 1000"]);
  const stalled = new Deno.Command(Deno.execPath(), {
    args: ["run", ...RUN_FLAGS, `${ROOT}/paasc/main.ts`, "--server", daemon.address, "logs", "--reconnect", "0s", id],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = stalled.stdout.getReader();
  assert((await reader.read()).value!.length > 0, "it has begun to read");
  const pid = await until("the process has printed all", async () => {
    await using log = daemon.startPaasc(["logs", id]);
    return await until("its pid is there", () => /(\d+)\n$/.exec(log.printed.slice(-20))?.[1]);
  });

  daemon.kill("SIGTERM");
  const [code, time] = await endIn(daemon);
  assertEquals(code, 0, daemon.log);
  assert(time > 8_000, `it took ${time} ms`);
  assert(!await lives(Number(pid)));
  assertEquals([...Deno.readDirSync(directory)], []);

  let read = 1;
  for (let chunk; !(chunk = await reader.read()).done;) read += chunk.value!.length;
  assert(read < 60_000_000, "it really had stalled");
  const { code: lost } = await stalled.status;
  assertEquals(lost, 69);
  assertMatch(await new Response(stalled.stderr).text(), /^paasc: the log is cut short after \d+ bytes: [^\n]+\n$/);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("paasd ends everything at once at a second signal", async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1h"]);
  const { pids: [pid], text: one, json: other } = await follow(daemon, IGNORES);
  daemon.kill("SIGTERM");
  await untilShuttingDown(daemon);
  const start = performance.now();
  await until("350 ms have passed", () => performance.now() - start > 350);
  assert(await lives(pid!), "it does ignore SIGTERM");
  daemon.kill("SIGTERM");
  const [code] = await endIn(daemon); // not after an hour
  assertEquals(code, 1, daemon.log);
  await until("the process has ended", async () => !await lives(pid!));
  assertMatch(daemon.log, /^\S+ ended-at-once$/m);
  // The line is cut, unless the end of the killed process was on its way before.
  for (const follower of [one, other]) assert([0, 69].includes((await follower.result()).code));
});

Deno.test("paasd takes signals within 300 ms as one", async () => {
  await using daemon = await RunningDaemon.start();
  const { pids: [pid], text: one, json: other } = await follow(daemon, SAYS_GOODBYE);
  daemon.kill("SIGTERM"); // different ones: the kernel does not merge them
  daemon.kill("SIGINT");
  assertEquals(await daemon.exitCode(), 0, daemon.log);
  assert(!await lives(pid!));
  assert(!daemon.log.includes("ended-at-once"), daemon.log);
  assertMatch(text((await one.result()).stdout), /goodbye\n$/);
  assertEquals((await endOf(other)).status.exitCode, 3);
});

Deno.test("paasd takes no Exec while it shuts down, but still answers about the processes there are", async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "10s"]);
  const { id, text: one, json: other } = await follow(daemon, IGNORES);
  daemon.kill("SIGTERM");
  await untilShuttingDown(daemon);
  const { code, stdout, stderr } = await daemon.paasc(["exec", "true"]);
  assertEquals([code, text(stdout), stderr], [
    1,
    "",
    "paasc: The daemon is shutting down: try again when it is back\n",
  ]);
  assertEquals(await daemon.status(id), "Status: stopping");
  assertEquals(await daemon.exitCode(), 0, daemon.log);
  assertMatch(daemon.log, / method=Exec .*code=UNAVAILABLE/);
  assertEquals((await one.result()).code, 0);
  assertEquals((await endOf(other)).status.stop.killed, true);
});

Deno.test("paasd and its processes go on when a client is killed", async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1h"]);
  const { id, pids: [pid], text: one, json: other } = await follow(daemon, IGNORES);
  await using stopping = daemon.startPaasc(["stop", id]);
  await daemon.untilStatus(id, "Status: stopping");
  for (const client of [one, other, stopping]) {
    client.kill("SIGKILL");
    assertEquals((await client.result()).code, 137);
  }
  await until(
    "the daemon has noticed",
    () => daemon.log.match(/method=(GetLogs|Stop) .*code=CANCELLED/g)?.length === 3,
  );
  assertEquals(await daemon.status(id), "Status: stopping");
  assert(await lives(pid!));
  await daemon.exec(["true"]);
  daemon.kill("SIGTERM");
  const start = performance.now();
  await until("350 ms have passed", () => performance.now() - start > 350);
  daemon.kill("SIGTERM");
  assertEquals(await daemon.exitCode(), 1);
});

Deno.test("paasd ends though many readers leave in that very moment", async () => {
  for (let time = 0; time < 3; time++) {
    const daemon = await RunningDaemon.start();
    const clients = Array.from({ length: 10 }, () => new RawClient(daemon));
    const processId = await clients[0]!.exec(["sh", "-c", "echo ready; exec sleep 60"]);
    const calls = clients.flatMap(({ service }) => Array.from({ length: 100 }, () => service.GetLogs({ processId })));
    await Promise.all(calls.map((call) => new Promise((resolve) => call.once("data", resolve))));
    const cancelled = calls.map((call) => new Promise((resolve) => call.once("error", resolve)));
    for (const call of calls) call.cancel();
    await Promise.all(cancelled);
    for (const client of clients) await client[Symbol.asyncDispose]();
    daemon.kill("SIGTERM");
    let code: number | undefined;
    daemon.exitCode().then((exitCode) => code = exitCode);
    await until("it has ended", () => code !== undefined);
    assertEquals(code, 0);
  }
});

Deno.test("deno task paasd prints one line, and ends well at a SIGTERM to the task", async () => {
  const task = new Deno.Command(Deno.execPath(), {
    args: ["task", "paasd", "--listen", "127.0.0.1:0"],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(task.stderr).text();
  let stdout = "";
  const reading = (async () => {
    for await (const part of task.stdout.pipeThrough(new TextDecoderStream())) stdout += part;
  })();
  const [, address] = await until(
    "it is ready",
    () => /^paasd listening on (127\.0\.0\.1:\d+)\n$/.exec(stdout),
  );
  const { code, stdout: id } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "paasc", "--server", address!, "exec", "sh", "-c", "exec sleep 1000"],
    cwd: ROOT,
    stderr: "null",
  }).output();
  assertEquals(code, 0);
  assertMatch(text(id), /^[0-9a-f-]{36}\n$/);
  task.kill("SIGTERM");
  const status = await task.status;
  await reading;
  assertEquals([status.code, status.signal], [0, null], await stderr);
  assertEquals(stdout, `paasd listening on ${address}\n`);
});

Deno.test("paasd logs one line for each call, with nothing of what users run", async (t) => {
  const marker = `secret${crypto.randomUUID().replaceAll("-", "")}`;
  for (const format of ["text", "json"] as const) {
    await t.step(`--log-format ${format}`, async () => {
      await using daemon = await RunningDaemon.start(["--log-format", format], { MARKER: `${marker}-of-the-daemon` });
      const id = await daemon.exec([
        "/usr/bin/env",
        `MARKER=${marker}`,
        "sh",
        "-c",
        `echo ${marker}; echo $MARKER >&2`,
      ]);
      assertEquals(text((await daemon.paasc(["logs", id])).stdout), `${marker}\n${marker}\n`);
      assertEquals(await daemon.status(id), "Status: finished (exit code 0)");
      assertEquals((await daemon.paasc(["stop", id])).code, 0);
      assertEquals((await daemon.paasc(["exec", `/missing/of-${marker}/no-such-program`, marker])).code, 1);
      assertEquals((await daemon.paasc(["status", id], { as: "bob" })).code, 1);
      daemon.kill("SIGTERM");
      assertEquals(await daemon.exitCode(), 0);

      assert(!daemon.log.includes(marker), daemon.log);
      const lines = daemon.log.trimEnd().split("\n");
      const calls = lines.filter((line) => format === "json" ? JSON.parse(line).event === "call" : / call /.test(line));
      const fields = calls.map((line): Record<string, string> =>
        format === "json" ? JSON.parse(line) : Object.fromEntries(
          [...line.matchAll(/(\w+)=("[^"]*"|\S+)/g)].map(([, name, value]) => [name!, value!.replaceAll('"', "")]),
        )
      );
      assertEquals(fields.map(({ method, code, process, program }) => [method, code, process, program]), [
        ["Exec", "OK", id, "env"],
        ["GetLogs", "OK", id, undefined],
        ["GetStatus", "OK", id, undefined],
        ["Stop", "OK", id, undefined],
        ["Exec", "NOT_FOUND", undefined, "no-such-program"],
        ["GetStatus", "NOT_FOUND", undefined, undefined],
      ]);
      for (const [index, { user, subject, ms }] of fields.entries()) {
        assertMatch(user!, /^[0-9a-f]{16}$/);
        assertEquals(user === fields[0]!.user, index < 5, "alice, and bob at last");
        assertMatch(subject!, index < 5 ? /CN=alice/ : /CN=bob/);
        assert(Number(ms) >= 0 && Number(ms) < 60_000, String(ms));
      }
      for (const line of lines) {
        const time = format === "json" ? JSON.parse(line).time : line.split(" ")[0];
        assert(Math.abs(Date.parse(time) - Date.now()) < 60_000, line);
      }
    });
  }
});
