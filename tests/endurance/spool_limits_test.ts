import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { RunningDaemon, text, withSpool } from "../support/programs.ts";
import { until } from "../support/until.ts";

const MIB = 1024 * 1024;

/** Bytes of the logs below a directory. */
async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) bytes += await sizeOf(path);
    else if (name.endsWith(".log")) bytes += (await Deno.stat(path)).size;
  }
  return bytes;
}

/** What `seq` prints. */
const sequence = (last: number) => Array.from({ length: last }, (_, number) => `${number + 1}\n`).join("");

/** How many bytes `paasc` said were dropped. */
function dropped(stderr: string): number {
  const gaps = [
    ...stderr.matchAll(/bytes (\d+) to (\d+)\) are missing: the daemon keeps only the newest part of a log/g),
  ];
  return gaps.reduce((sum, [, from, to]) => sum + Number(to) - Number(from), 0);
}

Deno.test("--max-log-bytes keeps the newest part of a log, and tells every reader what it dropped", async () => {
  await withSpool(["--max-log-bytes", "2M"], async (daemon, spool) => {
    const whole = sequence(3_000_000);
    const id = await daemon.exec(["sh", "-c", "seq 3000000; exec sleep 60"]);
    await using stalled = daemon.startPaasc(["logs", id], { stalled: true });
    await using follower = daemon.startPaasc(["logs", id]);
    await until("all was printed", () => follower.printed.endsWith("\n3000000\n"));
    const kept = await sizeOf(join(spool, id));
    assert(kept <= 2 * MIB && kept > MIB, `${kept} bytes are kept`);

    const snapshot = await daemon.paasc(["logs", "--no-follow", id]);
    assertEquals(snapshot.code, 0, snapshot.stderr);
    assert(whole.endsWith(text(snapshot.stdout)), "what is kept is not the end of the output");
    assertEquals(snapshot.stdout.length + dropped(snapshot.stderr), whole.length);
    const tail = await daemon.paasc(["logs", "--no-follow", "--tail", "3", id]);
    assertEquals([text(tail.stdout), tail.stderr], ["2999998\n2999999\n3000000\n", ""]);

    assertEquals((await daemon.paasc(["stop", id])).code, 0);
    const { code, stdout, stderr } = await follower.result();
    assertEquals([code, stdout.length + dropped(stderr)], [0, whole.length], stderr);
    stalled.kill("SIGKILL");
  });
});

Deno.test("--max-spool-bytes takes from the largest log, and leaves small ones whole", async () => {
  await withSpool(["--max-spool-bytes", "8M"], async (daemon, spool) => {
    const small = await daemon.exec(["seq", "1000"]);
    const floods = await Promise.all([1, 2, 3].map(() => daemon.exec(["seq", "2000000"])));
    const whole = sequence(2_000_000);
    for (const id of floods) await daemon.untilStatus(id, "Status: finished (exit code 0)");
    const kept = await sizeOf(spool);
    assert(kept <= 8 * MIB && kept > 6 * MIB, `${kept} bytes are kept`);
    const { code, stdout, stderr } = await daemon.paasc(["logs", small]);
    assertEquals([code, text(stdout), stderr], [0, sequence(1_000), ""]);
    for (const id of floods) {
      const { code, stdout, stderr } = await daemon.paasc(["logs", id]);
      assertEquals([code, stdout.length + dropped(stderr)], [0, whole.length]);
      assert(stdout.length > MIB && whole.endsWith(text(stdout)), "what is kept is not the end of the output");
    }
  });
});

Deno.test("--max-log-bytes of too little is refused with a sentence", async () => {
  await RunningDaemon.start(["--max-log-bytes", "10K"]).then(
    () => assert(false, "it has started"),
    (error) => assertMatch(error.message, /--max-log-bytes must be a size of at least 1M/),
  );
});
