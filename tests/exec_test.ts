import { assertEquals } from "@std/assert";
import { Daemon, text } from "./paas.ts";

for (const code of [0, 1, 3, 255]) {
  Deno.test(`exec exit code ${code} is reported as it is`, async () => {
    await using daemon = await Daemon.start();
    const id = await daemon.exec(["sh", "-c", `echo out; exit ${code}`]);
    assertEquals(text((await daemon.paasc(["logs", id])).stdout), "out\n");
    assertEquals(await daemon.status(id), `Status: finished (exit code ${code})`);
  });
}
