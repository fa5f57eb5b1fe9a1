import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { until } from "../../tests/support/until.ts";
import { StartError } from "../errors.ts";
import { TestLog } from "../../tests/support/realm.ts";
import { type Source, WatchedFiles } from "./watched_files.ts";

/** A directory with a file, and what was read of it; "bad" is what cannot be used. */
class Scene implements AsyncDisposable {
  readonly log = new TestLog();
  readonly read: string[] = [];
  retry: number | undefined;
  #files: WatchedFiles | undefined;

  private constructor(readonly directory: string) {}

  static async open(text = "one"): Promise<Scene> {
    const scene = new Scene(await Deno.makeTempDir());
    await Deno.writeTextFile(scene.file, text);
    return scene;
  }

  get file(): string {
    return join(this.directory, "file");
  }

  get source(): Source {
    return {
      name: "file",
      files: [this.file],
      load: async () => {
        const text = await Deno.readTextFile(this.file).catch(() => "bad");
        if (text === "bad") throw new StartError("it is bad");
        this.read.push(text);
      },
    };
  }

  async watch(...others: Source[]): Promise<WatchedFiles> {
    return this.#files = await WatchedFiles.load([...others, this.source], this.log, this.retry);
  }

  /** Waits until the log has a number of such lines. */
  async logged(event: string, count = 1): Promise<void> {
    await until(`${event} is logged ${count} times`, () => this.log.of(event).length === count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#files?.[Symbol.dispose]();
    await this.#files?.settled;
    await Deno.remove(this.directory, { recursive: true });
  }
}

Deno.test("WatchedFiles loads at the start, and throws what is wrong then", async () => {
  await using scene = await Scene.open();
  await scene.watch();
  assertEquals(scene.read, ["one"]);
  await using bad = await Scene.open("bad");
  await assertRejects(() => bad.watch(), StartError, "it is bad");
});

Deno.test("WatchedFiles takes what is written in place, renamed, linked, or put back", async () => {
  await using scene = await Scene.open();
  await scene.watch();
  await Deno.writeTextFile(scene.file, "two");
  await scene.logged("reloaded", 1);
  await Deno.writeTextFile(`${scene.file}.new`, "six"); // as long as before
  await Deno.rename(`${scene.file}.new`, scene.file);
  await scene.logged("reloaded", 2);
  await Deno.remove(scene.file);
  await scene.logged("not-reloaded", 1);
  for (const [index, name] of ["a", "b"].entries()) {
    await Deno.mkdir(join(scene.directory, name));
    await Deno.writeTextFile(join(scene.directory, name, "data"), name);
    await Deno.symlink(name, join(scene.directory, "next")); // a directory of which a link tells, as Kubernetes has it
    await Deno.rename(join(scene.directory, "next"), join(scene.directory, "current"));
    if (index === 0) await Deno.symlink("current/data", scene.file);
    await scene.logged("reloaded", 3 + index);
  }
  assertEquals(scene.read, ["one", "two", "six", "a", "b"]);
});

Deno.test("WatchedFiles tells once of a file that is bad, and again when it is asked", async () => {
  await using scene = await Scene.open();
  const files = await scene.watch();
  await Deno.writeTextFile(scene.file, "bad");
  await scene.logged("not-reloaded", 1);
  const looks = { count: 0 };
  await using other = await Scene.open();
  await other.watch({ name: "clock", files: [], load: () => Promise.resolve() });
  for (; looks.count < 3; looks.count++) { // time enough to tell it again
    await Deno.writeTextFile(other.file, `look ${looks.count}`);
    await other.logged("reloaded", looks.count + 1);
  }
  assertEquals(scene.log.of("not-reloaded").length, 1);
  await files.reload();
  await scene.logged("not-reloaded", 2);
  assertEquals(scene.read, ["one"]);
});

Deno.test("WatchedFiles does not let one bad source hold up another", async () => {
  await using scene = await Scene.open();
  let wrong = false;
  const load = () => wrong ? Promise.reject(new StartError("it is bad")) : Promise.resolve();
  const files = await scene.watch({ name: "other", files: [], load });
  wrong = true;
  await Deno.writeTextFile(scene.file, "two");
  await files.reload();
  assertEquals(scene.read.at(-1), "two");
});

Deno.test("WatchedFiles sees a change of the same length within a tick of the file system's clock", async () => {
  await using scene = await Scene.open();
  const { stat } = Deno;
  const times = { mtime: new Date(0), ctime: new Date(0) }; // a clock with a long tick
  Deno.stat = async (path) => ({ ...await stat(path), ...times });
  try {
    await scene.watch();
    for (const [index, text] of ["two", "six", "ten"].entries()) {
      await Deno.writeTextFile(scene.file, text);
      await scene.logged("reloaded", index + 1);
    }
    assertEquals(scene.read, ["one", "two", "six", "ten"]);
  } finally {
    Deno.stat = stat;
  }
});

/** A source that depends on something else than a file. */
class Moody implements Source {
  readonly name = "other";
  readonly files = [];
  wrong = false;
  loads = 0;

  load(): Promise<void> {
    this.loads++;
    return this.wrong ? Promise.reject(new StartError("it is bad")) : Promise.resolve();
  }
}

Deno.test("WatchedFiles loads what was refused again when another file changes", async () => {
  await using scene = await Scene.open();
  const other = new Moody();
  const files = await scene.watch(other);
  other.wrong = true;
  await files.reload();
  await scene.logged("not-reloaded", 1);
  for (const text of ["two", "three"]) { // it does not get better by that
    const { loads } = other;
    await Deno.writeTextFile(scene.file, text);
    await until("it is tried again", () => other.loads > loads);
  }
  other.wrong = false;
  await Deno.writeTextFile(scene.file, "four");
  await until("it is taken", () => scene.log.of("reloaded").some((line) => line.includes("other")));
  assertEquals(scene.log.of("not-reloaded").length, 1);
});

Deno.test("WatchedFiles loads what was refused again after a while, though no file has changed", async () => {
  await using scene = await Scene.open();
  scene.retry = 1;
  const other = new Moody();
  const files = await scene.watch(other);
  other.wrong = true;
  await files.reload();
  await until("it is tried again", () => other.loads > 4);
  other.wrong = false;
  await until("it is taken", () => scene.log.of("reloaded").some((line) => line.includes("other")));
  assertEquals(scene.log.of("not-reloaded").length, 1);
});
