import { assertEquals, assertRejects } from "@std/assert";
import { withDirectory } from "../../tests/support/worker/directory.ts";
import { SpoolError } from "../errors.ts";
import { Spool } from "./spool.ts";

const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o777;

Deno.test("Spool.open makes a private directory, and opens it again", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/new/spool`;
    (await Spool.open(path)).close();
    (await Spool.open(path)).close();
    assertEquals(await mode(path), 0o700);
    assertEquals(await mode(`${path}/format`), 0o600);
  });
});

Deno.test("Spool.open makes an empty directory its own, and leaves one with other things in it alone", async () => {
  await withDirectory(async (directory) => {
    await Deno.chmod(directory, 0o755);
    await Deno.writeTextFile(`${directory}/mine`, "");
    await assertRejects(() => Spool.open(directory), SpoolError, "it is not empty, and no spool");
    assertEquals(await mode(directory), 0o755);
    await Deno.remove(`${directory}/mine`);
    (await Spool.open(directory)).close();
    assertEquals(await mode(directory), 0o700);
  });
});

Deno.test("Spool.open refuses a spool of another format", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/format`, "paas-spool 99\n");
    await assertRejects(() => Spool.open(directory), SpoolError, "paas-spool 99");
  });
});

Deno.test("Spool.open says what is wrong with a path that is no directory", async () => {
  await assertRejects(() => Spool.open("/dev/null"), SpoolError, "Cannot use /dev/null as a spool");
});

Deno.test("Spool.check says what Spool.open would say, and leaves a spool as it is", async () => {
  await withDirectory(async (directory) => {
    const files = () => [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
    const path = `${directory}/spool`;
    assertEquals([await Spool.check(path), files()], [{ inUse: false }, []]);
    await Deno.writeTextFile(`${directory}/mine`, "");
    await assertRejects(() => Spool.check(directory), SpoolError, "it is not empty, and no spool");
    await assertRejects(() => Spool.check(`${directory}/mine`), SpoolError);
    const spool = await Spool.open(path);
    assertEquals(await Spool.check(path), { inUse: true });
    spool.close();
    const before = [...Deno.readDirSync(path)].map(({ name }) => name).toSorted();
    assertEquals(await Spool.check(path), { inUse: false });
    assertEquals([...Deno.readDirSync(path)].map(({ name }) => name).toSorted(), before);
    {
      using lock = Deno.openSync(`${path}/lock`, { create: true, write: true }); // of a program of the format before
      lock.lockSync(true);
      assertEquals(await Spool.check(path), { inUse: true });
    }
    assertEquals(await Spool.check(path), { inUse: false });
    await Deno.writeTextFile(`${path}/format`, "paas-spool 99\n");
    await assertRejects(() => Spool.check(path), SpoolError, "paas-spool 99");
  });
});

Deno.test("Spool.createLog keeps logs private and refuses an id that is taken", async () => {
  await withDirectory(async (directory) => {
    using spool = await Spool.open(`${directory}/spool`);
    const log = await spool.createLog("one");
    assertEquals(await mode(`${directory}/spool/one`), 0o700);
    assertEquals(await mode(`${directory}/spool/one/0.log`), 0o600);
    await assertRejects(() => spool.createLog("one"), SpoolError);
    await log.end();
  });
});
