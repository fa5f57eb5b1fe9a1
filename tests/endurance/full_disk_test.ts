import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunningDaemon, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

async function mount(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("mount", { args, stderr: "null" }).output();
  return success;
}

Deno.test("a full spool ends neither process, follower nor daemon, and refuses new processes while it is full", async () => {
  const directory = await Deno.makeTempDir();
  if (!await mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", directory)) {
    console.warn("SKIPPED: a small file system can be mounted by root only");
    return await Deno.remove(directory);
  }
  try {
    await using daemon = await RunningDaemon.start(["--spool-dir", `${directory}/spool`]);
    const go = `${directory}/go`;
    const script = `seq 2000000; while [ ! -e ${go} ]; do sleep 0.1; done; sleep 1.5; echo after; exit 7`;
    const id = await daemon.exec(["sh", "-c", script]);
    await using follower = daemon.startPaasc(["logs", id]);
    await using watcher = daemon.startPaasc(["logs", "-o", "json", id]);
    await until("the loss is told while the process runs", () => /"gap":.*no.space/.test(watcher.printed));
    assertEquals(await daemon.status(id), "Status: running");
    await new Deno.Command("sh", { args: ["-c", `cat /dev/zero > ${directory}/rest`], stderr: "null" }).output();

    const refused = await daemon.paasc(["exec", "echo", "lost"]);
    assertEquals([refused.code, text(refused.stdout)], [1, ""]);
    assertStringIncludes(refused.stderr, "No space left on device");
    await until("the refusal is logged", () => daemon.log.includes("method=Exec program=echo code=RESOURCE_EXHAUSTED"));
    assertEquals(
      [...Deno.readDirSync(`${directory}/spool`)].map(({ name }) => name).sort(),
      [id, "format", "history.db", "history.db-wal"].sort(),
    );

    await mount("-o", "remount,size=16m", directory);
    await Deno.writeTextFile(go, "");
    await daemon.untilStatus(id, "Status: finished (exit code 7)");
    const whole = Array.from({ length: 2_000_000 }, (_, number) => `${number + 1}\n`).join("") + "after\n";
    for (const { code, stdout, stderr } of [await follower.result(), await daemon.paasc(["logs", id])]) {
      assertEquals(code, 0, stderr);
      const printed = text(stdout);
      const kept = printed.slice(0, -"after\n".length);
      assert(kept.length > 1_000_000 && whole.startsWith(kept), "what was kept is not the start of the output");
      assert(printed.endsWith("after\n"), "what was printed later was not kept");
      const missing = [...stderr.matchAll(/bytes (\d+) to (\d+)\) are missing: the daemon's disk or quota was full/g)];
      const bytes = missing.reduce((sum, [, from, to]) => sum + Number(to) - Number(from), 0);
      assertEquals(printed.length + bytes, whole.length, stderr);
    }
    const later = await daemon.exec(["echo", "kept"]);
    assertEquals(text((await daemon.paasc(["logs", later])).stdout), "kept\n");
  } finally {
    await new Deno.Command("umount", { args: [directory] }).output();
    await Deno.remove(directory, { recursive: true });
  }
});
