import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** What a `paasc` prints that must succeed. */
async function printed(daemon: RunningDaemon, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await daemon.paasc(words);
  assertEquals([code, stderr], [0, ""], words.join(" "));
  return text(stdout);
}

/** The ids that `paasc list -q` prints, the newest first. */
async function ids(daemon: RunningDaemon, ...options: string[]): Promise<string[]> {
  return (await printed(daemon, "list", "-aq", ...options)).split("\n").filter(Boolean);
}

Deno.test("list shows one's own processes, the newest first, and those alone that were asked for", async (t) => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  assertEquals([await printed(daemon, "list"), await printed(daemon, "list", "-o", "json")], ["", "[]\n"]);

  const labels = (team: string) => ({ labels: { team, tier: "1" } });
  const red = await client.exec(["sh", "-c", "exit 3"], labels("red"));
  await client.untilFinished(red);
  const blue = await client.exec(["sleep", "600"], { ...labels("blue"), name: "web" });
  const killed = await client.exec(["sh", "-c", "kill -9 $$"], labels("red"));
  await client.untilFinished(killed);
  await daemon.exec(["true"], { as: "bob" });

  await t.step("as lines of fields", async () => {
    const lines = (await printed(daemon, "ps", "-a")).trimEnd().split("\n").map((line) => line.split("\t"));
    assertEquals(lines.map(([id, name, state, exit, , command]) => [id, name, state, exit, command]), [
      [killed, "-", "finished", "SIGKILL", "sh -c 'kill -9 $$'"],
      [blue, "web", "running", "-", "sleep 600"],
      [red, "-", "finished", "3", "sh -c 'exit 3'"],
    ]);
    for (const [, , , , started] of lines) assertMatch(started!, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
  await t.step("as JSON, each as status has it", async () => {
    const list = JSON.parse(await printed(daemon, "list", "--all-states", "-o", "json"));
    const statuses = await Promise.all(
      [killed, blue, red].map(async (id) => JSON.parse(await printed(daemon, "status", "-o", "json", id))),
    );
    assertEquals(list, statuses);
    assertEquals([list[1].id, list[1].name, list[1].state, list[1].labels, list[1].args], [
      blue,
      "web",
      "running",
      { team: "blue", tier: "1" },
      ["sleep", "600"],
    ]);
    assert(list[1].pid > 1 && !("exitCode" in list[1]) && !("endReason" in list[1]));
    assertEquals([list[2].exitCode, list[2].endReason, list[2].logBytes], [3, "exited", 0]);
  });
  await t.step("by state, name, label, time and number", async () => {
    assertEquals(await ids(daemon), [killed, blue, red]);
    assertEquals(await ids(daemon, "--state", "running"), [blue]);
    assertEquals(await ids(daemon, "--state", "running", "--state=finished"), [killed, blue, red]);
    assertEquals(await ids(daemon, "--state", "stopping"), []);
    assertEquals(await ids(daemon, "--name", "web"), [blue]);
    assertEquals(await ids(daemon, "--label", "team=red"), [killed, red]);
    assertEquals(await ids(daemon, "--label", "tier=1", "--label", "team=blue"), [blue]);
    assertEquals(await ids(daemon, "--label", "team="), []);
    assertEquals(await ids(daemon, "--limit", "2"), [killed, blue]);
    assertEquals(await ids(daemon, "--since", "1h"), [killed, blue, red]);
    assertEquals(await ids(daemon, "--until", "1h"), []);
    const { startTime } = JSON.parse(await printed(daemon, "status", "-o", "json", blue));
    assertEquals(await ids(daemon, "--until", startTime), [red]);
    assertEquals(await ids(daemon, "--since", startTime), [killed, blue]);
  });
  await t.step("without -a, those that have not finished", async () => {
    const live = async (...words: string[]) => (await printed(daemon, "list", ...words)).split("\n").filter(Boolean);
    assertEquals(await live("-q"), [blue]);
    assertEquals((await live()).map((line) => line.split("\t")[0]), [blue]);
    assertEquals(JSON.parse((await live("-o", "json"))[0]!).map(({ id }: { id: string }) => id), [blue]);
    assertEquals(await live("-q", "--state", "finished"), [killed, red]);
    assertEquals(await live("-q", "-l", "team=red"), []);
  });
  await t.step("in the order and the form that one wants", async () => {
    assertEquals(await ids(daemon, "--sort", "name"), [killed, red, blue]);
    assertEquals(await ids(daemon, "--sort", "name", "-n", "2"), [killed, red]);
    assertEquals(await ids(daemon, "--sort", "duration", "-n", "1"), [blue]);
    assertEquals(
      await printed(daemon, "ps", "-a", "--format", '{{.Name}}:{{.Status}} {{.Label "team"}}'),
      "-:finished (signal 9) red\nweb:running blue\n-:finished (exit code 3) red\n",
    );
    assertMatch(await printed(daemon, "ls", "-o", "wide"), /^ID .* PID .* LABELS .*\n.* team=blue tier=1 .*\n$/);
  });
  await t.step("and refuses what it does not know", async () => {
    const wrong = [["--state", "done"], ["--label", "team"], ["--since", "now"], ["--limit", "-1"], ["web"]].concat(
      [["-q", "-o", "json"], ["--sort", "x"], ["--format", "{{.X}}"], ["--watch"], ["-f", "a=b"], ["-q", "-o", "wide"]],
    );
    for (const words of wrong) {
      const { code, stderr } = await daemon.paasc(["list", ...words]);
      assertEquals(code, 2, stderr);
    }
  });
});

Deno.test("list fetches page after page", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  // A page ends early where the arguments in it get long.
  const started: string[] = [];
  for (let number = 0; number < 14; number++) started.unshift(await client.exec(["true", "x".repeat(100_000)]));
  assertEquals(await ids(daemon), started);
  assertEquals(await ids(daemon, "--limit", "9"), started.slice(0, 9));
});

Deno.test("list is a table on a terminal", {
  ignore: !new Deno.Command("sh", { args: ["-c", "command -v script"], stdout: "null" }).outputSync().success,
}, async () => {
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec(["--name", "web", "sh", "-c", "exec sleep 600", "x".repeat(300)]);
  const quoted = [Deno.execPath(), "run", "--quiet", "--allow-all", "paasc/main.ts", "--server", daemon.address, "list"]
    .map((word) => `'${word}'`).join(" ");
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", `stty cols 80; exec ${quoted}`, "/dev/null"],
    env: { NO_COLOR: "1" }, // whatever the terminal is like from which the tests are run
    stdin: "null",
  }).output();
  const [heading, row, ...rest] = text(stdout).split("\r\n");
  assertMatch(heading!, /^ID +NAME +STATE +EXIT +STARTED +DURATION +COMMAND$/);
  assertStringIncludes(row!, `${id.slice(0, 8)}  web   running  -     `);
  assertEquals([[...row!].length, row!.endsWith("x…"), rest], [80, true, [""]]);
});

Deno.test("a process is named by its id, the beginning of it, or its name", async (t) => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const first = await client.exec(["sh", "-c", "echo first; exit 1"], { name: "web" });
  await client.untilFinished(first);
  const live = await client.exec(["sh", "-c", "echo live; exec sleep 600"], { name: "web" });
  const fail = async (...words: string[]) => {
    const { code, stdout, stderr } = await daemon.paasc(words);
    assertEquals([code, text(stdout)], [words[0] === "wait" ? 125 : 1, ""]);
    return stderr;
  };

  await t.step("everywhere", async () => {
    assertEquals(await printed(daemon, "status", first.slice(0, 20)), "Status: finished (exit code 1)\n");
    assertEquals(await printed(daemon, "status", first.slice(0, 20).toUpperCase()), "Status: finished (exit code 1)\n");
    assertEquals(await printed(daemon, "logs", first.slice(0, 20)), "first\n");
    assertEquals(await printed(daemon, "logs", "--no-follow", "web"), "live\n");
    assertEquals(await printed(daemon, "status", "web"), "Status: running\n");
    assertEquals(await printed(daemon, "stop", "web"), "");
    assertEquals((await daemon.paasc(["wait", "web"])).code, 143);
  });
  await t.step("a name without a live process is that of the newest one", async () => {
    assertEquals(JSON.parse(await printed(daemon, "status", "-o", "json", "web")).id, live);
  });
  await t.step("not by what several ids begin with", async () => {
    // Of 17 ids two begin alike.
    for (let number = 2; number < 17; number++) await client.exec(["true"]);
    const all = await ids(daemon);
    const digit = all.map((id) => id[0]!).find((digit, index, digits) => digits.indexOf(digit) < index)!;
    const stderr = await fail("status", digit);
    assertStringIncludes(stderr, `'${digit}' is the beginning of several ids`);
    assertStringIncludes(stderr, all.find((id) => id.startsWith(digit))!);
  });
  await t.step("not by what names none, or another user's", async () => {
    const bobs = await daemon.exec(["--name", "bobs", "sleep", "600"], { as: "bob" });
    const commands = [["status"], ["logs"], ["stop"], ["wait"], ["signal", "TERM"], ["rm"]];
    const words = ["we", "bobs", bobs.slice(0, 20), `${first} `].map((word) => ["status", word]);
    for (const command of [...commands.map((command) => [...command, "nobody"]), ...words]) {
      assertEquals(
        await fail(...command),
        `paasc: no process has '${command.at(-1)}' for its id, its name, or the beginning of its id\n`,
      );
    }
  });
});

Deno.test("rm forgets a finished process and its log", async () => {
  await using daemon = await RunningDaemon.start();
  const [one, two] = [await daemon.exec(["echo", "one"]), await daemon.exec(["echo", "two"])];
  const live = await daemon.exec(["--name", "web", "sleep", "600"]);
  assertEquals((await daemon.paasc(["wait", one, two])).code, 0);

  const unknown = await daemon.paasc(["rm", one, "nobody"]);
  assertEquals([unknown.code, (await ids(daemon)).length], [1, 3]);
  const refused = await daemon.paasc(["rm", one, "web", two]);
  assertEquals([refused.code, text(refused.stdout)], [1, ""]);
  assertEquals(refused.stderr, `paasc: ${live}: Cannot remove the process: it has not finished; stop it first\n`);
  assertEquals(await ids(daemon), [live, two]);
  assertStringIncludes((await daemon.paasc(["logs", one])).stderr, `Cannot find process ${one}`);

  assertEquals(await printed(daemon, "rm", "--force", "web", two), "");
  assertEquals(await ids(daemon), []);
  assertEquals(
    await printed(daemon, "rm", "-o", "json", await daemon.exec(["true"])).then(JSON.parse).then(Object.keys),
    [
      "id",
    ],
  );
});

Deno.test("status --verbose tells all that is known, below the line that scripts rely on", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const words = ["sh", "-c", "echo a; echo b; exec sleep 600", "it's", ""];
  const id = await daemon.exec(["--name", "web", "--label", "team=red", "--label", "note=a b\x1b", ...words]);
  await until("it has printed", async () => (await client.status(id)).logLines === 2);
  const lines = (text: string) =>
    new Map(text.trimEnd().split("\n").map((line) => line.split(/: (.*)/s) as [string, string]));
  const running = lines(await printed(daemon, "status", "-v", id));
  assertEquals(running.get("Status"), "running");
  assertEquals([running.get("Id"), running.get("Name")], [id, "web"]);
  assertEquals(running.get("Labels")?.split(" ").toSorted(), ["b\\u001b'", "$'note=a", "team=red"].toSorted());
  assertEquals(running.get("Command"), `sh -c 'echo a; echo b; exec sleep 600' 'it'\\''s' ''`);
  assert(!running.has("Reason") && !running.has("Finished"));

  assertEquals((await daemon.paasc(["stop", "web"])).code, 0);
  const finished = lines(await printed(daemon, "status", "--verbose", id));
  assertEquals(
    ["Status", "Signal", "Reason", "Log", "Pid"].map((key) => finished.get(key)),
    ["finished (signal 15)", "SIGTERM (15)", "stopped by you, without SIGKILL", "4 bytes, 2 lines", running.get("Pid")],
  );
});

Deno.test("status, stop, rm and prune act on several processes, and on all that are selected", async () => {
  await using daemon = await RunningDaemon.start();
  const [one, two] = [
    await daemon.exec(["--name", "one", "-l", "team=red", "sleep", "600"]),
    await daemon.exec(["--name", "two", "-l", "team=red", "sleep", "600"]),
  ];
  const three = await daemon.exec(["--name", "three", "sleep", "600"]);
  const done = await daemon.exec(["--name", "done", "-l", "team=red", "true"]);
  const bobs = await daemon.exec(["sleep", "600"], { as: "bob" });
  await daemon.untilStatus("done", "Status: finished (exit code 0)");

  const several = await daemon.paasc(["status", "two", "nobody", "done"]);
  assertEquals([several.code, text(several.stdout)], [
    1,
    "two: Status: running\ndone: Status: finished (exit code 0)\n",
  ]);
  assertStringIncludes(several.stderr, "paasc: nobody: no process has 'nobody'");
  const inspected = text((await daemon.paasc(["inspect", "one", "done"])).stdout).trimEnd().split("\n");
  assertEquals(inspected.map((line) => JSON.parse(line).id), [one, done]);

  const reds = await daemon.paasc(["stop", "--label", "team=red"]);
  assertEquals([reds.code, text(reds.stdout), reds.stderr], [0, "", "paasc: stopping 2 processes\n"]);
  assertEquals(await ids(daemon, "--state", "running"), [three]);
  assertEquals((await daemon.paasc(["stop", "--all", "three"])).code, 2);
  const all = await daemon.paasc(["stop", "--all"]);
  assertEquals([all.code, all.stderr], [0, "paasc: stopping 1 process\n"]);
  assertEquals((await daemon.paasc(["stop", "--all"])).stderr, "paasc: stopping no processes\n");

  assertEquals((await daemon.paasc(["rm", "--older", "1h", "one"])).code, 2);
  assertEquals((await daemon.paasc(["prune", "--older", "1h"])).stderr, "paasc: no processes removed\n");
  const pruned = await daemon.paasc(["prune", "-l", "team=red", "-o", "json"]);
  const removed = text(pruned.stdout).trimEnd().split("\n").map((line) => JSON.parse(line).id);
  assertEquals([pruned.code, removed.toSorted(), pruned.stderr], [
    0,
    [one, two, done].toSorted(),
    "paasc: 3 processes removed\n",
  ]);
  assertEquals(await ids(daemon), [three]);
  assertEquals((await daemon.paasc(["prune"])).stderr, "paasc: 1 process removed\n");
  assertEquals(text((await daemon.paasc(["status", bobs], { as: "bob" })).stdout), "Status: running\n");
});
