import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { ROOT, RunningDaemon } from "../support/programs.ts";

/** `-A`, alone or among other short flags, and its long form. */
const EVERYTHING = /(^|[\s"'=])(-[a-zA-Z]*A[a-zA-Z]*|--allow-all)(?=$|[\s"'=])/;

Deno.test("no program of ours is granted all permissions", async (t) => {
  for (const flags of ["run -A x", "run -qA", "run --allow-all"]) assertMatch(flags, EVERYTHING);

  await t.step("by a task", async () => {
    const withoutComments = (await Deno.readTextFile(join(ROOT, "deno.json"))).replaceAll(/^\s*\/\/.*$/gm, "");
    const { tasks } = JSON.parse(withoutComments) as { tasks: Record<string, string | { command: string }> };
    const development = ["test", "docs", "bench", "soak", "fuzz", "scan", "day", "ok"];
    for (const [name, task] of Object.entries(tasks)) {
      if (development.includes(name.split(":")[0]!)) continue;
      const command = typeof task === "string" ? task : task.command;
      assert(!EVERYTHING.test(command), `task ${name}: ${command}`);
    }
    for (const name of ["paasd", "paasc", "install", "package", "compile", "demo"]) {
      assert(tasks[name], `there is a task ${name}`);
    }
  });
  await t.step("by start.sh", async () => {
    assert(!EVERYTHING.test(await Deno.readTextFile(join(ROOT, "paasd/start.sh"))));
  });
  await t.step("in a daemon that runs", async () => {
    await using daemon = await RunningDaemon.start([], {}, { byScript: true });
    const line = (await Deno.readTextFile(`/proc/${daemon.pid}/cmdline`)).split("\0");
    const granted = line.slice(0, line.findIndex((word) => word.endsWith("main.ts")));
    assert(!EVERYTHING.test(granted.join(" ")), granted.join(" "));
    assert(granted.includes("--no-prompt"));
    // To run any program is what the daemon is for; all else is by name.
    const open = granted.filter((word) => word.startsWith("--allow-") && !word.includes("="));
    assertEquals(open.filter((word) => word !== "--allow-run" && word !== "--allow-read"), [], granted.join(" "));
  });
});

Deno.test("RunningDaemon.start() starts the very program that start.sh does, without the script", async () => {
  const directory = await Deno.makeTempDir();
  const lists = [[], ["--spool-dir", `${directory}/spool`], ["--allow-program=/bin/sh", "--die-with-daemon"]];
  for (const flags of lists) {
    const [direct, byScript] = await Promise.all([false, true].map(async (byScript) => {
      const own = flags.map((flag) => flag.startsWith(directory) ? `${flag}-${byScript}` : flag);
      await using daemon = await RunningDaemon.start(own, {}, { byScript });
      const [words, environment, limits] = ["cmdline", "environ", "limits"]
        .map((file) => Deno.readTextFileSync(`/proc/${daemon.pid}/${file}`));
      // A shell sets three variables, and drops what is no name, such as the "?" of a task's shell.
      const passed = /^(?!(?:_|SHLVL|OLDPWD)=)[A-Za-z_]\w*=/;
      const variables = environment!.split("\0").filter((variable) => passed.test(variable)).sort();
      return [words!.replaceAll(`-${byScript}`, ""), variables, limits];
    }));
    assertEquals(direct, byScript, flags.join(" "));
  }
  await Deno.remove(directory, { recursive: true });
});
