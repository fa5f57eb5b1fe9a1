import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { NotAllowedError, StartError } from "../errors.ts";
import { allowedProgram, inspectPrograms } from "./programs.ts";

Deno.test("allowedProgram() takes a path of the list, or the base name of exactly one", () => {
  const list = ["/opt/a", "/opt/b", "/usr/b"];
  assertEquals([allowedProgram(list, "/opt/a"), allowedProgram(list, "a")], ["/opt/a", "/opt/a"]);
  assertEquals(allowedProgram(list, "/usr/b"), "/usr/b");
  assertThrows(() => allowedProgram(list, "b"), NotAllowedError, "give the whole path");
  for (const name of ["/opt/../opt/a", "opt/a", "./a", "A", "", "/a", "c"]) {
    assertThrows(() => allowedProgram(list, name), NotAllowedError, "not on the daemon's list");
  }
});

/** A directory with a file of that mode in it. */
async function withTool(mode: number, test: (tool: string, directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.writeTextFile(`${directory}/tool`, "#!/bin/sh\n");
    await Deno.chmod(`${directory}/tool`, mode);
    await test(`${directory}/tool`, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const uid = Deno.uid()!;

Deno.test("inspectPrograms() refuses what is no executable file, links followed", async () => {
  await withTool(0o644, async (tool, directory) => {
    await Deno.symlink("tool", `${directory}/link`);
    await Deno.symlink("loop", `${directory}/loop`);
    for (
      const [path, why] of [
        [tool, "no executable file"],
        [`${directory}/link`, "no executable file"],
        [directory, "no executable file"],
        [`${directory}/none`, "no such file"],
        [`${directory}/loop`, "no such file"],
        [`${tool}/x`, "no such file"],
      ] as const
    ) {
      const { message } = await assertRejects(() => inspectPrograms([path], uid), StartError, why);
      assertEquals(message.includes(path), true, message);
    }
    await Deno.chmod(tool, 0o755);
    assertEquals(await inspectPrograms([tool, `${directory}/link`], uid), []);
  });
});

Deno.test("inspectPrograms() warns of what others may replace", async () => {
  await withTool(0o757, async (tool, directory) => {
    const [warning, ...others] = await inspectPrograms([tool], uid);
    assertEquals(
      warning,
      `${tool} can be replaced by others than root and the daemon: ${tool} is writable for everybody; give it to root, and chmod go-w`,
    );
    assertEquals(others, []);
    await Deno.chmod(tool, 0o755);
    await Deno.chmod(directory, 0o777);
    assertEquals(
      (await inspectPrograms([tool], uid)).map((text) => text.includes(`: ${directory} is writable for everybody`)),
      [true],
    );
  });
});

Deno.test("inspectPrograms() warns of programs that run others, by whatever name they are listed", async () => {
  await withTool(0o755, async (_tool, directory) => {
    for (const name of ["make", "python3.12", "env", "bash"]) await Deno.copyFile("/bin/true", `${directory}/${name}`);
    await Deno.copyFile("/bin/true", `${directory}/cmake-format`);
    await Deno.symlink("bash", `${directory}/build`);
    const warnings = async (...names: string[]) =>
      (await inspectPrograms(names.map((name) => `${directory}/${name}`), uid)).map((text) =>
        /\((.*?)\)/.exec(text)?.[1]
      );
    assertEquals(await warnings("make", "python3.12", "env", "build"), ["make", "python3.12", "env", "bash"]);
    assertEquals(await warnings("cmake-format", "tool"), []);
  });
});
