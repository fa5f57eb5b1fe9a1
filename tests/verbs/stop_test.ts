import { status as Code } from "@paas/proto/grpc";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { failure } from "../support/realm.ts";
import { lives } from "../support/lives.ts";
import { ROOT, RunningDaemon, sharedDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

/** Ignores SIGTERM, and its children do. */
const STUBBORN = ["sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.2; done'];

/** The SHA-256 of alice's certificate, as the contract has it. */
const ALICE = new X509Certificate(Deno.readTextFileSync(join(ROOT, "certs/alice.crt"))).fingerprint256
  .replaceAll(":", "").toLowerCase();

/** Starts a process, and waits for so many lines of its output; gives its id and these. */
async function start(client: RawClient, args: string[], lines: number): Promise<{ id: string; lines: string[] }> {
  const id = await client.exec(args);
  const log = await until(`there are ${lines} lines`, async () => {
    const log = client.logs(id, { follow: false });
    await log.end;
    return log.text.split("\n").length > lines && log.text;
  });
  return { id, lines: log.split("\n").slice(0, lines) };
}

Deno.test("stop ends a process that obeys, silently, and tells who did it", async () => {
  const daemon = shared();
  const id = await daemon.exec(["sleep", "600"]);
  assertEquals(await daemon.status(id), "Status: running");
  const before = Date.now();
  const { code, stdout, stderr } = await daemon.paasc(["stop", id]);
  assertEquals([code, text(stdout), stderr], [0, "", ""]);
  assertEquals(await daemon.status(id), "Status: finished (signal 15)");

  const status = JSON.parse(text((await daemon.paasc(["status", "-o", "json", id])).stdout));
  assertEquals([status.id, status.state, status.signal, status.endReason], [id, "finished", 15, "stopped"]);
  assertEquals([status.stop.by, status.stop.killed], [ALICE, false]);
  const times = [before, ...[status.stop.time, status.finishTime].map(Date.parse), Date.now()];
  assertEquals(times, times.toSorted((a, b) => a - b));
  assert(!("exitCode" in status));
});

Deno.test("stop of a finished process does nothing, and that is no error", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  const id = await client.exec(["sh", "-c", "exit 3"]);
  const status = await client.untilFinished(id);
  for (let times = 0; times < 2; times++) {
    const { code, stdout, stderr } = await daemon.paasc(["stop", id]);
    assertEquals([code, text(stdout), stderr], [0, "", ""]);
  }
  assertEquals(await client.status(id), status);
  assertEquals([status.exitCode, status.endReason, status.stop], [3, "END_REASON_EXITED", null]);
});

Deno.test("stop kills a process that ignores SIGTERM after the grace period", async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "500ms"]);
  await using client = new RawClient(daemon);
  const { id } = await start(client, STUBBORN, 1);
  const { code, stdout, stderr } = await daemon.paasc(["stop", "-o", "json", id]);
  assertEquals([code, stderr], [0, ""]);
  const status = JSON.parse(text(stdout));
  assertEquals([status.id, status.state, status.signal, status.endReason], [id, "finished", 9, "stopped"]);
  assertEquals([status.stop.by, status.stop.killed], [ALICE, true]);
  // The clock of statuses runs up to 5 % slower while it meets the machine's clock; its times are rounded.
  const took = Date.parse(status.finishTime) - Date.parse(status.stop.time);
  assert(took >= 0.95 * 500 - 2 && took < 10_000, `SIGKILL came ${took} ms after SIGTERM`);
  assertEquals(await daemon.status(id), "Status: finished (signal 9)");
});

Deno.test("stop lets a process have its last words, which are in the log", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  const script = 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.1; done';
  const { id } = await start(client, ["sh", "-c", script], 1);
  const following = client.logs(id);
  assertEquals((await daemon.paasc(["stop", id])).code, 0);
  await following.end;
  assertStringIncludes(following.text, "ready\n");
  assertStringIncludes(following.text, "bye\n");
  assertEquals(text((await daemon.paasc(["logs", id])).stdout), following.text);
  assertEquals(await daemon.status(id), "Status: finished (exit code 7)");
  assertEquals((await client.status(id)).endReason, "END_REASON_STOPPED");
});

Deno.test("stop ends children and grandchildren, whether they obey or not", async (t) => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "500ms"]);
  await using client = new RawClient(daemon);
  const tree = "sleep 600 & echo $!; sh -c 'sleep 600 & echo $!; echo $$; wait' & wait";
  for (const [name, script] of [["obedient", tree], ["stubborn", `trap "" TERM; ${tree}`]] as const) {
    await t.step(name, async () => {
      const { id, lines } = await start(client, ["sh", "-c", script], 3);
      const pids = lines.map(Number);
      for (const pid of pids) assert(await lives(pid), `${pid} has not been there`);
      assertEquals((await daemon.paasc(["stop", id])).code, 0);
      // After SIGKILL the answer does not wait for each of the group to be gone.
      await until("all have gone", async () => !(await Promise.all(pids.map(lives))).includes(true));
      assertEquals((await client.status(id)).stop?.killed, name === "stubborn");
    });
  }
  await t.step("a leader that obeys, with a child that does not", async () => {
    const script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.1; done' & exec sleep 600";
    const { id, lines: [pid] } = await start(client, ["sh", "-c", script], 1);
    assertEquals((await daemon.paasc(["stop", id])).code, 0);
    await until("the child has gone", async () => !await lives(Number(pid)));
    assertEquals(await daemon.status(id), "Status: finished (signal 15)");
  });
});

Deno.test("stop ends a process that is frozen by SIGSTOP", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  const { id, lines: [pid] } = await start(client, ["sh", "-c", "echo $$; exec sleep 600"], 1);
  Deno.kill(Number(pid), "SIGSTOP");
  await until("it is frozen", () => / T /.test(Deno.readTextFileSync(`/proc/${pid}/stat`)));
  assertEquals((await daemon.paasc(["stop", id])).code, 0);
  const { signal, stop } = await client.status(id);
  assertEquals([signal, stop?.killed], [15, false]);
});

Deno.test("stop is refused while another one is in progress, which succeeds", async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1h"]);
  await using client = new RawClient(daemon);
  const script = 'trap "" TERM; echo $$; while :; do sleep 0.2; done';
  const { id, lines: [pid] } = await start(client, ["sh", "-c", script], 1);
  await using first = daemon.startPaasc(["stop", id]);
  await until("it is being stopped", async () => (await client.status(id)).state === "PROCESS_STATE_STOPPING");
  const sentence = "Cannot stop the process: a stop is already in progress; wait for it to finish";
  const [second, raw] = await Promise.all([daemon.paasc(["stop", id]), failure(client.stop(id))]);
  assertEquals([second.code, text(second.stdout), second.stderr], [1, "", `paasc: ${sentence}\n`]);
  assertEquals([raw.code, raw.details], [Code.FAILED_PRECONDITION, sentence]);
  assertEquals(await daemon.status(id), "Status: stopping");
  Deno.kill(Number(pid), "SIGKILL");
  const { code, stderr } = await first.result();
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await daemon.status(id), "Status: finished (signal 9)");
});

Deno.test("stop goes on when the client that asked for it is killed", async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1s"]);
  await using client = new RawClient(daemon);
  const { id } = await start(client, STUBBORN, 1);
  await using stopping = daemon.startPaasc(["stop", id]);
  await until("it is being stopped", async () => (await client.status(id)).state === "PROCESS_STATE_STOPPING");
  stopping.kill("SIGKILL");
  await stopping.result();
  await until("the daemon has seen that", () => /method=Stop .*code=CANCELLED/.test(daemon.log));
  const { signal, endReason, stop } = await client.untilFinished(id);
  assertEquals([signal, endReason, stop?.stoppedBy, stop?.killed], [9, "END_REASON_STOPPED", ALICE, true]);
  await until("another stop is welcome", () => client.stop(id).then(() => true, () => false));
});

Deno.test("stop that races the natural exit succeeds and tells one consistent end", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  const ends: string[] = [];
  let calls = 0; // so many calls lie between start and stop: more after a stop that was early, fewer after a late one
  for (let round = 0; round < 60; round++) {
    const id = await client.exec(["sleep", "0.01"]);
    for (let call = 0; call < calls; call++) await client.status(id);
    const status = await client.stop(id);
    assertEquals(await client.status(id), status);
    const { state, exitCode, signal, endReason, stop } = status;
    assertEquals(state, "PROCESS_STATE_FINISHED");
    assertEquals(endReason, stop === null ? "END_REASON_EXITED" : "END_REASON_STOPPED");
    assert(exitCode === 0 || (signal === 15 && stop !== null), Deno.inspect(status));
    ends.push(endReason);
    calls = Math.max(0, calls + (stop === null ? -1 : 1));
  }
  assert(ends.includes("END_REASON_EXITED"), "none was late");
  assert(ends.includes("END_REASON_STOPPED"), "none was early");
});

Deno.test("stop ends many processes, and says which it could not", async () => {
  const daemon = shared();
  const [one, other] = [await daemon.exec(["sleep", "600"]), await daemon.exec(["--name", "web", "sleep", "600"])];
  const unknown = crypto.randomUUID();
  const { code, stdout, stderr } = await daemon.paasc(["stop", "-o", "json", one, unknown, "web", "nobody", other]);
  assertEquals(code, 1);
  const ended = text(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(ended.map(({ id, signal }) => [id, signal]).sort(), [[one, 15], [other, 15]].sort());
  const lines = stderr.trimEnd().split("\n").sort();
  assertEquals(lines.length, 2, stderr);
  assertStringIncludes(lines.find((line) => line.includes(unknown))!, `paasc: ${unknown}: Cannot find process`);
  assertStringIncludes(lines.find((line) => line.includes("nobody"))!, "paasc: nobody: no process has 'nobody'");
  assertEquals(await daemon.paasc(["stop", one, other]), { code: 0, stdout: new Uint8Array(), stderr: "" });
});

Deno.test("stop waits as long as it is told to, and not at all with --force", async () => {
  await using daemon = await RunningDaemon.start(["--stop-grace", "1h"]);
  await using client = new RawClient(daemon);
  // With the daemon's own hour none of them would end within the limit of a test.
  for (const options of [["--force"], ["-f"], ["--grace", "100ms"], ["-t", "0"], ["--time=1"]]) {
    const { id } = await start(client, STUBBORN, 1);
    assertEquals((await daemon.paasc(["stop", ...options, id])).code, 0, options.join(" "));
    const { signal, stop } = await client.status(id);
    assertEquals([signal, stop?.killed], [9, true], options.join(" "));
  }
  for (const options of [["--force", "--grace", "1s"], ["--grace", "10"], ["--time", "1x"]]) {
    assertEquals((await daemon.paasc(["stop", ...options, "id"])).code, 2, options.join(" "));
  }
});
