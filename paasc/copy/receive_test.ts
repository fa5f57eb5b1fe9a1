import { assert, assertEquals, assertRejects } from "@std/assert";
import { packTar } from "modern-tar";
import { ExitError } from "../exit.ts";
import { sourceOf } from "./place.ts";
import { receive } from "./receive.ts";

type Entry = Parameters<typeof packTar>[0][number];

const directory = (name: string, mode = 0o755): Entry => ({ header: { name, type: "directory", size: 0, mode } });
const link = (name: string, linkname: string): Entry => ({ header: { name, type: "symlink", size: 0, linkname } });
const hard = (name: string, linkname: string): Entry => ({ header: { name, type: "link", size: 0, linkname } });
const file = (name: string, body: string, mode = 0o644): Entry => ({
  header: { name, size: new TextEncoder().encode(body).length, mode, mtime: new Date(1_000_000_000_000) },
  body,
});

/** A directory of a test, with a directory `to` in it. */
class Scene implements AsyncDisposable {
  readonly notes: string[] = [];

  private constructor(readonly path: string) {}

  static async make(): Promise<Scene> {
    const path = await Deno.makeTempDir();
    await Deno.mkdir(`${path}/to`);
    return new Scene(path);
  }

  /** Receives entries of a source into `to`, or into another place. */
  async receive(entries: Entry[], source = "app", destination = "to"): Promise<boolean> {
    return await this.receiveBytes(await packTar(entries), source, destination);
  }

  async receiveBytes(bytes: Uint8Array<ArrayBuffer>, source = "app", destination = "to"): Promise<boolean> {
    const stream = ReadableStream.from([bytes]);
    return await receive(stream, sourceOf(source), `${this.path}/${destination}`, (note) => this.notes.push(note));
  }

  /** All that is there, but for the directory of the test. */
  async found(): Promise<string[]> {
    const found: string[] = [];
    const look = async (path: string) => {
      for await (const { name, isDirectory } of Deno.readDir(`${this.path}/${path}`)) {
        found.push(path + name);
        if (isDirectory) await look(`${path}${name}/`);
      }
    };
    await look("");
    return found.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

Deno.test("receive() makes files, directories and links with their modes and times", async () => {
  await using scene = await Scene.make();
  const entries = [
    directory("./app/", 0o500),
    file("./app/a b\n€", "text", 0o640),
    file("./app/empty", ""),
    link("./app/link", "empty"),
    hard("./app/same", "./app/a b\n€"),
    directory("./app/sub/"),
    link("./app/sub/up", "../empty"),
  ];
  assertEquals(await scene.receive(entries), true);
  assertEquals(scene.notes, []);
  const top = `${scene.path}/to/app`;
  assertEquals(Deno.readTextFileSync(`${top}/a b\n€`), "text");
  const { mode, mtime } = Deno.statSync(`${top}/a b\n€`);
  assertEquals([mode! & 0o7777, mtime?.getTime()], [0o640, 1_000_000_000_000]);
  assertEquals(Deno.statSync(top).mode! & 0o7777, 0o500);
  assertEquals([Deno.readTextFileSync(`${top}/empty`), Deno.readTextFileSync(`${top}/same`)], ["", "text"]);
  assertEquals([Deno.readLinkSync(`${top}/link`), Deno.readLinkSync(`${top}/sub/up`)], ["empty", "../empty"]);
  Deno.chmodSync(top, 0o700);
});

Deno.test("receive() names the copy as cp does", async (t) => {
  const cases: [title: string, entries: Entry[], source: string, destination: string, found: string[]][] = [
    ["a file in a directory", [file("./a", "x")], "a", "to", ["to", "to/a"]],
    ["a file under a name", [file("./a", "x")], "a", "to/b", ["to", "to/b"]],
    ["a directory in a directory", [directory("./d"), file("./d/a", "x")], "d", "to/", ["to", "to/d", "to/d/a"]],
    ["a directory under a name", [directory("./d"), file("./d/a", "x")], "d", "n", ["n", "n/a", "to"]],
    ["a directory under a name with a slash", [directory("./"), file("./a", "x")], "d/", "n/", ["n", "n/a", "to"]],
    ["what is in a directory", [directory("./"), file("./a", "x")], "d/.", "to", ["to", "to/a"]],
  ];
  for (const [title, entries, source, destination, found] of cases) {
    await t.step(title, async () => {
      await using scene = await Scene.make();
      assertEquals(await scene.receive(entries, source, destination), true);
      assertEquals(await scene.found(), found);
    });
  }
});

Deno.test("receive() adds to a directory, and replaces files and links, but no directory", async () => {
  await using scene = await Scene.make();
  Deno.mkdirSync(`${scene.path}/to/app/sub`, { recursive: true, mode: 0o700 });
  Deno.chmodSync(`${scene.path}/to/app`, 0o750);
  for (const name of ["stays", "replaced"]) Deno.writeTextFileSync(`${scene.path}/to/app/${name}`, "old");
  Deno.writeTextFileSync(`${scene.path}/outside`, "old");
  Deno.symlinkSync(`${scene.path}/outside`, `${scene.path}/to/app/link`);
  const files = ["replaced", "link", "sub"].map((name) => file(`app/${name}`, "new"));
  assertEquals(await scene.receive([directory("app"), ...files]), false);
  assertEquals(scene.notes, ["not copied: app/sub: there is something else here under its name"]);
  const read = (path: string) => Deno.readTextFileSync(`${scene.path}/${path}`);
  assertEquals(["stays", "replaced", "link"].map((name) => read(`to/app/${name}`)), ["old", "new", "new"]);
  assertEquals(read("outside"), "old");
  assertEquals(Deno.statSync(`${scene.path}/to/app`).mode! & 0o777, 0o750);
});

Deno.test("receive() writes nothing outside the destination, whatever arrives", async (t) => {
  const top = directory("app/");
  const cases: [title: string, entries: Entry[], why: string | RegExp][] = [
    ["an absolute name", [top, file("/tmp/evil", "x")], "its name is absolute"],
    ["a name with ..", [top, file("app/../../evil", "x")], "its name leads out of the destination"],
    ["a name of a neighbour", [top, file("evil", "x")], "it was not asked for: 'app' was"],
    ["an absolute link", [top, link("app/l", "/etc")], /out of the copy/],
    ["a link with ..", [top, link("app/l", "../x")], /out of the copy/],
    ["a link with .. behind a name", [top, link("app/l", "d/../x")], /out of the copy/],
    ["a link to nothing", [top, link("app/l", "")], "it is a link to no possible name"],
    ["the source as a link", [link("app", "../outside")], /out of the copy/],
    ["a file in what was a link", [top, link("app/l", "."), file("app/l/evil", "x")], "its directory was not copied"],
    ["a directory in place of a link", [top, link("app/l", "."), directory("app/l")], /something else here/],
    ["a directory that did not come", [top, file("app/x/evil", "x")], "its directory was not copied"],
    ["a file without its source", [file("app/x", "x")], "its directory did not come before it"],
    ["a hard link to a file of the user", [top, hard("app/h", "/etc/passwd")], "its name is absolute"],
    ["a hard link with ..", [top, hard("app/h", "app/../../outside")], "its name leads out of the destination"],
    ["a hard link to what was there", [top, hard("app/h", "app/there")], /hard link to something outside/],
    ["a hard link through a link", [top, link("app/l", "there"), hard("app/h", "app/l")], /hard link to something/],
    ["a device", [top, { header: { name: "app/d", type: "block-device", size: 0 } }], /a block-device$/],
    ["a terminal", [top, { header: { name: "app/d", type: "character-device", size: 0 } }], /a character-device$/],
    ["a pipe", [top, { header: { name: "app/d", type: "fifo", size: 0 } }], /a fifo$/],
  ];
  for (const [title, entries, why] of cases) {
    await t.step(title, async () => {
      await using scene = await Scene.make();
      Deno.mkdirSync(`${scene.path}/to/app`);
      for (const name of ["outside", "to/app/there"]) Deno.writeTextFileSync(`${scene.path}/${name}`, "mine");
      const before = await scene.found();
      assertEquals(await scene.receive(entries), false);
      const [note, ...more] = scene.notes;
      assertEquals(more, []);
      const clause = note!.replace(/^not copied: .*?: /s, "");
      assert(typeof why === "string" ? clause === why : why.test(clause), note);
      assertEquals((await scene.found()).filter((path) => path !== "to/app/l"), before);
      assertEquals(Deno.readTextFileSync(`${scene.path}/outside`), "mine");
    });
  }
});

Deno.test("receive() never writes through a link that was here before", async () => {
  await using scene = await Scene.make();
  Deno.mkdirSync(`${scene.path}/to/app`);
  Deno.mkdirSync(`${scene.path}/outside`);
  Deno.symlinkSync("../../outside", `${scene.path}/to/app/l`);
  const entries = [directory("app"), directory("app/l"), file("app/l/evil", "x"), file("app/good", "x")];
  assertEquals(await scene.receive(entries), false);
  assertEquals(scene.notes.length, 2);
  assertEquals(await scene.found(), ["outside", "to", "to/app", "to/app/good", "to/app/l"]);
});

Deno.test("receive() drops setuid, setgid and sticky bits", async () => {
  await using scene = await Scene.make();
  assertEquals(await scene.receive([directory("app", 0o3755), file("app/su", "x", 0o6755)]), true);
  for (const path of ["app", "app/su"]) assertEquals(Deno.statSync(`${scene.path}/to/${path}`).mode! & 0o7777, 0o755);
});

Deno.test("receive() leaves neither a draft nor half a file of a stream that breaks off", async () => {
  await using scene = await Scene.make();
  const whole = await packTar([directory("app"), file("app/first", "x"), file("app/second", "y".repeat(5_000))]);
  for (const length of [0, 100, 512, 2_048, 4_000, whole.length - 1_024]) {
    const { reason } = await assertRejects(() => scene.receiveBytes(whole.slice(0, length)), ExitError);
    assertEquals(reason, "not-copied");
  }
  const found = await scene.found();
  assertEquals(found.filter((path) => !/^to(\/app(\/first|\/second)?)?$/.test(path)), []);
  if (found.includes("to/app/second")) assertEquals(Deno.statSync(`${scene.path}/to/app/second`).size, 5_000);

  await using other = await Scene.make();
  const failing = async function* () {
    yield whole.slice(0, 4_000);
    throw new ExitError("interrupted", "");
  };
  const stream = ReadableStream.from(failing());
  const error = await assertRejects(() => receive(stream, sourceOf("app"), `${other.path}/to`, () => {}), ExitError);
  assertEquals(error.reason, "interrupted");
  assertEquals((await other.found()).filter((path) => !/^to(\/app(\/first)?)?$/.test(path)), []);
});

Deno.test("receive() says what is wrong with a destination", async () => {
  await using scene = await Scene.make();
  Deno.writeTextFileSync(`${scene.path}/file`, "mine");
  const cases: [entries: Entry[], destination: string, sentence: string][] = [
    [[file("app", "x")], "nowhere/x", "nowhere/x: it does not exist"],
    [[file("app", "x")], "nowhere/", "there is no directory"],
    [[file("app", "x")], "file/x", "a part of its path is not a directory"],
    [[directory("app")], "file", "is no directory, and the source is one"],
  ];
  for (const [entries, destination, sentence] of cases) {
    await assertRejects(() => scene.receive(entries, "app", destination), ExitError, sentence);
  }
  assertEquals(await scene.found(), ["file", "to"]);
});

Deno.test("receive() tells of a few refusals one by one, and counts the others", async () => {
  await using scene = await Scene.make();
  const pipes = Array.from({ length: 25 }, (_, index): Entry => ({
    header: { name: `app/${index}`, type: "fifo", size: 0 },
  }));
  assertEquals(await scene.receive([directory("app"), ...pipes]), false);
  assertEquals([scene.notes.length, scene.notes.at(-1)], [21, "not copied: 5 more"]);
  assertEquals(await scene.receive([directory("app"), link("app/l", `/${"x".repeat(1_000_000)}`)]), false);
  assert(scene.notes.at(-1)!.length < 10_000);
});
