import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { exec, RealmDaemon } from "../support/realm_daemon.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { lives } from "../support/lives.ts";
import { until } from "../support/until.ts";

Deno.test("paasd drains at SIGQUIT: nothing new, all else, logs to the end, and exit code 0", async () => {
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec(["sh", "-c", "trap 'echo bye; exit 7' USR1; echo hi; while :; do sleep 0.05; done"]);
  await using reader = daemon.startPaasc(["logs", id]);
  await until("its output is followed", () => reader.printed === "hi\n");
  daemon.kill("SIGQUIT");
  await until("it drains", () => / draining processes=1\n/.test(daemon.log));
  const refused = await daemon.paasc(["exec", "true"]);
  assertEquals([refused.code, refused.stderr], [
    1,
    "paasc: The daemon takes no new processes, because it ends when those that run have finished: try again later\n",
  ]);
  assertEquals(await daemon.status(id), "Status: running");
  const doctor = await daemon.paasc(["doctor"]);
  assertMatch(text(doctor.stdout), /health +.*draining: /);
  await daemon.paasc(["signal", "--leader", "USR1", id]);
  assertEquals(await daemon.exitCode(), 0);
  const { code, stdout, stderr } = await reader.result();
  assertEquals([code, text(stdout), stderr], [0, "hi\nbye\n", ""]);
  assertMatch(daemon.log, / drained processes=0\n[^]* shutting-down\n/);
});

Deno.test("paasd ends by SIGTERM while it drains, at once", async () => {
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec(["sleep", "600"]);
  daemon.kill("SIGQUIT");
  await until("it drains", () => daemon.log.includes(" draining "));
  await using waiting = daemon.startPaasc(["wait", id]);
  daemon.kill("SIGTERM");
  assertEquals(await daemon.exitCode(), 0);
  await waiting.result();
  assertEquals(/ drained | drain-timed-out /.test(daemon.log), false);
});

Deno.test("paasd ends at the deadline of a drain as at SIGTERM", async () => {
  await using daemon = await RunningDaemon.start(["--drain-timeout", "1ms"]);
  const id = await daemon.exec(["sh", "-c", "trap 'echo bye; exit 0' TERM; echo hi; while :; do sleep 0.05; done"]);
  await using reader = daemon.startPaasc(["logs", id]);
  await until("its output is followed", () => reader.printed === "hi\n");
  daemon.kill("SIGQUIT");
  assertEquals(await daemon.exitCode(), 0);
  assertMatch(text((await reader.result()).stdout), /^hi\n(Terminated\n)?bye\n$/);
  assertMatch(daemon.log, / draining processes=1 deadline-in-seconds=0.001\n[^]* drain-timed-out processes=1\n/);
});

Deno.test("paasc drain drains for an operator, and tells how many processes are left", async () => {
  await using scene = await RealmDaemon.start();
  const [alice, oscar] = await Promise.all([
    scene.person(),
    scene.person({ commonName: "oscar", organizationalUnit: "paas-operator" }),
  ]);
  await exec(alice, "sleep", "600");
  const refused = await scene.paasc(alice, "drain");
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertMatch(refused.stderr, /^paasc: Your role, user, does not let you drain the daemon: /);
  assertEquals(await scene.paasc(oscar, "drain"), {
    code: 0,
    stdout: "draining: 1 process has not finished\n",
    stderr: "",
  });
  assertMatch(scene.daemon.log, new RegExp(` draining processes=1 user=${oscar.id.slice(0, 16)}\n`));
  assertEquals((await scene.paasc(oscar, "drain", "now")).code, 2);
  const { stdout } = await scene.paasc(oscar, "drain", "--timeout", "0s", "-o", "json");
  assertEquals(stdout, '{"processes":1}\n');
  await scene.realm.closeClients();
  assertEquals(await scene.daemon.exitCode(), 0);
});

/** Starts a daemon in a terminal, as a person does; gives the terminal's process, and what stands in it. */
function startInTerminal(logFile: string, flags: string[]) {
  const words = ["sh", "paasd/start.sh", Deno.execPath(), "--listen", "127.0.0.1:0", ...flags];
  const command = `exec ${words.map((word) => `'${word}'`).join(" ")} 2>'${logFile}'`;
  return new Deno.Command("script", {
    args: ["--quiet", "--flush", "--command", command, `${logFile}.terminal`],
    cwd: ROOT,
    env: { SHELL: "/bin/sh" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

Deno.test("paasd reloads at SIGHUP in a terminal, and ends in good order when the terminal is gone", async () => {
  const directory = await Deno.makeTempDir();
  const logFile = join(directory, "log");
  const terminal = startInTerminal(logFile, []);
  const reading = new Response(terminal.stdout).text().catch(() => "");
  const shown = () => Deno.readTextFile(`${logFile}.terminal`).catch(() => "");
  const log = () => Deno.readTextFile(logFile).catch(() => "");
  try {
    await until("it is ready", async () => (await shown()).includes("paasd listening on"));
    const children = await Deno.readTextFile(`/proc/${terminal.pid}/task/${terminal.pid}/children`);
    const pid = Number(children.trim().split(" ")[0]);
    Deno.kill(pid, "SIGHUP");
    await until("it has reloaded", async () => / reloaded/.test(await log()));
    assertEquals(/shutting-down/.test(await log()), false);
    terminal.kill("SIGKILL"); // as a closed window: the kernel takes the terminal away
    await until("it ends", async () => / shutting-down/.test(await log()) && !await lives(pid));
  } finally {
    await terminal.stdin.close().catch(() => {});
    await terminal.status;
    await reading;
    await Deno.remove(directory, { recursive: true });
  }
});
