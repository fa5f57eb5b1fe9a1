import { assertEquals, assertMatch, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { execRequest } from "../client/requests.ts";
import { parseCommandLine } from "../command_line.ts";
import { ExitError } from "../exit.ts";
import { execOptionsFrom, parseDisconnect, parseRestart } from "./exec.ts";

/** The request that a command line of `paasc exec` comes to. */
async function request(...line: string[]) {
  const { given, repeated, words } = await parseCommandLine(["exec", ...line], () => undefined);
  return execRequest(words, await execOptionsFrom("exec", words, given, repeated));
}

async function usageError(...line: string[]): Promise<string> {
  const error = await assertRejects(() => request(...line), ExitError);
  assertEquals(error.reason, "usage");
  return error.message;
}

Deno.test("execOptionsFrom() asks for nothing that was not asked for, but for a request id of its own", async () => {
  const [one, other] = [await request("ls", "--env", "A=1"), await request("ls")];
  assertEquals(one, {
    args: ["ls", "--env", "A=1"],
    env: {},
    cwd: undefined,
    timeout: undefined,
    grace: undefined,
    maxOutputBytes: undefined,
    limits: undefined,
    name: undefined,
    labels: {},
    requestId: one.requestId,
    stdin: undefined,
    terminal: undefined,
    stopAfterDisconnect: undefined,
    restart: undefined,
  });
  assertMatch(one.requestId!, /^[0-9a-f-]{36}$/);
  assertNotEquals(one.requestId, other.requestId);
});

Deno.test("execOptionsFrom() passes on a variable that is set here, by its name", async () => {
  Deno.env.set("PAASC_PASS_MINE", "a=b c");
  try {
    assertEquals((await request("-e", "MINE", "--env=OTHER=1", "true")).env, { MINE: "a=b c", OTHER: "1" });
    assertStringIncludes(await usageError("-e", "HOME", "true"), "that is set here, not 'HOME'");
    assertStringIncludes(await usageError("-e", "MI*", "true"), "that is set here, not 'MI*'");
  } finally {
    Deno.env.delete("PAASC_PASS_MINE");
  }
});

Deno.test("execOptionsFrom() passes on what was given", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "A=file\nF=file\n");
  const options = ["--env", "A=first", "--env-file", file, "--env=A=x=y\nz", "--env", "E="].concat(
    ["--cwd", "/tmp", "--timeout", "1m30.5s", "--grace", "0s", "--max-output", "2k", "--name", "web"],
    ["--limit", "nofile=100", "--limit=cpu=1m,nofile=99"],
    ["--label", "team=red", "--label", "note=a b", "--request-id", "mine", "--on-disconnect", "stop-after=1m"],
  );
  assertEquals(await request(...options, "--", "true"), {
    args: ["true"],
    env: { A: "x=y\nz", F: "file", E: "" },
    cwd: "/tmp",
    timeout: { seconds: 90, nanos: 500_000_000 },
    grace: { seconds: 0, nanos: 0 },
    maxOutputBytes: 2048,
    limits: { as: undefined, core: undefined, cpu: 60, fsize: undefined, nofile: 99, nproc: undefined },
    name: "web",
    labels: { team: "red", note: "a b" },
    requestId: "mine",
    stdin: undefined,
    terminal: undefined,
    stopAfterDisconnect: { seconds: 60, nanos: 0 },
    restart: undefined,
  });
  await Deno.remove(file);
});

Deno.test("execOptionsFrom() names the option that is no good", async () => {
  for (const text of ["A", "=1", "="]) {
    assertStringIncludes(
      await usageError("--env", text, "x"),
      `option '--env' takes NAME=VALUE, or the NAME of a variable that is set here, not '${text}'`,
    );
    assertStringIncludes(await usageError("--label", text, "x"), `option '--label' takes NAME=VALUE, not '${text}'`);
  }
  assertStringIncludes(await usageError("--env", "A B=1", "x"), "'--env' takes a name without white space, not 'A B'");
  for (const name of ["timeout", "grace"]) {
    assertStringIncludes(await usageError(`--${name}`, "10", "x"), `option '--${name}' takes a duration such as 30s`);
  }
  for (const size of ["0", "0K"]) {
    assertStringIncludes(await usageError("--max-output", size, "x"), "option '--max-output' takes a size such as");
  }
  for (const option of [["--env", "A=\ufffd"], ["--cwd", "/caf\ufffd"], ["--name", "\ufffd"]]) {
    assertStringIncludes(await usageError(...option, "x"), "is not UTF-8 text");
  }
});

Deno.test("execOptionsFrom() takes variables from stdin once, and not from that of a program", async () => {
  assertStringIncludes(await usageError("--env-file", "-", "--env-file", "/dev/stdin", "x"), "can name stdin once");
  const { given, repeated, words } = await parseCommandLine(["run", "--env-file", "-", "x"], () => undefined);
  const error = await assertRejects(() => execOptionsFrom("run", words, given, repeated), ExitError);
  assertStringIncludes(error.message, "give '--no-stdin' too");
});

Deno.test("parseDisconnect() reads what is to happen, and refuses all else", () => {
  const texts = ["keep", "stop", "stop-after=500ms", "stop-after=", "stop-after=5", "never", ""];
  assertEquals(texts.map(parseDisconnect), ["keep", 0, 500, undefined, undefined, undefined, undefined]);
});

Deno.test("parseRestart() reads the words of docker that hold here, and refuses all else", async () => {
  const texts = ["no", "on-failure", "on-failure:1", "on-failure:100"];
  assertEquals(texts.map(parseRestart), [false, true, 1, 100]);
  const wrong = [
    "always",
    "unless-stopped",
    "on-failure:",
    "on-failure:0",
    "on-failure:101",
    "on-failure:-1",
    "no:1",
    "",
  ];
  for (const text of wrong) assertEquals(parseRestart(text), undefined, text);
  const condition = "RESTART_CONDITION_ON_FAILURE";
  const restartOf = async (policy: string) => (await request("--restart", policy, "true")).restart;
  assertEquals(await restartOf("on-failure:5"), { condition, maxRestarts: 5 });
  assertEquals(await restartOf("on-failure"), { condition, maxRestarts: undefined });
  assertEquals(await restartOf("no"), undefined);
  assertStringIncludes(
    await usageError("--restart", "always", "x"),
    "takes no, on-failure, or on-failure: and a number",
  );
});
