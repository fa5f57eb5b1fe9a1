import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { type Account, verifyAccount } from "./account.ts";
import type { Limits } from "./limits.ts";
import { baseEnvironment } from "./environment.ts";
import { SpawnError } from "../errors.ts";
import { loadLibc } from "../system/libc.ts";
import type { LogReaderOptions } from "../log/reading.ts";
import type { Process } from "../process/process.ts";
import { spawn, type SpawnOptions } from "../spawn.ts";
import { Spool } from "../spool/spool.ts";

assert(loadLibc()); // the library stays loaded, so it is no leak of a test

const ROOT = Deno.uid() === 0;
const NOBODY: Account = { uid: 65534, gid: 65534, name: "nobody", home: "/nonexistent", shell: "/bin/false" };
const LIMITS: Limits = { nofile: 200, fsize: 4096 };
const TERMINAL = { columns: 80, rows: 24 };

type Run = (args: string[], options?: Partial<SpawnOptions>) => Promise<Process>;

/** Runs a test with a directory that every account may enter, and a spool that only this one may. */
function confinedTest(name: string, test: (run: Run, directory: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir({ dir: "/tmp" });
    await Deno.chmod(directory, 0o755);
    const processes: Process[] = [];
    try {
      const spool = await Spool.open(`${directory}/spool`);
      await test(async (args, options) => {
        const process = await spawn({ args, spool, ...options });
        processes.push(process);
        return process;
      }, directory);
    } finally {
      for (const process of processes) process.kill();
      await Promise.all(processes.map((process) => process.ended));
      await Deno.remove(directory, { recursive: true });
    }
  });
}

/** As {@linkcode confinedTest}, for what only root can do. */
function rootTest(name: string, test: (run: Run, directory: string) => Promise<void>): void {
  if (ROOT) return confinedTest(name, test);
  Deno.test(name, () => console.warn("SKIPPED: only root can run a process as another account"));
}

async function output(process: Process, options?: LogReaderOptions): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const { data } of process.logs(options)) {
    parts.push(data.slice());
  }
  return (await new Blob(parts).text()).replaceAll("\r\n", "\n");
}

/** The ways to confine a process: by launchers, by the runtime, and in a terminal. */
const WAYS: Record<string, Partial<SpawnOptions>> = {
  "limits": { limits: LIMITS },
  ...ROOT && {
    "an account": { account: NOBODY },
    "an account and limits": { account: NOBODY, limits: LIMITS },
    "limits in a terminal": { limits: LIMITS, terminal: TERMINAL },
    "an account in a terminal": { account: NOBODY, terminal: TERMINAL },
    "an account and limits in a terminal": { account: NOBODY, limits: LIMITS, terminal: TERMINAL },
  },
};

for (const [way, confined] of Object.entries(WAYS)) {
  confinedTest(`spawn() with ${way} passes arguments on exactly as given`, async (run) => {
    const args = [
      "",
      " ",
      "'\"`$HOME\\",
      "--help",
      "-o",
      "--",
      "a\nb",
      "=",
      "A=b",
      "{}",
      "-i",
      "x".repeat(100_000),
      "é",
    ];
    const process = await run(["printf", "%s|", ...args], confined);
    assertEquals(await output(process), args.map((arg) => `${arg}|`).join(""));
  });

  confinedTest(`spawn() with ${way} gives the clean base, and variables of whatever name`, async (run) => {
    const env = { "A.B": "1=2", EMPTY: "", "-i": "minus", "a b": "c", IFS: "x", PWD: "/nope", MULTI: "1\n2" };
    const process = await run(["env", "-0"], { ...confined, env });
    const variables = Object.fromEntries(
      (await output(process)).split("\0").slice(0, -1).map((v) => v.split(/=(.*)/s)),
    );
    const terminal = confined.terminal && { TERM: "xterm-256color" };
    assertEquals(variables, { ...baseEnvironment(confined), ...terminal, ...env });
  });

  confinedTest(`spawn() with ${way} is one process, which leads its session and group`, async (run) => {
    const process = await run(["sh", "-c", "exec ps -o pid=,pgid=,sess=,ppid= -p $$"], confined);
    const ids = (await output(process)).trim().split(/\s+/).map(Number);
    assertEquals(ids, [process.pid, process.pid, process.pid, Deno.pid]);
  });

  confinedTest(`spawn() with ${way} tells exit codes and signals of the program's own`, async (run) => {
    for (const code of [0, 1, 125, 126, 127, 255]) {
      const process = await run(["sh", "-c", `exit ${code}`], confined);
      assertEquals((await process.finished).exit, { code });
    }
    for (const signal of [9, 15]) {
      const process = await run(["sh", "-c", `kill -${signal} $$`], confined);
      assertEquals((await process.finished).exit, { signal });
    }
  });

  confinedTest(
    `spawn() with ${way} refuses what cannot be started in the same words as without`,
    async (run, directory) => {
      const file = async (name: string, text: string, mode = 0o755) => {
        await Deno.writeTextFile(`${directory}/${name}`, text);
        await Deno.chmod(`${directory}/${name}`, mode);
        return `${directory}/${name}`;
      };
      const interpreter = await file("interpreter", "#! /no/such/interpreter -x\n");
      const plain = await file("plain", "#!/bin/sh\n", 0o644);
      const cases: [string[], Partial<SpawnOptions>, string][] = [
        [[""], {}, "invalid-command"],
        [["no-such-program"], {}, "program-not-found"],
        [["/no/such/program"], {}, "program-not-found"],
        [["-x"], {}, "program-not-found"],
        [["/etc/passwd/x"], {}, "program-not-found"],
        [[interpreter], {}, "program-not-found"],
        [["interpreter"], { env: { PATH: `${directory}:/usr/bin` } }, "program-not-found"],
        [[plain], {}, "not-executable"],
        [["/etc"], {}, "not-executable"],
        [["echo", "x".repeat(131_072)], {}, "command-too-long"],
      ];
      for (const [args, options, failure] of cases) {
        const error = await assertRejects(() => run(args, { ...confined, ...options }), SpawnError);
        const without = await assertRejects(() => run(args, options), SpawnError);
        assertEquals([error.failure, error.message], [failure, without.message], JSON.stringify(args).slice(0, 80));
      }
      for (const cwd of ["/no/such/directory", "/etc/passwd"]) {
        const error = await assertRejects(() => run(["echo"], { ...confined, cwd }), SpawnError);
        assertEquals(error.failure, "directory-not-found");
        assertEquals(error.message, 'Cannot start "echo": its working directory does not exist or is no directory');
      }
    },
  );

  confinedTest(`spawn() with ${way} looks a program up in its own PATH and directory`, async (run, directory) => {
    await Deno.mkdir(`${directory}/a=b`);
    await Deno.writeTextFile(`${directory}/a=b/tool`, '#!/bin/sh\npwd; printf "%s|" "$@"\n', { mode: 0o755 });
    await Deno.chmod(`${directory}/a=b/tool`, 0o755);
    for (
      const [program, PATH] of [["tool", `/nope:${directory}/a=b:/usr/bin`], ["a=b/tool", "/usr/bin"]]
    ) {
      const process = await run([program!, "x=y", ""], { ...confined, cwd: directory, env: { PATH: PATH! } });
      assertEquals(await output(process), `${directory}\nx=y||`, PATH);
    }
  });

  confinedTest(`spawn() with ${way} gives it what is typed, and an end of it`, async (run) => {
    const process = await run(["head", "-n1"], { ...confined, stdin: true });
    await process.input!.write(new TextEncoder().encode("typed\n"));
    assertEquals((await output(process)).split("\n").at(-2), "typed");
  });
}

confinedTest("spawn() sets limits that the process cannot raise", async (run) => {
  const limits = { as: 2 ** 32, core: 0, cpu: 100, fsize: 4096, nofile: 64, nproc: 4000 };
  const names = ["AS", "CORE", "CPU", "FSIZE", "NOFILE", "NPROC"];
  const command = [
    "prlimit",
    "--noheadings",
    "--raw",
    "-o",
    "RESOURCE,SOFT,HARD",
    ...names.map((n) => `--${n.toLowerCase()}`),
  ];
  const told = (await output(await run(command, { limits }))).trimEnd().split("\n").sort();
  assertEquals(
    told,
    Object.entries(limits).map(([name, n]) => `${name.toUpperCase()} ${n} ${name === "cpu" ? n + 1 : n}`),
  );
  const raise = await run(["sh", "-c", "ulimit -n 65; echo no"], { limits: { nofile: 64 } });
  // Root may raise limits, unless the kernel denies it; so the test takes another account.
  if (!ROOT) assertEquals(await output(raise).then((text) => text.endsWith("no\n")), false);
});

confinedTest("a process that writes a larger file than its limit gets SIGXFSZ", async (run, directory) => {
  const process = await run(["sh", "-c", `exec head -c 5000 /dev/zero > ${directory}/file`], {
    limits: { fsize: 4096 },
  });
  assertEquals((await process.finished).exit, { signal: 25 });
  assertEquals((await Deno.stat(`${directory}/file`)).size, 4096);
});

confinedTest("a process that uses more processor time than its limit gets SIGXCPU, then SIGKILL", async (run) => {
  const loop = await run(["sh", "-c", "ulimit -c 0; while :; do :; done"], { limits: { cpu: 1 } });
  assertEquals((await loop.finished).exit, { signal: 24 });
  const stubborn = await run(["sh", "-c", "trap '' XCPU; while :; do :; done"], { limits: { cpu: 1 } });
  assertEquals((await stubborn.finished).exit, { signal: 9 });
});

confinedTest("a process with a limit of memory or files gets no more", async (run) => {
  const memory = await run(["dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1"], {
    limits: { as: 128 * 2 ** 20 },
  });
  assertEquals([(await memory.finished).exit, /exhausted|allocate/.test(await output(memory))], [{ code: 1 }, true]);
  const files = await run(["sh", "-c", "exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null"], {
    limits: { nofile: 6 },
  });
  assertEquals((await files.finished).exit, { code: 2 });
});

confinedTest("spawn() with limits that leave no room says so", async (run) => {
  for (const limits of [{ as: 4096 }, { nofile: 0 }]) {
    const error = await assertRejects(() => run(["true"], { limits }), SpawnError);
    assertEquals(error.failure, "not-confined");
  }
});

confinedTest("variables of the user's do not act on what sets the limits", async (run, directory) => {
  const trap = `echo outside > ${directory}/trap`;
  await Deno.writeTextFile(`${directory}/rc`, trap);
  for (const name of ["prlimit", "env", "sh", "cat"]) {
    await Deno.writeTextFile(`${directory}/${name}`, `#!/bin/sh\n${trap}\n`, { mode: 0o755 });
  }
  const env = {
    PATH: `${directory}:/usr/bin`,
    BASH_ENV: `${directory}/rc`,
    ENV: `${directory}/rc`,
    "BASH_FUNC_cd%%": "() { :; }",
  };
  const process = await run(["/bin/echo", "inside"], { limits: LIMITS, env, cwd: directory });
  assertEquals(await output(process), "inside\n");
  await assertRejects(() => Deno.stat(`${directory}/trap`), Deno.errors.NotFound);
});

rootTest(
  "a library of the user's is loaded as the account and under the limits, never before",
  async (run, directory) => {
    // ld.so names the library that it cannot preload, in the order of the started programs.
    for (const terminal of [undefined, TERMINAL]) {
      const process = await run(["id", "-u"], {
        account: NOBODY,
        limits: LIMITS,
        terminal,
        env: { LD_PRELOAD: `${directory}/none.so` },
      });
      // The two streams are separate pipes, in no order to each other.
      const printed = await output(process, { stream: "stderr" }) + await output(process, { stream: "stdout" });
      assertEquals(printed.match(/cannot be preloaded/g)?.length, 1, printed);
      assert(printed.endsWith("65534\n"), printed);
    }
  },
);

rootTest("spawn() as another account leaves it no other group, and its own variables", async (run) => {
  for (const terminal of [undefined, TERMINAL]) {
    const process = await run(["sh", "-c", "id -u; id -G; echo $HOME $USER $SHELL; pwd"], {
      account: NOBODY,
      terminal,
    });
    assertEquals(await output(process), "65534\n65534\n/nonexistent nobody /bin/sh\n/\n");
  }
});

rootTest(
  "spawn() as another account enters what that may enter, and runs what that may run",
  async (run, directory) => {
    const make = async (name: string, mode: number, uid: number) => {
      await Deno.mkdir(`${directory}/${name}`);
      await Deno.writeTextFile(`${directory}/${name}/tool`, `#!/bin/sh\necho ${name}\n`);
      await Deno.chmod(`${directory}/${name}/tool`, 0o755);
      await Deno.chown(`${directory}/${name}`, uid, uid);
      await Deno.chmod(`${directory}/${name}`, mode);
    };
    await make("closed", 0o700, 0);
    await make("theirs", 0o700, NOBODY.uid);
    await make("open", 0o755, 0);
    for (const terminal of [undefined, TERMINAL]) {
      for (const limits of [undefined, LIMITS]) {
        const confined = { account: NOBODY, limits, terminal };
        assertEquals(
          await output(await run(["pwd"], { ...confined, cwd: `${directory}/theirs` })),
          `${directory}/theirs\n`,
        );
        const closed = await assertRejects(() => run(["pwd"], { ...confined, cwd: `${directory}/closed` }), SpawnError);
        assertEquals(closed.failure, "directory-not-found");
        const denied = await assertRejects(() => run([`${directory}/closed/tool`], confined), SpawnError);
        assertEquals(denied.failure, "not-executable");
        const both = await assertRejects(
          () => run([`${directory}/closed/tool`], { ...confined, cwd: `${directory}/open` }),
          SpawnError,
        );
        assertEquals(both.failure, "not-executable");
        const env = { PATH: `${directory}/closed:${directory}/open:/usr/bin` };
        assertEquals(await output(await run(["tool"], { ...confined, env })), "open\n");
        const only = await assertRejects(
          () => run(["tool"], { ...confined, env: { PATH: `${directory}/closed` } }),
          SpawnError,
        );
        assertEquals(only.failure, "not-executable");
      }
    }
  },
);

rootTest(
  "a process of another account can neither signal this one, nor trace it, nor read its spool",
  async (run, directory) => {
    const script = `
    for signal in 0 USR1 TERM KILL; do kill -s $signal ${Deno.pid} 2>/dev/null && echo signalled; done
    cat /proc/${Deno.pid}/environ >/dev/null 2>&1 && echo read
    ls ${directory}/spool >/dev/null 2>&1 && echo listed
    head -c1 /proc/${Deno.pid}/mem >/dev/null 2>&1 && echo traced
    echo over`;
    for (const terminal of [undefined, TERMINAL]) {
      assertEquals(await output(await run(["sh", "-c", script], { account: NOBODY, terminal })), "over\n");
    }
  },
);

rootTest(
  "a process in a terminal of another account owns the device, and gains nothing by set-user-ID",
  async (run, directory) => {
    await Deno.copyFile("/usr/bin/id", `${directory}/id`);
    await Deno.chmod(`${directory}/id`, 0o4755);
    const script =
      `stat -c %u $(tty); echo here > $(tty); ${directory}/id -u; grep -E 'Cap(Inh|Prm|Eff|Amb)|NoNew|Groups' /proc/self/status`;
    const printed = await output(await run(["sh", "-c", script], { account: NOBODY, terminal: TERMINAL }));
    assertMatch(
      printed,
      /^65534\nhere\n65534\nGroups:\t *\nCapInh:\t0+\nCapPrm:\t0+\nCapEff:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1\n$/,
    );
  },
);

rootTest("a program in a terminal of another account owns the device from its first moment on", async (run) => {
  // The thread is busy, so it hands the terminal over late.
  const busy = setInterval(() => {
    for (const begin = performance.now(); performance.now() - begin < 50;);
  }, 0);
  try {
    for (let round = 0; round < 3; round++) {
      const child = await run(["sh", "-c", "echo here > $(tty)"], { account: NOBODY, terminal: TERMINAL });
      assertEquals(await output(child), "here\n");
    }
  } finally {
    clearInterval(busy);
  }
});

rootTest("a limit of processes ends a fork bomb's growth, and the bomb is stopped", async (run) => {
  const account = { ...NOBODY, uid: 64_999 };
  const process = await run(["sh", "-c", "b() { b & b & wait; }; b 2>/dev/null; sleep 60 & wait"], {
    account,
    limits: { nproc: 20 },
  });
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "-U", "64999"] }).output();
  const count = new TextDecoder().decode(stdout).trim().split("\n").length;
  assert(count <= 20, `${count} processes`);
  await process.stop({ grace: 200 });
  await process.ended;
});

rootTest("verifyAccount() tells when a process could gain privileges, or keeps root's", async () => {
  assertEquals(await verifyAccount(NOBODY), undefined);
  assertStringIncludes(await verifyAccount({ ...NOBODY, uid: 0 }) ?? "", "must be root");
  // Another account may not read the checkout, nor this Deno.
  const directory = await Deno.makeTempDir();
  try {
    await Deno.chmod(directory, 0o755);
    await Deno.copyFile(Deno.execPath(), `${directory}/deno`);
    await bundleTo(`${directory}/confinement.js`);
    const verify = async (launcher: string[]) => {
      const code = `import { verifyAccount as v } from "file://${directory}/confinement.js";
        console.log(await v({ uid: 65534, gid: 65534, name: "", home: "", shell: "" }) ?? "right")`;
      const { stdout, stderr } = await new Deno.Command("setpriv", {
        args: [...launcher, `${directory}/deno`, "eval", "--no-lock", "--no-config", code],
        cwd: directory,
        env: { DENO_DIR: `${directory}/cache` },
      }).output();
      return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
    };
    assertEquals(await verify(["--no-new-privs", "--inh-caps=-all"]), "right");
    const capable = "+setuid,+setgid";
    assertEquals(
      await verify([
        "--reuid=64998",
        "--clear-groups",
        "--no-new-privs",
        `--inh-caps=${capable}`,
        `--ambient-caps=${capable}`,
      ]),
      "right", // setpriv removes what the process would keep
    );
    assertMatch(await verify(["--reuid=64998", "--clear-groups", "--no-new-privs"]), /cannot be given/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** Bundles the module under test, with all its imports, into one file. */
async function bundleTo(path: string): Promise<void> {
  const args = ["bundle", "--quiet", "--output", path, import.meta.resolve("./account.ts")];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  assert(success, new TextDecoder().decode(stderr));
}
