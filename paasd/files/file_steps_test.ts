import { assert, assertEquals } from "@std/assert";
import { type FileMode, isLink, isRegular, waysTo } from "./file_steps.ts";

const DIRECTORY: FileMode = { mode: 0o040755, uid: 0, gid: 0 };
const FILE: FileMode = { mode: 0o100644, uid: 0, gid: 0 };
const link = (target: string): FileMode => ({ mode: 0o120777, uid: 0, gid: 0, target });

/** The ways in a file system that is a table; what was looked at, in rounds. */
async function ways(files: Record<string, FileMode>, paths: string[]) {
  const rounds: string[][] = [];
  const found = await waysTo(paths, (paths) => {
    rounds.push([...paths]);
    return Promise.resolve(new Map(paths.flatMap((path) => files[path] ? [[path, files[path]]] : [])));
  });
  const told = found.map(({ steps, file }) => [steps.map(({ path }) => path).join(" "), file?.path]);
  return { told, rounds, found };
}

Deno.test("waysTo() has each directory and link on the way, and where the links lead", async () => {
  const files = {
    "/": DIRECTORY,
    "/bin": link("usr/bin"),
    "/usr": DIRECTORY,
    "/usr/bin": DIRECTORY,
    "/usr/bin/awk": link("/etc/alternatives/../alternatives/awk"),
    "/etc": DIRECTORY,
    "/etc/alternatives": DIRECTORY,
    "/etc/alternatives/awk": link("../../usr/bin/mawk"),
    "/usr/bin/mawk": FILE,
  };
  const { told, found } = await ways(files, ["/bin/awk", "/usr//bin/./mawk", "/"]);
  assertEquals(told, [
    [
      "/ /bin /usr /usr/bin /usr/bin/awk /etc /etc/alternatives /etc/alternatives /etc/alternatives/awk /usr /usr/bin /usr/bin/mawk",
      "/usr/bin/mawk",
    ],
    ["/ /usr /usr/bin /usr/bin/mawk", "/usr/bin/mawk"],
    ["/", "/"],
  ]);
  assertEquals(found[0]!.steps.at(-1)!.parent?.path, "/usr/bin");
  assertEquals(found[0]!.steps[1]!.parent?.path, "/");
});

Deno.test("waysTo() looks once at all that lies before the next link, and at nothing twice", async () => {
  const files = {
    "/": DIRECTORY,
    "/a": DIRECTORY,
    "/a/b": DIRECTORY,
    "/a/b/c": FILE,
    "/l": link("/e"),
    "/e": DIRECTORY,
  };
  const { rounds } = await ways(files, ["/a/b/c", "/l/c", "/a/b/none/x"]);
  assertEquals(rounds.length, 2, JSON.stringify(rounds));
  assertEquals(new Set(rounds.flat()).size, rounds.flat().length, JSON.stringify(rounds));
});

Deno.test("waysTo() goes as far as there is something, and not round in circles", async () => {
  const files = { "/": DIRECTORY, "/a": DIRECTORY, "/x": link("y"), "/y": link("/x"), "/dead": link("a/none") };
  const { told, rounds } = await ways(files, ["/a/b/c", "/x", "/dead/c"]);
  assertEquals(told.map(([, file]) => file), [undefined, undefined, undefined]);
  assertEquals([told[0]![0], told[2]![0]], ["/ /a", "/ /dead /a"]);
  assert(rounds.length < 5, JSON.stringify(rounds));
});

Deno.test("waysTo() looks at real files, whatever their names", async () => {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const odd = `${directory}/a -> b 'c' "d" ä\n%n\\0`;
  try {
    await Deno.writeTextFile(odd, "", { mode: 0o640 });
    await Deno.symlink(odd, `${directory}/link`);
    const [direct, linked, missing] = await waysTo([odd, `${directory}/link`, `${directory}/none`]);
    assertEquals([direct!.file?.path, linked!.file?.path, missing!.file], [odd, odd, undefined]);
    assertEquals([direct!.file!.mode & 0o777, direct!.file!.uid], [0o640, Deno.uid()]);
    assert(isRegular(direct!.file!) && isLink(linked!.steps.find(({ path }) => path.endsWith("/link"))!));
    assertEquals(missing!.steps.at(-1)!.path, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
