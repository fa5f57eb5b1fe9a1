import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

Deno.test("logs of several processes have whole lines, each behind the name of its process", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const web = await client.exec(["sh", "-c", "seq -f 'web %.0f' 20000; printf end"], { name: "web" });
  const db = await client.exec(["sh", "-c", "seq -f 'db %.0f' 20000 >&2"], { name: "db" });
  const noName = await client.exec(["echo", "hello"]);
  const { code, stdout, stderr } = await daemon.paasc(["logs", "web", "db", noName, web]);
  assertEquals([code, stderr], [0, ""]);
  const lines = text(stdout).split("\n");
  assertEquals(lines.pop(), "");
  const of = (name: string) =>
    lines.filter((line) => line.startsWith(`${name.padEnd(8)} | `)).map((line) => line.slice(11));
  const numbers = (name: string) => Array.from({ length: 20_000 }, (_, index) => `${name} ${index + 1}`);
  assertEquals(of("web"), [...numbers("web"), "end"]);
  assertEquals(of("db"), numbers("db"));
  assertEquals(of(noName.slice(0, 8)), ["hello"]);
  assertEquals(lines.length, 40_002);
  const split = await daemon.paasc(["logs", "--split", "--tail", "1", "web", "db"]);
  assertEquals([text(split.stdout), split.stderr], ["web | end\n", "db  | db 20000\n"]);
  const json = await daemon.paasc(["logs", "-o", "json", "--tail", "1", "web", db]);
  const objects = text(json.stdout).trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    objects.map(({ id, name }) => `${id} ${name}`).toSorted(),
    [
      ...Array(2).fill(`${web} web`),
      ...Array(2).fill(`${db} db`),
    ].toSorted(),
  );
});

Deno.test("logs --no-follow of several processes come in the order of their times", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const [a, b] = [
    await client.exec(["cat"], { stdin: true, name: "a" }),
    await client.exec(["cat"], { stdin: true, name: "b" }),
  ];
  const inputs = {
    a: daemon.startPaasc(["attach", a], { input: "open" }),
    b: daemon.startPaasc(["attach", b], { input: "open" }),
  };
  await using _a = inputs.a;
  await using _b = inputs.b;
  for (const [name, line] of [["a", "1"], ["b", "2"], ["b", "3"], ["a", "4"], ["b", "5"]] as const) {
    await inputs[name].type(`${line}\n`);
    await until(`line ${line} is there`, () => inputs[name].printed.includes(line));
  }
  const { code, stdout } = await daemon.paasc(["logs", "--no-follow", "b", "a"]);
  assertEquals([code, text(stdout)], [0, "a | 1\nb | 2\nb | 3\na | 4\nb | 5\n"]);
});

Deno.test("logs --label takes the processes with a label, also those that start later", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const labels = { app: "shop" };
  const web = await client.exec(["echo", "old"], { name: "web", labels });
  await client.exec(["echo", "other"], { labels: { app: "other" } });
  await client.untilFinished(web);
  await using log = daemon.startPaasc(["logs", "--label", "app=shop"]);
  await until("the old log is printed", () => log.printed === "web | old\n");
  await client.exec(["echo", "foreign"], { labels: { app: "other" } });
  await client.exec(["echo", "new"], { name: "db", labels });
  await until("the new log is printed", () => log.printed === "web | old\ndb  | new\n");
  log.kill("SIGINT");
  assertEquals((await log.result()).code, 130);
  const none = await daemon.paasc(["logs", "--no-follow", "--label", "app=nothing"]);
  assertEquals([none.code, none.stderr], [1, "paasc: no process has these labels\n"]);
});

Deno.test("logs of several processes end at a match in one of them, and say which log is incomplete", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const flags = ["--spool-dir", join(directory, "spool")];
    await using daemon = await RunningDaemon.start(flags);
    await using client = new RawClient(daemon);
    const silent = await client.exec(["sleep", "60"], { name: "silent" });
    await client.exec(["sh", "-c", "echo up; exec sleep 60"], { name: "web" });
    const match = await daemon.paasc(["logs", "--until-match", "up", silent, "web"]);
    assertEquals([match.code, text(match.stdout), match.stderr], [0, "web    | up\n", ""]);

    await client.exec(["echo", "fine"], { name: "fine" });
    const unknown = await daemon.paasc(["logs", "fine", "nobody"]);
    assertEquals(unknown.code, 1);
    assertMatch(unknown.stderr, /no process has 'nobody'/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("logs refuses more logs at once than it can print", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const ids: string[] = [];
  for (let count = 0; count < 65; count++) ids.push(await client.exec(["true"]));
  const { code, stderr } = await daemon.paasc(["logs", ...ids]);
  assertEquals([code, stderr], [1, "paasc: there are 65 such processes: paasc prints at most 64 logs at once\n"]);
});
