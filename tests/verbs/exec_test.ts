import { status as Code } from "@paas/proto/grpc";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { failure } from "../support/realm.ts";
import { baseEnvironment, SYSTEM_PATH } from "@paas/worker/confinement";
import { RunningDaemon, sharedDaemon, startPaasc, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";

const shared = sharedDaemon();

/** Prints its arguments, each with a NUL behind it. */
const PRINT_ARGUMENTS = ["sh", "-c", 'for argument; do printf "%s\\0" "$argument"; done', "sh"];

Deno.test("exec prints the id alone, and the exit code is reported as it is", async () => {
  const daemon = shared();
  await using client = new RawClient(daemon);
  for (const code of [0, 1, 3, 255]) {
    const { stdout, stderr } = await daemon.paasc(["exec", "sh", "-c", `echo out; exit ${code}`]);
    assertEquals(stderr, "");
    assert(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/.test(text(stdout)), text(stdout));
    const id = text(stdout).trimEnd();
    const logs = await daemon.paasc(["logs", id]);
    assertEquals([logs.code, text(logs.stdout), logs.stderr], [0, "out\n", ""]);
    assertEquals(await daemon.status(id), `Status: finished (exit code ${code})`);
    const { exit, exitCode, signal, endReason, stop } = await client.status(id);
    assertEquals([exit, exitCode, signal, endReason, stop], ["exitCode", code, undefined, "END_REASON_EXITED", null]);
  }
});

Deno.test("exec a death by any signal is reported with its number, and the daemon goes on", async () => {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  for (const number of [9, 11, 15, 37, 64]) {
    const id = await daemon.exec(["bash", "-c", `ulimit -c 0; kill -${number} $$; sleep 60`]);
    const { exit, exitCode, signal, endReason } = await client.untilFinished(id);
    assertEquals([exit, exitCode, signal, endReason], ["signal", undefined, number, "END_REASON_SIGNALLED"]);
    assertEquals(await daemon.status(id), `Status: finished (signal ${number})`);
  }
  assertEquals(daemon.log.includes("unforeseen"), false, daemon.log);
});

Deno.test("exec passes arguments on exactly as given", async (t) => {
  const daemon = shared();
  const printed = async (args: string[], before: string[] = []) => {
    const id = await daemon.exec([...before, ...PRINT_ARGUMENTS, ...args]);
    return text((await daemon.paasc(["logs", id])).stdout);
  };
  const asPrinted = (args: string[]) => args.map((argument) => `${argument}\0`).join("");
  const cases: Record<string, string[]> = {
    "none": [],
    "empty strings": ["", "", "a", ""],
    "spaces and newlines": [" ", "  a  b ", "\n", "line\nline\n", "\t\r\n", "trailing "],
    "quotes and what a shell would take apart": [
      `"`,
      `'`,
      `a'b"c`,
      "`id`",
      "$HOME",
      "$(id)",
      "*",
      "~",
      "\\",
      "a;b|c&d>e",
    ],
    "unicode and control characters": ["ä€😀", "e\u0301", "\u202e", "\x01\x1b[31m\x7f", "\ufeffbom"],
    "100 KB": ["x".repeat(100_000), "€".repeat(33_333)],
    "words like our own flags": [
      "--help",
      "-h",
      "-o",
      "json",
      "--server",
      "nowhere:1",
      "--version",
      "--",
      "--",
      "-",
      "-x",
    ],
  };
  for (const [name, args] of Object.entries(cases)) {
    await t.step(name, async () => assertEquals(await printed(args), asPrinted(args)));
  }
  await t.step("one leading -- is dropped", async () => {
    assertEquals(await printed(["--", "a"], ["--"]), asPrinted(["--", "a"]));
    for (const words of [["--", "--help"], ["--", "--", "true"]]) {
      const { code, stderr } = await daemon.paasc(["exec", ...words]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `Cannot start "${words[1]}": there is no such program`);
    }
  });
});

Deno.test("exec refuses what cannot be started with a code and a sentence, and leaves nothing behind", async (t) => {
  const directory = await Deno.makeTempDir();
  const spool = join(directory, "spool");
  const file = async (name: string, content: string, mode: number) => {
    const path = join(directory, name);
    await Deno.writeTextFile(path, content);
    await Deno.chmod(path, mode);
    return path;
  };
  const plain = await file("plain", "#!/bin/sh\n", 0o644);
  const orphan = await file("orphan", "#!/no/such/interpreter\n", 0o755);
  const cases: [string, string[], Code, string][] = [
    [
      "a missing program",
      ["no-such-program"],
      Code.NOT_FOUND,
      'Cannot start "no-such-program": there is no such program in its PATH',
    ],
    [
      "a missing path",
      ["/no/such/program"],
      Code.NOT_FOUND,
      'Cannot start "/no/such/program": there is no such file',
    ],
    [
      "a missing interpreter",
      [orphan],
      Code.NOT_FOUND,
      `Cannot start "${orphan}": the interpreter that its first line names does not exist`,
    ],
    [
      "a file below a file",
      [`${plain}/x`],
      Code.NOT_FOUND,
      `Cannot start "${plain}/x": there is no such file`,
    ],
    [
      "a file that is not executable",
      [plain],
      Code.PERMISSION_DENIED,
      `Cannot start "${plain}": it is not an executable file`,
    ],
    ["a directory", [directory], Code.PERMISSION_DENIED, `Cannot start "${directory}": it is not an executable file`],
    ["an empty name", [""], Code.INVALID_ARGUMENT, "Cannot start a process: the program's name is empty"],
    [
      "an empty name with arguments",
      ["", "a"],
      Code.INVALID_ARGUMENT,
      "Cannot start a process: the program's name is empty",
    ],
    ["no argv", [], Code.INVALID_ARGUMENT, "Cannot start a process: no command was given"],
    ["NUL in the name", ["tr\0ue"], Code.INVALID_ARGUMENT, "Cannot start a process: an argument contains a NUL byte"],
    [
      "NUL in an argument",
      ["true", "a\0b"],
      Code.INVALID_ARGUMENT,
      "Cannot start a process: an argument contains a NUL byte",
    ],
    [
      "an argument that is too long",
      ["true", "x".repeat(131_072)],
      Code.INVALID_ARGUMENT,
      "Argument 1 must have at most 131,071 bytes, not 131,072",
    ],
  ];
  try {
    await using daemon = await RunningDaemon.start(["--spool-dir", spool]);
    await using client = new RawClient(daemon);
    for (const [name, args, code, details] of cases) {
      await t.step(name, async () => {
        const error = await failure(client.exec(args));
        assertEquals([error.code, error.details], [code, details]);
        // The kernel takes no NUL and no such length in paasc's own command line, and paasc itself refuses no words.
        if (args.length === 0 || args.some((argument) => argument.includes("\0") || argument.length > 100_000)) return;
        const { code: exitCode, stdout, stderr } = await daemon.paasc(["exec", ...args]);
        assertEquals([exitCode, text(stdout), stderr], [1, "", `paasc: ${details}\n`]);
      });
    }
    await t.step("nothing is left in the spool, and no process", async () => {
      const inSpool = () => [...Deno.readDirSync(spool)].map(({ name }) => name).sort();
      assertEquals(inSpool(), ["format", "history.db", "history.db-wal"]);
      assertEquals(await childrenOf(daemon.pid), []);
      // Both would have been seen.
      const id = await daemon.exec(["sleep", "600"]);
      assertEquals(inSpool(), [id, "format", "history.db", "history.db-wal"].sort());
      assertEquals((await childrenOf(daemon.pid)).length, 1);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("exec starts a process with a clean environment, an empty stdin and a session of its own", async (t) => {
  await using daemon = await RunningDaemon.start([], { PAAS_TEST_SECRET: "secret", PAASD_STOP_GRACE: "3s", TZ: "UTC" });
  const output = async (args: string[]) => text((await daemon.paasc(["logs", await daemon.exec(args)])).stdout);
  await t.step("environment", async () => {
    const environment = Object.fromEntries(
      (await output(["env"])).trimEnd().split("\n").map((line) => /^([^=]*)=(.*)$/.exec(line)!.slice(1)),
    );
    assertEquals(environment, { ...baseEnvironment(), TZ: "UTC" });
  });
  await t.step("stdin", async () => {
    const id = await daemon.exec(["cat"]);
    assertEquals((await daemon.paasc(["logs", id])).stdout.length, 0);
    assertEquals(await daemon.status(id), "Status: finished (exit code 0)");
  });
  await t.step("session", async () => {
    const [pid, , , , group, session] = (await output(["cat", "/proc/self/stat"])).split(" ");
    assertEquals([group, session], [pid, pid]);
  });
  await t.step("a script without a first line, which sh reads, as execvp has it", async () => {
    const script = await Deno.makeTempFile();
    await Deno.writeTextFile(script, 'printf "%s." read by sh "$@"\n');
    await Deno.chmod(script, 0o755);
    assertEquals(await output([script, "a b"]), "read.by.sh.a b.");
    await Deno.remove(script);
  });
});

Deno.test("exec starts a process with nothing of what the daemon itself was started with", async (t) => {
  const directory = await Deno.makeTempDir();
  const prelude = `mkdir ${directory}/gone; exec 9</etc/passwd 12</etc/passwd; umask 077; trap '' QUIT TSTP XFSZ; `;
  const script = "ls /proc/self/fd | tr '\\n' ' '; umask; grep SigIgn /proc/self/status; echo $PATH";
  for (const flags of [[], ["--allow-program=/bin/sh"]]) {
    await t.step(`under ${flags[0] ?? "all permissions to run"}`, async () => {
      await using daemon = await RunningDaemon.start(flags, { PATH: `/odd:${Deno.env.get("PATH")}` }, { prelude });
      const { stdout } = await daemon.paasc(["logs", await daemon.exec(["sh", "-c", script])]);
      const [first, ignored, path] = text(stdout).split("\n");
      assertEquals([first, path], ["0 1 2 3 0022", SYSTEM_PATH]); // 3 is that of ls
      assertEquals(BigInt(`0x${ignored!.split("\t")[1]}`) & ~(3n << 31n), 0n); // 32 and 33 are glibc's own
    });
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test({
  name: "exec as another account gives no way to the keys of whoever started the daemon",
  ignore: Deno.uid() !== 0 || Deno.build.arch !== "x86_64", // the numbers of system calls
  async fn() {
    // A key in a new session keyring, as a login has it (add_key(2), keyctl(2)).
    const add = 'syscall(250, 1, 0); my ($t, $d, $p) = ("user", "paas-test", "secret"); ' +
      "syscall(248, $t, $d, $p, 6, -3) > 0 or exit 9; exec @ARGV";
    const prelude = `exec perl -e '${add}' sh paasd/start.sh "$@"; `;
    await using daemon = await RunningDaemon.start(["--run-as=nobody"], {}, { prelude });
    const search = 'my ($t, $d) = ("user", "paas-test"); print syscall(250, 10, -3, $t, $d, 0) > 0 ? "found" : "none"';
    const { stdout } = await daemon.paasc(["logs", await daemon.exec(["perl", "-e", search])]);
    assertEquals(text(stdout), "none");
  },
});

Deno.test("exec and the others answer wrong usage with exit code 2 and one line", async () => {
  const id = crypto.randomUUID();
  const cases: [string[], string][] = [
    [["-o", "json"], "a command is missing"],
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["exec"], "exec needs a program"],
    [["exec", "--"], "exec needs a program"],
    [["exec", "--nope", "ls"], "unknown option '--nope'"],
    [["exec", "-o", "xml", "ls"], "xml"],
    [["exec", "--server"], "takes a value"],
    [["status"], "needs the id"],
    [["attach", id, id], "takes one id"],
    [["logs"], "needs the id"],
    [["stop", id, "--nope"], "unknown option '--nope'"],
    [["kill", "web"], "a signal is missing before 'web'"],
    [["top"], "'paasc list --watch'"],
  ];
  // No daemon is there: none is asked.
  for (const [words, part] of cases) {
    const { code, stdout, stderr } = await startPaasc(["--server", "127.0.0.1:1", ...words]).result();
    assertEquals([code, text(stdout)], [2, ""], words.join(" "));
    assertStringIncludes(stderr, part);
    assert(/^paasc: [^\n]+\n$/.test(stderr), stderr);
  }
});

/** The ids of the processes that a process has started, zombies included. */
async function childrenOf(pid: number): Promise<string[]> {
  const children: string[] = [];
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const ids = await Deno.readTextFile(`/proc/${pid}/task/${name}/children`).catch(() => "");
    children.push(...ids.split(" ").filter(Boolean));
  }
  return children;
}
