import { assert, assertEquals } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { RunningClient, RunningDaemon, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

/** Words as a shell reads them back unchanged. */
const quoted = (words: string[]) => words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");

const hasScript = new Deno.Command("sh", { args: ["-c", "command -v script"], stdout: "null" }).outputSync().success;
if (!hasScript) console.warn("SKIPPED: colours on a terminal, for there is no script on the PATH");

Deno.test("list has colours on a terminal alone, and where they are wanted", { ignore: !hasScript }, async (t) => {
  await using daemon = await RunningDaemon.start();
  const [ended, failed] = [await daemon.exec(["true"]), await daemon.exec(["false"])];
  await daemon.untilStatus(ended, "Status: finished (exit code 0)");
  await daemon.untilStatus(failed, "Status: finished (exit code 1)");
  await daemon.exec(["sleep", "600"]);

  /** What `paasc list` prints on a terminal of that many columns. */
  const onTerminal = async (env: Record<string, string>, columns = 80) => {
    const { stdout } = await new Deno.Command("script", {
      args: ["-qec", `stty cols ${columns}; exec ${quoted(daemon.paascCommand(["list", "-a"]))}`, "/dev/null"],
      env: { NO_COLOR: "", TERM: "xterm", ...env },
      stdin: "null",
    }).output();
    return text(stdout).split("\r\n");
  };
  const plain = (lines: string[]) => lines.map(stripVTControlCharacters);

  await t.step("each state has its own", async () => {
    const states = (await onTerminal({})).slice(1, 4).map((line) => line.split(/ {2,}/)[2]);
    assertEquals(states, ["\x1b[32mrunning\x1b[39m", "\x1b[31mfinished\x1b[39m", "finished"]);
  });
  await t.step("they have no width", async () => {
    for (const columns of [80, 40, 20, 12]) {
      const lines = await onTerminal({}, columns);
      const widest = Math.max(...plain(lines).map((line) => [...line].length));
      assertEquals(widest <= columns, true, `${columns} columns: ${JSON.stringify(lines)}`);
    }
  });
  for (const [name, value] of Object.entries({ NO_COLOR: "1", TERM: "dumb" })) {
    await t.step(`none with ${name}=${value}`, async () => {
      const lines = await onTerminal({ [name]: value });
      assertEquals([lines, lines.length], [plain(lines), 5]);
    });
  }
  await t.step("none in a pipe", async () => {
    const printed = text((await daemon.paasc(["list", "-a"])).stdout);
    assertEquals(plain([printed]), [printed]);
  });
});

Deno.test("list --watch shows each change on a screen of its own, until Ctrl-C", { ignore: !hasScript }, async () => {
  await using daemon = await RunningDaemon.start();
  await daemon.exec(["--name", "first", "sleep", "600"]);
  const child = new Deno.Command("script", {
    args: ["-qec", `stty cols 80 rows 10; exec ${quoted(daemon.paascCommand(["list", "--watch"]))}`, "/dev/null"],
    env: { NO_COLOR: "1", TERM: "xterm" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await using terminal = new RunningClient(child, { input: "open" });
  const shows = (state: RegExp) => state.test(terminal.printed);
  await until("the list is there", () => terminal.printed.includes("\x1b[?1049h") && shows(/first +running/));
  await daemon.exec(["--name", "second", "sleep", "600"]);
  await until("the new process is there", () => shows(/second +running/));
  assertEquals((await daemon.paasc(["stop", "first"])).code, 0);
  const screen = () => terminal.printed.slice(terminal.printed.lastIndexOf("\x1b[H"));
  await until("the finished one is not", () => !screen().includes("first"));
  await terminal.type("\x03");
  await terminal.endInput();
  const { code, stdout } = await terminal.result();
  assertEquals(code, 130);
  const printed = text(stdout);
  assert(printed.trimEnd().endsWith("\x1b[?25h\x1b[?1049l"), JSON.stringify(printed.slice(-60)));
});
