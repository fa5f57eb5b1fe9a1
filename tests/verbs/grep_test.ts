import { assert, assertEquals, assertMatch } from "@std/assert";
import type { GetLogsResponse__Output } from "@paas/proto";
import { status } from "@paas/proto/grpc";
import { failure } from "../support/realm.ts";
import { RunningDaemon, text } from "../support/programs.ts";
import { RawClient, RawLog } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

type Message = GetLogsResponse__Output;

const LINES = Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join("");

/** Starts a process that prints a text and ends. */
async function printed(client: RawClient, content: string): Promise<string> {
  const id = await client.exec(["printf", "%b", content.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")]);
  await client.untilFinished(id);
  return id;
}

Deno.test("logs --grep prints the lines that grep(1) prints", async (t) => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await printed(client, LINES);
  for (
    const options of [
      ["7"],
      ["^line [0-9]$"],
      ["LINE 4", "-i"],
      ["[0-8]$", "-v"],
      ["50", "-C", "2"],
      ["9$", "-A", "1"],
      ["99|100", "-B", "3"],
      ["0$", "-v", "-B", "1"],
      ["nothing"],
    ]
  ) {
    await t.step(options.join(" "), async () => {
      const [pattern, ...others] = options;
      const grep = new Deno.Command("grep", { args: ["-E", ...others, pattern!], stdin: "piped", stdout: "piped" })
        .spawn();
      const writer = grep.stdin.getWriter();
      await writer.write(new TextEncoder().encode(LINES));
      await writer.close();
      const { stdout } = await grep.output();
      const printed = await daemon.paasc(["logs", "--grep", pattern!, ...others, id]);
      assertEquals([printed.code, printed.stderr, text(printed.stdout)], [0, "", text(stdout)]);
    });
  }
});

Deno.test("logs --grep goes with the other choices, and sends bytes as they were written", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const script = String.raw`printf 'a\377b yes\n'; printf 'no\n'; printf 'yes 2\n' >&2; printf 'yes 3'`;
  const id = await client.exec(["sh", "-c", script]);
  await client.untilFinished(id);
  const logs = async (...options: string[]) => {
    const { code, stdout } = await daemon.paasc(["logs", ...options, id]);
    assertEquals(code, 0);
    return Array.from(stdout, (byte) => String.fromCharCode(byte)).join("");
  };
  const all = await logs("--grep", "yes"); // in the order in which the daemon read the two pipes
  assertEquals(["a\xffb yes\n", "yes 2\n", "yes 3"].filter((line) => !all.includes(line)), []);
  assertEquals(all.length, 19);
  assertEquals(await logs("--grep", "^a.b", "--stdout-only"), "a\xffb yes\n");
  assertEquals(await logs("--grep", "yes", "--stderr-only"), "yes 2\n");
  assertEquals(await logs("--grep", "yes", "--since", "2100-01-01T00:00:00Z"), "");
  assertEquals(await logs("--grep", "3$", "--tail", "4", "--no-follow"), "yes 3");
  const json = (await logs("-o", "json", "--grep", "^yes 3")).trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([json.length, atob(json[0].data), json[1].end.bytes], [2, "yes 3", 22]);
});

Deno.test("logs --grep follows, and shows a line as soon as it is complete", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["cat"], { stdin: true });
  await using log = daemon.startPaasc(["logs", "--grep", "yes", id]);
  await using input = daemon.startPaasc(["attach", id], { input: "open" });
  await input.type("no\nyes 1\n");
  await until("the first line is printed", () => log.printed === "yes 1\n");
  await input.type("no\nye");
  await input.type("s 2\n");
  await until("the second line is printed", () => log.printed === "yes 1\nyes 2\n");
  await input.endInput();
  assertEquals((await log.result()).code, 0);
});

Deno.test("GetLogs with grep gives the same from any offset on", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await printed(client, LINES);
  const grep = { pattern: "5", after: 1 };
  const part = async (fromOffset: number) => {
    let [position, sent] = [fromOffset, 0];
    for await (const message of client.service.GetLogs({ processId: id, fromOffset, grep }) as AsyncIterable<Message>) {
      if (message.gap) assertEquals([position, position = message.gap.to][0], message.gap.from);
      for (const { offset, data } of message.chunks) {
        assertEquals(offset, position);
        position += data.length;
        sent += data.length;
      }
    }
    assertEquals(position, LINES.length);
    return sent;
  };
  const whole = await part(0);
  const selected = LINES.split(/(?<=\n)/).map((line, index, lines) =>
    line.includes("5") || lines[index - 1]?.includes("5") ? line.length : 0
  );
  assertEquals(whole, selected.reduce((sum, length) => sum + length));
  const passed = LINES.indexOf("line 50\n") + 3; // in the middle of a line
  const before = selected.slice(0, 49).reduce((sum, length) => sum + length) + 3;
  assertEquals(await part(passed), whole - before);
  const { code } = await failure(new RawLog(client.service.GetLogs({ processId: id, fromOffset: 9_999, grep })).end);
  assertEquals(code, status.INVALID_ARGUMENT);
});

Deno.test("logs refuses a pattern that is none, or that is too large, with a sentence", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["true"]);
  for (
    const [pattern, sentence] of [
      ["a(", /^paasc: The pattern is no regular expression .*missing closing \)/],
      ["x".repeat(1025), /^paasc: The pattern must have at most 1,024 bytes/],
      ["((a{10}b){10}c){10}", /^paasc: The pattern is too large/],
    ] as const
  ) {
    for (const option of ["--grep", "--until-match"]) {
      const { code, stderr } = await daemon.paasc(["logs", option, pattern, id]);
      assertEquals(code, 1, stderr);
      assertMatch(stderr, sentence);
    }
  }
  for (
    const [options, sentence] of [
      [["-v"], "needs '--grep'"],
      [["-i"], "needs '--grep' or '--until-match'"],
      [["--grep", "x", "-C", "201"], "at most 200"],
    ] as const
  ) {
    const { code, stderr } = await daemon.paasc(["logs", ...options, id]);
    assertEquals(code, 2);
    assert(stderr.includes(sentence), stderr);
  }
});

Deno.test("logs --until-match ends behind the first line that matches, or fails", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["sh", "-c", "echo one; echo two; echo three; exec sleep 60"]);
  const logs = async (...options: string[]) => {
    const { code, stdout, stderr } = await daemon.paasc(["logs", ...options, id]);
    return [code, text(stdout), stderr];
  };
  assertEquals(await logs("--until-match", "tw"), [0, "one\ntwo\n", ""]);
  assertEquals(await logs("--until-match", "THREE", "-i", "--grep", "^T"), [0, "two\nthree\n", ""]);
  const [code, , stderr] = await logs("--timeout", "300ms", "--until-match", "four");
  assertEquals([code, stderr], [124, "paasc: the output has not ended after 0.3 s, as --timeout says\n"]);
  await client.stop(id);
  assertEquals(await logs("--until-match", "four"), [
    1,
    "one\ntwo\nthree\n",
    "paasc: the output ended without a line that matches 'four'\n",
  ]);
});

Deno.test("wait --until-match waits for a line that comes later, and a prompt is enough", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const id = await client.exec(["sh", "-c", "echo begun; read x; printf 'password: '; read y"], { stdin: true });
  await using waiting = daemon.startPaasc(["wait", "--until-match", "word:", id]);
  await using input = daemon.startPaasc(["attach", id], { input: "open" });
  await input.type("go\n");
  assertEquals((await waiting.result()).code, 0);
  await client.stop(id);
  const { code, stderr } = await daemon.paasc(["wait", "--until-match", "nothing", id]);
  assertEquals([code, stderr], [1, `paasc: the output of ${id} ended without a line that matches 'nothing'\n`]);
});

Deno.test("wait --any prints the first process to finish, and exits as it did; --timeout exits with 124", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  const long = await client.exec(["sleep", "60"]);
  const short = await client.exec(["sh", "-c", "echo ready; exit 3"]);
  const any = await daemon.paasc(["wait", "--any", long, short]);
  assertEquals([any.code, text(any.stdout), any.stderr], [3, `${short}\n`, ""]);
  const line = await daemon.paasc(["wait", "--any", "--until-match", "ready", long, short]);
  assertEquals([line.code, text(line.stdout), line.stderr], [0, `${short}\n`, ""]);
  const late = await daemon.paasc(["wait", "--timeout", "300ms", long]);
  assertEquals([late.code, late.stderr], [124, `paasc: ${long} has not finished after 0.3 s, as --timeout says\n`]);
});
