import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Daemon, text } from "./paas.ts";
import { until } from "./until.ts";

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
    await using daemon = await Daemon.start(["--spool-dir", `${directory}/spool`]);
    const id = await daemon.exec(["sh", "-c", "sleep 0.3; seq 2000000; exit 7"]);
    const { code, stdout, stderr } = await daemon.paasc(["logs", id]);
    assert(code !== 0, "the log was said to be complete");
    assertStringIncludes(stderr, "No space left on device");
    const whole = Array.from({ length: 2_000_000 }, (_, number) => `${number + 1}\n`).join("");
    assert(stdout.length > 1_000_000 && whole.startsWith(text(stdout)), "what was kept is not the start of the output");
    await daemon.untilStatus(id, "Status: finished (exit code 7)");
    const snapshot = await daemon.paasc(["logs", "--no-follow", id]);
    assert(snapshot.code !== 0, "what was kept was said to be all there is");
    assert(whole.startsWith(text(snapshot.stdout)), "what was kept is not the start of the output");

    const refused = await daemon.paasc(["exec", "echo", "lost"]);
    assertEquals([refused.code, text(refused.stdout)], [1, ""]);
    assertStringIncludes(refused.stderr, "No space left on device");
    await until("the refusal is logged", () => daemon.log.includes("method=Exec program=echo code=RESOURCE_EXHAUSTED"));
    assertEquals([...Deno.readDirSync(`${directory}/spool`)].map(({ name }) => name).sort(), [id, "format"].sort());

    await mount("-o", "remount,size=16m", directory);
    const later = await daemon.exec(["echo", "kept"]);
    assertEquals(text((await daemon.paasc(["logs", later])).stdout), "kept\n");
  } finally {
    await new Deno.Command("umount", { args: [directory] }).output();
    await Deno.remove(directory, { recursive: true });
  }
});
