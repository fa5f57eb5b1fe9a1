import { status as Code } from "@paas/proto/grpc";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { failure } from "../support/realm.ts";
import { lives } from "../support/lives.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const AS_ROOT = Deno.uid() === 0;

/** A test of what only root can do. */
function rootTest(name: string, test: () => Promise<void>): void {
  Deno.test(name, async () => {
    if (AS_ROOT) return await test();
    console.warn("SKIPPED: only root can run commands as another user");
  });
}

/** All that a command prints, to its end. */
async function printed(client: RawClient, args: string[], options = {}): Promise<string> {
  const log = client.logs(await client.exec(args, options));
  await log.end;
  return log.text;
}

/** Starts a command, and waits for its first line of so many words; gives its id and these. */
async function started(client: RawClient, args: string[], words = 1): Promise<{ id: string; pids: number[] }> {
  const id = await client.exec(args);
  const pids = await until("it prints its processes", async () => {
    const log = client.logs(id, { follow: false });
    await log.end;
    const found = log.text.trim().split(/\s+/);
    return log.text.endsWith("\n") && found.length === words && found.map(Number);
  });
  return { id, pids };
}

async function refusal(call: Promise<unknown>): Promise<[Code, string]> {
  const { code, details } = await failure(call);
  return [code, details];
}

/** Waits until all have gone; kills those that have not, so that a test that fails leaves nobody behind. */
async function untilGone(pids: number[]): Promise<void> {
  try {
    await until("all have gone", async () => !(await Promise.all(pids.map(lives))).includes(true));
  } catch (error) {
    for (const pid of pids) if (await lives(pid)) Deno.kill(pid, "SIGKILL");
    throw error;
  }
}

const TREE = "sleep 600 & echo $! $$; wait";
const STUBBORN = `trap "" TERM; ${TREE}`;

Deno.test("--allow-program lets run what is listed, by its path or name, whatever the user's PATH", async () => {
  await using daemon = await RunningDaemon.start([
    "--allow-program",
    "/bin/echo,/usr/bin/env",
    "--allow-program=/usr/bin/printf",
    "--allow-variable=PATH,LD_*",
  ]);
  await using client = new RawClient(daemon);
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/echo`, "#!/bin/sh\necho trap\n", { mode: 0o755 });
  try {
    for (const env of [{}, { PATH: directory }, { PATH: "" }]) {
      assertEquals(await printed(client, ["echo", "hi"], { env }), "hi\n");
      assertEquals(await printed(client, ["/bin/echo", "hi"], { env, cwd: directory }), "hi\n");
    }
    const others = ["sh", "/bin/sh", "/usr/bin/echo", "./echo", `${directory}/echo`, "/bin/../bin/echo", "//bin/echo"];
    for (const program of [...others, "kill", "/usr/bin/kill", "/bin/kill", "no-such-program", "printf ", "ECHO"]) {
      const [code, details] = await refusal(client.exec([program], { cwd: directory }));
      assertEquals([program, code], [program, Code.PERMISSION_DENIED]);
      assertEquals(
        details,
        `Cannot start ${JSON.stringify(program)}: it is not on the daemon's list of programs; ask its operator`,
      );
    }
    const [code, details] = await refusal(client.exec(["echo"], { env: { LD_PRELOAD: "/x.so" } }));
    assertEquals([code, details.includes('"LD_PRELOAD"')], [Code.PERMISSION_DENIED, true]);
    assertEquals(
      (await refusal(client.exec(["echo"], { terminal: { columns: 80, rows: 24 } })))[0],
      Code.FAILED_PRECONDITION,
    );
    assertEquals(await printed(client, ["echo", "hi"], { limits: { nofile: 99 } }), "hi\n");
    assertEquals((await refusal(client.exec([])))[0], Code.INVALID_ARGUMENT);
    assertEquals((await refusal(client.exec([""])))[0], Code.INVALID_ARGUMENT);
    assertEquals((await refusal(client.exec(["echo"], { cwd: "/nope" })))[0], Code.FAILED_PRECONDITION);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("--allow-program wants the path of what has its name twice, and tells of what is there no more", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.copyFile("/bin/true", `${directory}/tool`);
  await using daemon = await RunningDaemon.start(["--allow-program", `/bin/echo,/usr/bin/echo,${directory}/tool`]);
  await using client = new RawClient(daemon);
  assertStringIncludes((await refusal(client.exec(["echo"])))[1], "give the whole path");
  assertEquals(await printed(client, ["/usr/bin/echo", "hi"]), "hi\n");
  await Deno.remove(directory, { recursive: true });
  assertEquals((await refusal(client.exec(["tool"])))[0], Code.NOT_FOUND);
});

/** Each has made a script or a program of a list run another one. */
const ATTACKS: Record<string, string> = {
  BASH_ENV: "$(/usr/bin/id >&2)",
  "BASH_FUNC_echo%%": "() { /usr/bin/id; }",
  SHELLOPTS: "xtrace",
  PS4: "$(/usr/bin/id)",
  ENV: "/tmp/x",
  PATH: "/tmp/x",
  PYTHONPATH: "/tmp/x",
  PERL5OPT: "-d",
  GCONV_PATH: "/tmp/x",
  MAKEFLAGS: "--eval=x",
  LD_PRELOAD: "/tmp/x.so",
  DYLD_INSERT_LIBRARIES: "/tmp/x.so",
  IFS: "x",
  LANGUAGE: "x",
};

Deno.test("--allow-program lets users set no variables but harmless ones, so that a script runs what it says", async (t) => {
  const directory = await Deno.makeTempDir();
  const recipe = `${directory}/recipe`;
  await Deno.writeTextFile(recipe, '#!/bin/bash\nPATH=/usr/bin:/bin\necho "$LANG $LC_TIME $TZ $TERM $MINE"\n');
  await Deno.chmod(recipe, 0o755);
  try {
    for (const flags of [[], ["--limit", "nofile=100"]]) {
      await t.step(flags.join(" ") || "without other flags", async () => {
        await using daemon = await RunningDaemon.start(["--allow-program", recipe, ...flags]);
        await using client = new RawClient(daemon);
        const harmless = { LANG: "C", LC_TIME: "C.UTF-8", TZ: "UTC", TERM: "dumb" };
        assertEquals(await printed(client, ["recipe"], { env: harmless }), "C C.UTF-8 UTC dumb \n");
        for (const [name, value] of Object.entries(ATTACKS)) {
          const [code, details] = await refusal(client.exec(["recipe"], { env: { ...harmless, [name]: value } }));
          assertEquals([name, code], [name, Code.PERMISSION_DENIED]);
          assertEquals(
            details,
            `Cannot set the variable ${JSON.stringify(name)}: users may set LANG, LC_*, TZ, TERM only ` +
              "(--allow-variable); leave it out, or ask the operator",
          );
        }
      });
    }
    await t.step("with other variables", async () => {
      await using daemon = await RunningDaemon.start(["--allow-program", recipe, "--allow-variable", "MINE,L*"]);
      await using client = new RawClient(daemon);
      assertMatch(await printed(client, ["recipe"], { env: { MINE: "yes", LC_TIME: "C" } }), / C .*yes\n$/);
      for (const name of ["TZ", "MINE2", "LD_PRELOAD"]) {
        assertEquals(
          (await refusal(client.exec(["recipe"], { env: { [name]: "x" } })))[0],
          Code.PERMISSION_DENIED,
          name,
        );
      }
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("--allow-variable holds without a list of programs too", async () => {
  await using daemon = await RunningDaemon.start(["--allow-variable", "MINE"]);
  await using client = new RawClient(daemon);
  assertEquals(await printed(client, ["sh", "-c", "echo $MINE"], { env: { MINE: "yes" } }), "yes\n");
  assertEquals((await refusal(client.exec(["true"], { env: { OTHER: "x" } })))[0], Code.PERMISSION_DENIED);
});

Deno.test("--allow-program refuses what is no executable file at the start, and warns of launchers in the log", async () => {
  for (const path of ["/no/such/tool", "/usr/bin", "/etc/passwd"]) {
    await assertStartFails(["--allow-program", `/bin/echo,${path}`], new RegExp(`--allow-program ${path}: `));
  }
  await using daemon = await RunningDaemon.start(["--allow-program", "/bin/echo,/usr/bin/env"]);
  const warnings = daemon.log.split("\n").filter((line) => line.includes(" warning "));
  assertEquals(warnings.length, 1, daemon.log);
  assertMatch(warnings[0]!, /what=allow-program cause="\/usr\/bin\/env runs whatever it is told to/);
});

Deno.test("--allow-program leaves stops, signals and the rest of a group to work", async (t) => {
  await using daemon = await RunningDaemon.start(["--allow-program", "/bin/sh", "--stop-grace", "500ms"]);
  const command = (await Deno.readTextFile(`/proc/${daemon.pid}/cmdline`)).split("\0");
  assert(command.some((word) => word.startsWith("--allow-run=/usr/bin/setsid,")), command.join(" "));
  assert(!command.some((word) => word.startsWith("--allow-ffi")), command.join(" "));
  await using client = new RawClient(daemon);
  await t.step("a stop of a group that obeys", async () => {
    const { id, pids } = await started(client, ["sh", "-c", TREE], 2);
    const { signal, stop } = await client.stop(id);
    assertEquals([signal, stop?.killed], [15, false]);
    await untilGone(pids);
  });
  await t.step("a stop of a group that does not", async () => {
    const { id, pids } = await started(client, ["sh", "-c", STUBBORN], 2);
    const { signal, stop } = await client.stop(id);
    assertEquals([signal, stop?.killed], [9, true]);
    await untilGone(pids);
  });
  await t.step("a signal to the group, and to the leader alone", async () => {
    const script =
      'trap "echo leader; exit 3" USR1; sh -c "trap : USR1; sleep 600 & wait; echo child" & echo $$; wait; wait';
    for (const target of ["group", "leader"]) {
      const { id } = await started(client, ["sh", "-c", script]);
      // The child's trap may not be set yet.
      const { code } = await daemon.paasc(["signal", ...target === "leader" ? ["--leader"] : [], "USR1", id]);
      assertEquals(code, 0);
      assertEquals((await client.untilFinished(id)).exitCode, 3);
    }
  });
  await t.step("what is left of a group when its leader ends", async () => {
    const { id, pids } = await started(client, [
      "sh",
      "-c",
      "sh -c 'trap \"\" TERM; while :; do sleep 1; done' & echo $!",
    ]);
    assertEquals((await client.untilFinished(id)).exitCode, 0);
    await untilGone(pids);
  });
  await t.step("the shutdown", async () => {
    const { pids } = await started(client, ["sh", "-c", STUBBORN], 2);
    daemon.kill("SIGTERM");
    assertEquals(await daemon.exitCode(), 0, daemon.log);
    await untilGone(pids);
  });
});

rootTest("--run-as runs commands as that account, with nothing of the daemon's", async () => {
  await using daemon = await RunningDaemon.start(["--run-as", "nobody"]);
  await using client = new RawClient(daemon);
  const script = "id -u; id -G; echo $HOME $USER; pwd; grep -E 'Cap(Inh|Prm|Eff|Amb)|NoNew' /proc/self/status";
  const terminal = { columns: 80, rows: 24 };
  for (const options of [{}, { terminal }, { limits: { nofile: 99 } }, { limits: { nofile: 99 }, terminal }]) {
    assertMatch(
      (await printed(client, ["sh", "-c", script], options)).replaceAll("\r", ""),
      /^65534\n65534\n\/nonexistent nobody\n\/\nCapInh:\t0+\nCapPrm:\t0+\nCapEff:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1\n$/,
    );
  }
  const attack = `exec 2>&1; for signal in 0 USR1 KILL; do kill -s $signal ${daemon.pid} && echo signalled; done
    cat /proc/${daemon.pid}/environ && echo read; echo over`;
  assertMatch(await printed(client, ["sh", "-c", attack]), /^[^]*not permitted[^]*Permission denied\nover\n$/);
  assert(await lives(daemon.pid));
});

rootTest("--run-as gains nothing by a set-user-ID program, and tells exactly why a command cannot start", async () => {
  const directory = await Deno.makeTempDir({ dir: "/tmp" });
  await Deno.chmod(directory, 0o755);
  await Deno.copyFile("/usr/bin/id", `${directory}/id`);
  await Deno.chmod(`${directory}/id`, 0o4755);
  await Deno.mkdir(`${directory}/closed`, { mode: 0o700 });
  await Deno.copyFile("/usr/bin/id", `${directory}/closed/id`);
  try {
    await using daemon = await RunningDaemon.start([
      "--run-as",
      "nobody",
      "--limit",
      "nofile=500",
      "--spool-dir",
      `${directory}/s`,
    ]);
    await using client = new RawClient(daemon);
    assertEquals(await printed(client, [`${directory}/id`, "-u"]), "65534\n");
    for (
      const [args, options, code] of [
        [[`${directory}/closed/id`], {}, Code.PERMISSION_DENIED],
        [["/etc/passwd"], {}, Code.PERMISSION_DENIED],
        [["no-such-program"], {}, Code.NOT_FOUND],
        [["id"], { cwd: `${directory}/closed` }, Code.FAILED_PRECONDITION],
        [["id"], { cwd: `${directory}/nowhere` }, Code.FAILED_PRECONDITION],
      ] as const
    ) {
      assertEquals([args, (await refusal(client.exec([...args], options)))[0]], [args, code]);
    }
    const logs = [...Deno.readDirSync(`${directory}/s`)].filter(({ isDirectory }) => isDirectory);
    assertEquals(logs.length, 1); // the first command's
    for (const exit of [126, 127]) {
      assertEquals((await client.untilFinished(await client.exec(["sh", "-c", `exit ${exit}`]))).exitCode, exit);
    }
    assertEquals((await printed(client, ["ls", `${directory}/s`])).includes("Permission denied"), true);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

rootTest("--run-as goes with --allow-program, --limit and --die-with-daemon", async () => {
  const flags = ["--run-as", "nobody", "--allow-program", "/bin/sh", "--limit", "nofile=100", "--die-with-daemon"];
  await using daemon = await RunningDaemon.start([...flags, "--stop-grace", "300ms"]);
  await using client = new RawClient(daemon);
  assertEquals(await printed(client, ["sh", "-c", "id -u; ulimit -n"]), "65534\n100\n");
  const { id, pids } = await started(client, ["sh", "-c", STUBBORN], 2);
  assertEquals((await client.stop(id)).signal, 9);
  await untilGone(pids);
});

rootTest("--run-as refuses root and strangers", async () => {
  for (const [user, why] of [["root", /is root/], ["0", /is root/], ["no-such-user", /there is no account/]] as const) {
    await assertStartFails(["--run-as", user], why);
  }
});

async function assertStartFails(flags: string[], why: RegExp): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["paasd/start.sh", Deno.execPath(), "--listen", "127.0.0.1:0", ...flags],
    cwd: ROOT,
  }).output();
  assert(!success);
  assertMatch(text(stderr), /^paasd: [^\n]+\n$/m);
  assertMatch(text(stderr), why);
}

Deno.test("--limit holds for every command, and a user can only lower it", async () => {
  await using daemon = await RunningDaemon.start(["--limit", "nofile=200,fsize=1M", "--limit", "cpu=1h"]);
  await using client = new RawClient(daemon);
  const told = ["sh", "-c", "ulimit -n; ulimit -f; ulimit -t; ulimit -c"];
  assertEquals(await printed(client, told), "200\n2048\n3600\n0\n");
  assertEquals(await printed(client, told, { limits: { nofile: 100, cpu: 5, core: 0 } }), "100\n2048\n5\n0\n");
  assertEquals(await printed(client, ["sh", "-c", "ulimit -n"], { limits: { nofile: 200 } }), "200\n");
  for (
    const [limits, why] of [
      [{ nofile: 201 }, "The limit nofile must be at most 200 here: it can be lowered only"],
      [{ nofile: 10, fsize: 2 ** 20 + 1 }, "The limit fsize must be at most 1048576 here: it can be lowered only"],
      [{ core: 1 }, "The limit core must be at most 0 here: it can be lowered only"],
      [{ as: "18446744073709551615" }, "A limit must be at most 9007199254740991"],
    ] as const
  ) {
    assertEquals(await refusal(client.exec(["true"], { limits })), [Code.INVALID_ARGUMENT, why]);
  }
  assertEquals(text((await daemon.paasc(["run", "--limit", "nofile=64", "sh", "-c", "ulimit -n"])).stdout), "64\n");
  const { code, stderr } = await daemon.paasc(["exec", "--limit", "nofile=9999999", "true"]);
  assertEquals([code, stderr], [1, "paasc: The limit nofile must be at most 200 here: it can be lowered only\n"]);

  const file = await Deno.makeTempFile();
  const large = await client.untilFinished(await client.exec(["sh", "-c", `exec head -c 2M /dev/zero > ${file}`]));
  await Deno.remove(file);
  assertEquals(large.signal, 25); // SIGXFSZ
});

Deno.test("--limit is refused where it is wrong, or more than the daemon itself may have", async () => {
  await assertStartFails(["--limit", "files=3"], /--limit must be NAME=VALUE/);
  await assertStartFails(["--limit", "core=1G"], /may have no more than 0 of core/);
});

Deno.test("a user can limit a command without --limit, but not above what the daemon itself has", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  assertEquals(await printed(client, ["sh", "-c", "ulimit -n"], { limits: { nofile: 50 } }), "50\n");
  assertEquals((await refusal(client.exec(["true"], { limits: { core: 1 } })))[0], Code.INVALID_ARGUMENT);
  assertEquals((await refusal(client.exec(["true"], { limits: { as: 1 } })))[0], Code.FAILED_PRECONDITION);
});

Deno.test("--die-with-daemon leaves no process behind when the daemon is killed", async () => {
  await using daemon = await RunningDaemon.start(["--die-with-daemon"]);
  await using client = new RawClient(daemon);
  const trees = await Promise.all(Array.from({ length: 5 }, () => started(client, ["sh", "-c", STUBBORN], 2)));
  const terminal = { columns: 80, rows: 24 };
  const inTerminal = await client.exec(["sh", "-c", "trap '' HUP; sleep 600"], { terminal });
  const escaped = await started(client, ["sh", "-c", "trap '' HUP; setsid sleep 600 & echo $!"]);
  await client.untilFinished(escaped.id);
  const pids = [...trees.flatMap(({ pids }) => pids), (await client.status(inTerminal)).pid, ...escaped.pids];
  for (const pid of pids) assert(await lives(pid));
  daemon.kill("SIGKILL");
  await untilGone(pids);
});

/** The pid of a daemon's guard, when there is one. */
async function guardOf(daemon: RunningDaemon): Promise<number | undefined> {
  const { stdout } = await new Deno.Command("pgrep", { args: ["-P", String(daemon.pid), "-f", "guard.sh"] }).output();
  const [pid, ...others] = text(stdout).split("\n").filter(Boolean).map(Number);
  return others.length === 0 ? pid : undefined;
}

/** Waits until a daemon has another guard than that, which was told of all processes. */
async function untilOtherGuard(daemon: RunningDaemon, client: RawClient, first: number): Promise<void> {
  await until("there is another guard", async () => {
    const pid = await guardOf(daemon);
    return pid !== undefined && pid !== first;
  });
  await printed(client, ["true"]); // of which it is told last
}

Deno.test("--die-with-daemon holds when its guard was killed, and says so", async () => {
  await using daemon = await RunningDaemon.start(["--die-with-daemon"]);
  await using client = new RawClient(daemon);
  const { pids } = await started(client, ["sh", "-c", STUBBORN], 2);
  const first = (await guardOf(daemon))!;
  Deno.kill(first, "SIGKILL");
  await untilOtherGuard(daemon, client, first);
  assertStringIncludes(daemon.log, "guard-lost");
  daemon.kill("SIGKILL");
  await untilGone(pids);
});

Deno.test("--die-with-daemon holds when a command stops its guard, and nobody waits for that", async () => {
  await using daemon = await RunningDaemon.start(["--die-with-daemon"]);
  await using client = new RawClient(daemon);
  const { pids } = await started(client, ["sh", "-c", STUBBORN], 2);
  const first = (await guardOf(daemon))!;
  await client.untilFinished(await client.exec(["kill", "-STOP", String(first)]));
  await until("it is noticed", async () => {
    await client.exec(["true"]); // as ever
    return daemon.log.includes('guard-lost cause="it does not answer"');
  });
  await untilOtherGuard(daemon, client, first);
  daemon.kill("SIGKILL");
  await untilGone(pids);
});

Deno.test("--die-with-daemon ends with the daemon, and lets processes end by themselves", async () => {
  await using daemon = await RunningDaemon.start(["--die-with-daemon"]);
  await using client = new RawClient(daemon);
  const guard = (await guardOf(daemon))!;
  assertEquals(await printed(client, ["echo", "hi"]), "hi\n");
  daemon.kill("SIGTERM");
  assertEquals(await daemon.exitCode(), 0);
  await untilGone([guard]);
});
