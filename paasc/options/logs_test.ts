import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { logsRequest } from "../client/requests.ts";
import { parseCommandLine } from "../command_line.ts";
import { ExitError } from "../exit.ts";
import { logChoice } from "./logs.ts";

const now = Date.parse("2026-01-31T12:00:00.250Z");

/** What a command line of `paasc logs` comes to. */
async function choice(...options: string[]) {
  const { given, settings, words } = await parseCommandLine(["logs", ...options, "some-id"], () => undefined);
  assertEquals(words, ["some-id"]);
  const { options: asked, ...others } = logChoice(given, settings.output, now);
  return { request: logsRequest(asked), ...others };
}

async function usageError(...options: string[]): Promise<string> {
  const error = await assertRejects(() => choice(...options), ExitError);
  assertEquals(error.reason, "usage");
  return error.message;
}

Deno.test("logChoice() asks for everything, as it comes, unless it is told otherwise", async () => {
  assertEquals(await choice(), {
    request: {
      follow: true,
      tailLines: undefined,
      fromOffset: undefined,
      since: undefined,
      until: undefined,
      stream: undefined,
      onSlow: "ON_SLOW_WAIT",
      compress: false,
    },
    form: { output: "text", timestamps: false, split: false },
    patience: 60_000,
  });
  assertEquals(
    await choice(
      "--tail=7",
      "--since",
      "1h30m",
      "--until",
      "500ms",
      "--no-follow",
      "--stderr-only",
      "--split",
      "--timestamps",
      "--compress",
    ),
    {
      request: {
        follow: false,
        tailLines: 7,
        fromOffset: undefined,
        since: { seconds: (now - 250) / 1000 - 5_400, nanos: 250_000_000 },
        until: { seconds: (now - 250) / 1000 - 1, nanos: 750_000_000 },
        stream: "LOG_STREAM_STDERR",
        onSlow: "ON_SLOW_WAIT",
        compress: true,
      },
      form: { output: "text", timestamps: true, split: true },
      patience: 60_000,
    },
  );
  assertEquals((await choice("--stdout-only")).request.stream, "LOG_STREAM_STDOUT");
  assertEquals((await choice("--reconnect", "1h")).patience, 3_600_000);
  assertEquals((await choice("--tail", "0")).request.tailLines, 0);
  const docker = await choice("-ft", "-n", "5");
  assertEquals([docker.request.tailLines, docker.request.follow, docker.form.timestamps], [5, true, true]);
  assertEquals((await choice("--on-slow", "skip")).request.onSlow, "ON_SLOW_SKIP");
  assertEquals((await choice("--on-slow=wait", "--no-follow")).request.onSlow, "ON_SLOW_WAIT");
});

Deno.test("logChoice() takes every digit of an RFC 3339 time", async () => {
  for (const text of ["2026-01-31T23:59:59.123456789Z", "2026-02-01t01:29:59.123456789+01:30"]) {
    const seconds = Date.parse("2026-01-31T23:59:59Z") / 1000;
    assertEquals((await choice("--since", text)).request.since, { seconds, nanos: 123_456_789 });
  }
});

Deno.test("logChoice() names the option that is no good", async () => {
  for (const text of ["-5", "1.5", "many", "1e3", "99999999999999999"]) {
    assertStringIncludes(await usageError("--tail", text), `option '--tail' takes a number of lines, not '${text}'`);
  }
  for (const name of ["since", "until"]) {
    for (
      const text of ["10", "10x", "-1h", "1h 30m", "yesterday", "2026-01-31", "2026-01-31T12:00:00"].concat(
        ["2026-02-30T12:00:00Z", "2026-01-31T25:00:00Z", "1960-01-01T00:00:00Z"],
      )
    ) {
      assertStringIncludes(await usageError(`--${name}`, text), `option '--${name}' takes a duration such as 10m`);
    }
  }
  assertStringIncludes(await usageError("--reconnect", "soon"), "option '--reconnect' takes a duration");
  assertStringIncludes(await usageError("--stdout-only", "--stderr-only"), "exclude each other");
  assertStringIncludes(await usageError("-f", "--no-follow"), "'--follow' and '--no-follow' exclude each other");
  for (const [since, until] of [["1h", "2h"], ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"]] as const) {
    assertStringIncludes(await usageError("--since", since, "--until", until), "'--since' is not before '--until'");
  }
  for (const text of ["never", "Skip", "constructor"]) {
    assertStringIncludes(await usageError("--on-slow", text), `option '--on-slow' takes wait or skip, not '${text}'`);
  }
  assertStringIncludes(
    await usageError("--on-slow", "skip", "--no-follow"),
    "options '--on-slow skip' and '--no-follow' exclude each other",
  );
  assertStringIncludes(await usageError("-ojson", "--split"), "option '--split' is for text");
  assertStringIncludes(await usageError("-ojson", "--timestamps"), "option '--timestamps' is for text");
  assertStringIncludes(await usageError("--tail="), "option '--tail' takes a value, N");
  for (const name of ["no-follow", "compress"]) {
    assertStringIncludes(await usageError(`--${name}=yes`), "takes no value");
  }
});

Deno.test("the options of logs are no options of other commands, nor stand before its name", async () => {
  for (const args of [["exec", "--tail", "1", "ls"], ["--tail", "1", "logs", "id"]]) {
    await assertRejects(() => parseCommandLine(args, () => undefined), ExitError, "unknown option '--tail'");
  }
});

Deno.test("logChoice() makes a search of its options", async () => {
  const { request, form, timeout } = await choice(
    ..."--grep a.b -iv -C 3 -A 1 --until-match end --timeout 2s".split(" "),
  );
  assertEquals(request.grep, { pattern: "a.b", ignoreCase: true, invert: true, before: 3, after: 1 });
  assertEquals(request.untilMatch, { pattern: "end", ignoreCase: true });
  assertEquals([form.groups, timeout], [true, 2_000]);
  assertEquals((await choice("--grep", "x")).form.groups, undefined);
});

Deno.test("logChoice() refuses options of a search without one, and too many lines", async () => {
  for (const option of ["-v", "-A1", "-B1", "-C1"]) assertStringIncludes(await usageError(option), "needs '--grep'");
  assertStringIncludes(await usageError("-i"), "needs '--grep' or '--until-match'");
  assertStringIncludes(await usageError("--grep", "x", "-C", "201"), "a number of lines, at most 200, not '201'");
});
