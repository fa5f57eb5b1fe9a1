import { assertEquals, assertRejects } from "@std/assert";
import { install, scriptFor } from "./install.ts";

const main = new URL("main.ts", import.meta.url).pathname;

Deno.test("install() writes a script that runs paasc with every word as it is", async () => {
  const parent = await Deno.makeTempDir();
  try {
    const path = await install(`${parent}/it's a new/bin`, scriptFor(Deno.execPath(), main));
    assertEquals(path, `${parent}/it's a new/bin/paasc`);
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(path, { args, cwd: "/" }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    assertEquals((await run("version")).code, 0);
    assertEquals(await run("status", "id", `a b\n'"$HOME`), {
      code: 2,
      text: `paasc: status takes one id, but there is 'a b\\u000a'"$HOME' too: see 'paasc status --help'\n`,
    });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("install() replaces its own script and nothing else", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = await install(directory, scriptFor("/old/deno", main));
    const script = scriptFor("/new/deno", main);
    await install(directory, script);
    assertEquals(await Deno.readTextFile(path), script);

    const refused = () => install(directory, script);
    await Deno.writeTextFile(path, "#!/bin/sh\nsomebody else's\n");
    await assertRejects(refused, Error, "was not written by this task");
    assertEquals(await Deno.readTextFile(path), "#!/bin/sh\nsomebody else's\n");

    await Deno.remove(path);
    await Deno.writeTextFile(`${directory}/elsewhere`, script);
    await Deno.symlink(`${directory}/elsewhere`, path);
    await assertRejects(refused, Error, "was not written by this task");
    assertEquals([...Deno.readDirSync(directory)].length, 2);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
