import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { RunningDaemon, sharedDaemon, startPaasc, text } from "../support/programs.ts";

const shared = sharedDaemon();

/** What a command with these options of `paasc exec` prints. */
async function printed(daemon: RunningDaemon, options: string[], command: string[]): Promise<string> {
  const id = await daemon.exec([...options, ...command]);
  return text((await daemon.paasc(["logs", id])).stdout);
}

/** The final status of a process, once it has finished. */
async function finalStatus(daemon: RunningDaemon, id: string) {
  return JSON.parse(text((await daemon.paasc(["wait", "-o", "json", id])).stdout));
}

/** The one line on stderr of a `paasc exec` that is refused with this exit code. */
async function refusal(daemon: RunningDaemon, words: string[], exitCode: number): Promise<string> {
  const { code, stdout, stderr } = await daemon.paasc(["exec", ...words]);
  assertEquals([code, text(stdout)], [exitCode, ""], stderr);
  assertMatch(stderr, /^paasc: [^\n]+\n$/);
  return stderr;
}

Deno.test("exec --env and --env-file set variables, whatever their values are", async () => {
  const daemon = shared();
  const directory = await Deno.makeTempDir();
  const file = join(directory, "app.env");
  await Deno.writeTextFile(file, "# of the file\nF=file\n\nG='q\" $HOME\nODD=no\n");
  const odd = ` a=b "c" 'd' $HOME\n\t€\x1b; `;
  const options = ["--env-file", file, "--env", `ODD=${odd}`, "--env", "EMPTY=", "--env", "PATH=/usr/bin:/bin"];
  const script = 'printf "%s|" "$ODD" "${EMPTY-unset}" "$F" "$G" "$PATH" "${NONE-unset}"';
  try {
    assertEquals(
      await printed(daemon, options, ["sh", "-c", script]),
      `${odd}||file|'q" $HOME|/usr/bin:/bin|unset|`,
    );
    await Deno.writeTextFile(file, "F=file\nsecret\n");
    assertEquals(
      await refusal(daemon, ["--env-file", file, "true"], 2),
      `paasc: line 2 of ${file} is not of the form NAME=VALUE: see 'paasc exec --help'\n`,
    );
    assertStringIncludes(await refusal(daemon, ["--env-file", `${file}s`, "true"], 2), "it does not exist");
    assertStringIncludes(await refusal(daemon, ["--env", "HOME", "true"], 2), "option '--env' takes NAME=VALUE");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("exec --cwd runs a command where it says, or says why not", async () => {
  const daemon = shared();
  assertEquals(await printed(daemon, ["--cwd", "/"], ["pwd"]), "/\n");
  for (const [directory, why] of [["nowhere", "absolute"], [".", "absolute"], ["/no/such/place", "does not exist"]]) {
    assertStringIncludes(await refusal(daemon, ["--cwd", directory!, "true"], 1), why!);
  }
});

Deno.test("exec --timeout ends a process that runs too long, and --grace says how soon", async () => {
  const daemon = shared();
  const id = await daemon.exec(["--timeout", "200ms", "sleep", "600"]);
  const { signal, signalName, endReason, stop, durationSeconds } = await finalStatus(daemon, id);
  assertEquals([signal, signalName, endReason, stop.killed], [15, "SIGTERM", "timed-out", false]);
  assert(durationSeconds >= 0.19 && durationSeconds < 5, `it ran for ${durationSeconds} s`);
  assertStringIncludes(
    text((await daemon.paasc(["status", "--verbose", id])).stdout),
    "Reason: ran longer than its timeout",
  );

  const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"];
  const killed = await finalStatus(daemon, await daemon.exec(["--timeout=200ms", "--grace", "100ms", ...stubborn]));
  assertEquals([killed.signal, killed.endReason, killed.stop.killed], [9, "timed-out", true]);

  assertEquals((await finalStatus(daemon, await daemon.exec(["--timeout", "1h", "true"]))).endReason, "exited");
  await refusal(daemon, ["--timeout", "0s", "true"], 1);
  await refusal(daemon, ["--timeout", "5", "true"], 2);
});

Deno.test("exec --max-output ends a process that prints too much", async () => {
  const daemon = shared();
  const id = await daemon.exec(["--max-output", "64k", "sh", "-c", "yes"]);
  const { state, endReason, logBytes } = await finalStatus(daemon, id);
  assertEquals([state, endReason], ["finished", "output-limit"]);
  assert(logBytes >= 64 * 1024, `${logBytes} bytes`);
  assertStringIncludes(
    text((await daemon.paasc(["status", "-v", id])).stdout),
    "Reason: printed more than its limit",
  );
  const few = await finalStatus(daemon, await daemon.exec(["--max-output", "6", "echo", "hello"]));
  assertEquals([few.endReason, few.logBytes], ["exited", 6]);
});

Deno.test("exec --name is refused while a live process has it, and free again after that", async () => {
  const daemon = shared();
  const id = await daemon.exec(["--name", "web", "sleep", "600"]);
  assertMatch(await refusal(daemon, ["--name", "web", "true"], 1), /"web".*a running one has that name/);
  await daemon.exec(["--name", "web", "true"], { as: "bob" }); // names are each user's own
  assertEquals((await daemon.paasc(["stop", id])).code, 0);
  await daemon.exec(["--name", "web", "true"]);
  const odd = ["a b", "a/b", "x".repeat(64), id, id.slice(0, 8), id.slice(0, 13).toUpperCase(), "-x", "--", ".", ".."];
  for (const name of odd) await refusal(daemon, [`--name=${name}`, "true"], 1);
  for (const name of ["...", ".x", "x-", "2b5c", "12345678x", "deadbeef0"]) await daemon.exec(["--name", name, "true"]);
});

Deno.test("exec --request-id starts a command once, however often it is repeated", async () => {
  const daemon = shared();
  const directory = await Deno.makeTempDir();
  const file = join(directory, "runs");
  try {
    const words = ["--request-id", "deploy 7", "sh", "-c", `echo run >> '${file}'`];
    const ids = await Promise.all([1, 2, 3].map(() => daemon.exec(words)));
    assertEquals(new Set(ids).size, 1);
    await finalStatus(daemon, ids[0]!);
    assertEquals([await daemon.exec(words), await Deno.readTextFile(file)], [ids[0], "run\n"]);
    assertStringIncludes(await refusal(daemon, ["--request-id", "deploy 7", "true"], 1), "another command");
    assert(await daemon.exec(["true"]) !== await daemon.exec(["true"]));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("exec starts a command once, wherever the connection breaks before the answer", async () => {
  const daemon = shared();
  await using proxy = await TcpProxy.to(daemon.port);
  const directory = await Deno.makeTempDir();
  const server = `127.0.0.1:${proxy.port}`;
  const exec = (file: string) =>
    startPaasc(["--server", server, "exec", "sh", "-c", `echo run >> '${directory}/${file}'`]).result();
  try {
    assertEquals((await exec("whole")).code, 0);
    const whole = proxy.bytes;
    let retried = 0;
    for (const missing of [10, 50, 90, 130, 170, 210]) {
      const connections = proxy.connections;
      proxy.limits = [whole - missing];
      const { code, stdout, stderr } = await exec(`${missing}`);
      if (proxy.connections === connections + 1) continue; // the answer came before, or the first connection failed
      assertEquals([code, stderr], [0, ""], `without the last ${missing} bytes`);
      await finalStatus(daemon, text(stdout).trimEnd());
      assertEquals(await Deno.readTextFile(`${directory}/${missing}`), "run\n");
      retried++;
    }
    assert(retried > 0, "no call was retried");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
