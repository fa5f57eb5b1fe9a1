import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname, join } from "node:path";
import { StartError } from "../errors.ts";
import { makeTemporarySpool, removeTemporarySpool } from "./temporary_spool.ts";

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("makeTemporarySpool() makes a new private directory each time, and leaves nothing behind", () =>
  inDirectory(async (directory) => {
    const home = join(directory, "home");
    const [one, other] = [await makeTemporarySpool(home), await makeTemporarySpool(home)];
    assert(one !== other && dirname(one) === home && dirname(other) === home);
    for (const path of [home, one, other]) assertEquals((await Deno.stat(path)).mode! & 0o777, 0o700);
    await Deno.writeTextFile(join(one, "log"), "x");
    await removeTemporarySpool(one);
    assertEquals([...Deno.readDirSync(home)].length, 1);
    await removeTemporarySpool(other);
    assertEquals([...Deno.readDirSync(directory)].length, 0);
  }));

Deno.test("makeTemporarySpool() refuses a home that others could reach into", () =>
  inDirectory(async (directory) => {
    const open = join(directory, "open");
    await Deno.mkdir(open);
    await Deno.chmod(open, 0o755);
    const link = join(directory, "link");
    await Deno.symlink(directory, link);
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    for (const home of [open, link, file, join(directory, "missing", "home")]) {
      await assertRejects(() => makeTemporarySpool(home), StartError, "--spool-dir");
    }
  }));
