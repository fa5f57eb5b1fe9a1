import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { leased } from "../../tests/support/leased_file.ts";
import { inOwnProcess } from "../../tests/support/own_process.ts";
import { until } from "../../tests/support/until.ts";
import { SpawnError } from "../errors.ts";
import { keepDescriptors, loadLibc } from "../system/libc.ts";
import type { Process } from "../process/process.ts";
import { spawn, type SpawnOptions } from "../spawn.ts";
import { Spool } from "../spool/spool.ts";

assert(loadLibc()); // the library stays loaded, so it is no leak of a test
assert(keepDescriptors());

const ROOT = Deno.uid() === 0;
const NOBODY = { uid: 65534, gid: 65534, name: "nobody", home: "/nonexistent", shell: "/bin/sh" };

type Run = (args: string[], options?: Partial<SpawnOptions>) => Promise<Process>;

/** The ways to start a process. */
const WAYS: Record<string, Partial<SpawnOptions>> = {
  "pipes": {},
  "limits": { limits: { core: 0 } },
  "a terminal": { terminal: { columns: 80, rows: 24 } },
  ...ROOT && { "an account": { account: NOBODY } },
};

/** Runs a test in each way, with a directory that every account may enter. */
function launchTest(name: string, test: (run: Run, directory: string) => Promise<void>, ways = WAYS): void {
  for (const [way, options] of Object.entries(ways)) {
    Deno.test(`spawn() with ${way} ${name}`, async () => {
      const directory = await Deno.makeTempDir({ dir: "/tmp" });
      await Deno.chmod(directory, 0o755);
      const processes: Process[] = [];
      try {
        using spool = await Spool.open(`${directory}/spool`);
        await test(async (args, more) => {
          const process = await spawn({ args, spool, ...options, ...more });
          processes.push(process);
          return process;
        }, directory);
        assertEquals(logsIn(`${directory}/spool`), processes.length); // no other process has left anything
        await Promise.all(processes.map((process) => (process.kill(), process.ended)));
      } finally {
        for (const process of processes) process.kill();
        await Promise.all(processes.map((process) => process.ended));
        await Deno.remove(directory, { recursive: true });
      }
    });
  }
}

/** Returns the number of logs in a spool. */
function logsIn(directory: string): number {
  return [...Deno.readDirSync(directory)].filter(({ isDirectory }) => isDirectory).length;
}

async function output(process: Process): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const { data } of process.logs()) parts.push(data.slice());
  return (await new Blob(parts).text()).replaceAll("\r\n", "\n");
}

/** Makes a file in a directory. By default everybody may read and run it. */
async function make(path: string, text: string, mode = 0o755): Promise<string> {
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
  return path;
}

launchTest("gives argv[0] as it was given", async (run, directory) => {
  await Deno.symlink("/usr/bin/cat", `${directory}/cat`);
  for (const [program, options] of [["cat", {}], ["./cat", { cwd: directory }]] as const) {
    const process = await run([program, "/proc/self/cmdline"], options);
    assertEquals(await output(process), `${program}\0/proc/self/cmdline\0`);
  }
});

launchTest("looks a relative directory of PATH up in its own directory", async (run, directory) => {
  await Deno.mkdir(`${directory}/bin`);
  await make(`${directory}/bin/tool`, "#!/bin/sh\necho ran\n");
  for (const [PATH, cwd] of [["bin:/bin", directory], ["", `${directory}/bin`], ["/bin:", `${directory}/bin`]]) {
    assertEquals(await output(await run(["tool"], { cwd, env: { PATH: PATH! } })), "ran\n", PATH);
  }
});

launchTest("tells what stands in its way as execvp(3) does", async (run, directory) => {
  await make(`${directory}/plain`, "#!/bin/sh\n", 0o644);
  await make(`${directory}/orphan`, "#!/no/such/interpreter\n");
  await Deno.symlink("circle", `${directory}/circle`);
  await Deno.symlink("nowhere", `${directory}/dangling`);
  await Deno.mkdir(`${directory}/second`);
  await make(`${directory}/second/orphan`, "#!/bin/sh\necho second\n");
  const cases: [string, string, string][] = [
    ["plain", "not-executable", "it is not an executable file"],
    ["orphan", "program-not-found", "the interpreter that its first line names does not exist"],
    ["circle", "not-executable", "its path is a circle of symbolic links"],
    ["dangling", "program-not-found", "there is no such"],
  ];
  for (const [name, failure, words] of cases) {
    for (const [program, PATH] of [[name, directory], [`${directory}/${name}`, "/bin"]]) {
      const error = await assertRejects(() => run([program!], { env: { PATH: PATH! } }), SpawnError);
      assertEquals(error.failure, failure, program);
      assertStringIncludes(error.message, words);
    }
  }
  const PATH = `${directory}:${directory}/second:/bin`;
  assertEquals(await output(await run(["orphan"], { env: { PATH } })), "second\n");
});

launchTest("gives three descriptors, the signals, umask and soft limits of a login shell", async (run) => {
  const script = `ls /proc/self/fd | tr '\\n' ' '; grep -E 'Sig(Ign|Blk)' /proc/self/status; umask; ulimit -S -n`;
  const process = await run(["sh", "-c", script]);
  const printed = await output(process);
  const [descriptors, blocked, ignored, ...rest] = printed.replace(/ (?=Sig)/, "\n").trim().split("\n");
  assertEquals(descriptors!.trim(), "0 1 2 3", "but for that of ls, 3");
  // 32 and 33 are glibc's own, and no program can send or handle them.
  assertEquals([blocked, ignored].map((line) => BigInt(`0x${line!.split("\t")[1]}`) & ~(3n << 31n)), [0n, 0n]);
  assertEquals(rest, ["0022", "1024"]);
});

launchTest("takes another umask and PATH where it is told to", async (run) => {
  const process = await run(["sh", "-c", "umask; echo $PATH"], { umask: 0o027, path: "/usr/bin:/bin" });
  assertEquals(await output(process), "0027\n/usr/bin:/bin\n");
});

launchTest("has the same working directory in every way", async (run, directory) => {
  const account = ROOT && (await run(["id", "-u"]).then(output)) === "65534\n";
  assertEquals(await output(await run(["pwd"])), account ? "/\n" : `${Deno.cwd()}\n`);
  const closed = `${directory}/closed`;
  await Deno.mkdir(closed, { mode: 0o700 });
  if (!account) return;
  const error = await assertRejects(() => run(["pwd"], { cwd: closed }), SpawnError);
  assertEquals(error.failure, "directory-not-found");
  assertStringIncludes(error.message, "its working directory is not open to the account");
  // An account that may not look does not learn whether a file exists.
  for (const name of ["spool", "nosuch"]) {
    const { message } = await assertRejects(() => run(["pwd"], { cwd: `${closed}/${name}` }), SpawnError);
    assertEquals(message, error.message);
    const denied = await assertRejects(() => run([name], { env: { PATH: closed } }), SpawnError);
    assertEquals(denied.failure, "not-executable");
  }
});

for (const [way, options] of Object.entries(WAYS)) {
  Deno.test(`spawn() with ${way} starts in / where the directory of this program was removed`, async () => {
    const directory = await Deno.makeTempDir({ dir: "/tmp" });
    await Deno.chmod(directory, 0o755);
    try {
      const printed = await inOwnProcess(`
        import { spawn, Spool } from "@paas/worker";
        import { keepDescriptors } from "@paas/worker/confinement";
        keepDescriptors();
        using spool = await Spool.open("${directory}/spool");
        Deno.mkdirSync("${directory}/gone");
        Deno.chdir("${directory}/gone");
        Deno.removeSync("${directory}/gone");
        const process = await spawn({ ...${JSON.stringify(options)}, args: ["pwd"], spool });
        for await (const { data } of process.logs()) Deno.stdout.writeSync(data);
        await process.ended;
      `);
      assertEquals(printed.trimEnd(), "/");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

launchTest("waits alone for a file that does not answer, and can be cancelled", async (run, directory) => {
  await using file = await leased(directory);
  const cancelling = new AbortController();
  const starting = run([file.path], { signal: cancelling.signal, env: { TOKEN: "secret" } });
  starting.catch(() => {});
  // Meanwhile no other account can read its variables; all accounts can read its arguments.
  await until("the chain looks at the file", async () => {
    const { stdout } = await new Deno.Command("ps", { args: ["-eww", "-o", "args="] }).output();
    const lines = new TextDecoder().decode(stdout);
    assert(!lines.includes("secret"));
    return lines.includes(`${file.path} + /usr/bin/env`) || lines.includes("prlimit --core");
  });
  // Others start meanwhile: the event loop does not wait.
  for (let count = 0; count < 3; count++) assertEquals((await (await run(["true"])).finished).exit, { code: 0 });
  cancelling.abort(new Error("no longer wanted"));
  await assertRejects(() => starting, Error, "no longer wanted");
});

launchTest("refuses at once when its signal has aborted", async (run) => {
  await assertRejects(() => run(["true"], { signal: AbortSignal.abort(new Error("too late")) }), Error, "too late");
});

Deno.test("spawn() takes a PATH of very many parts in linear time and memory", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const printed = await inOwnProcess(`
      import { spawn, Spool } from "@paas/worker";
      using spool = await Spool.open("${directory}/spool");
      const before = Deno.memoryUsage().rss;
      const env = { PATH: ":".repeat(100_000) + "/usr/bin" };
      const error = await spawn({ args: ["a".repeat(255)], env, spool }).catch((error) => error);
      console.log(error.failure, Deno.memoryUsage().rss - before);
    `);
    const [failure, growth] = printed.split(" ");
    assertEquals(failure, "program-not-found");
    assert(Number(growth) < 100 * 2 ** 20, `it grew by ${growth} bytes`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("spawn() refuses names and texts that no kernel takes, before it makes anything of them", async () => {
  const directory = await Deno.makeTempDir();
  try {
    using spool = await Spool.open(directory);
    const cases: [Partial<SpawnOptions>, string][] = [
      [{ args: ["a".repeat(1_900_000)], env: { PATH: ":".repeat(100_000) } }, "longer than a path can be"],
      [{ args: [`/${"a".repeat(256)}`] }, "longer than a path can be"],
      [{ args: ["true", "x".repeat(131_072)] }, "argument 1 has more than 131071 bytes"],
      [{ args: ["true", "é".repeat(65_536)] }, "argument 1 has more than 131071 bytes"],
      [{ args: ["true"], env: { A: "x".repeat(131_062) } }, 'the variable "A" has more than 131063 bytes'],
      [{ args: ["true"], cwd: "/a".repeat(2_048) }, "longer than a path can be"],
    ];
    for (const [options, words] of cases) {
      const { message } = await assertRejects(() => spawn({ args: [], spool, ...options }), SpawnError);
      assertStringIncludes(message, words);
      assert(message.length < 300);
    }
    assertEquals(logsIn(directory), 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test({
  name: "spawn() is not held up by a process of the account that stops all others, and its start can be ended",
  ignore: !ROOT,
  async fn() {
    const directory = await Deno.makeTempDir({ dir: "/tmp" });
    await Deno.chmod(directory, 0o755);
    using spool = await Spool.open(`${directory}/spool`);
    const account = { ...NOBODY, uid: 64_997 };
    const stopper = await spawn({ args: ["sh", "-c", "while :; do kill -STOP -1; done"], spool, account });
    try {
      await until("somebody is stopped", async () => {
        const signal = AbortSignal.timeout(500);
        try {
          const process = await spawn({ args: ["true"], spool, account, signal });
          process.kill(); // the signal may have reached the program, a moment later
          await process.ended;
          return false;
        } catch (error) {
          return error === signal.reason;
        }
      });
      const other = await spawn({ args: ["true"], spool });
      assertEquals((await other.finished).exit, { code: 0 });
      await other.ended;
    } finally {
      stopper.kill();
      await stopper.ended;
    }
    const after = await spawn({ args: ["true"], spool, account });
    assertEquals((await after.finished).exit, { code: 0 });
    await after.ended;
    // The stopped processes are gone too.
    await until("nobody of the account is left", async () => {
      const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=,stat=", "-U", "64997"] }).output();
      return stdout.length === 0;
    });
    await Deno.remove(directory, { recursive: true });
  },
});
