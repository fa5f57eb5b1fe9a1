import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { readRegularFile, readRegularTextSync, textOf, UnfitFileError } from "./regular_file.ts";

/** Runs a test in a directory of its own. */
async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readRegularFile() follows links to files, and refuses all that is none without opening it", async () => {
  await inDirectory(async (directory) => {
    const path = (name: string) => join(directory, name);
    await Deno.writeTextFile(path("file"), "text");
    await Deno.symlink("file", path("link"));
    const { success } = await new Deno.Command("mkfifo", { args: [path("fifo")] }).output();
    assert(success);
    await Deno.symlink("fifo", path("link to a fifo"));
    for (const name of ["file", "link"]) {
      assertEquals(textOf(await readRegularFile(path(name))), "text");
      assertEquals(readRegularTextSync(path(name)), "text");
    }
    // A reader that opens it all the same gets something, so that the test fails and does not wait for ever.
    const writer = new Deno.Command("sh", { args: ["-c", 'while :; do echo text >"$0"; done', path("fifo")] }).spawn();
    try {
      for (const name of ["fifo", "link to a fifo", "."]) {
        await assertRejects(() => readRegularFile(path(name)), UnfitFileError, "no file");
        assertThrows(() => readRegularTextSync(path(name)), UnfitFileError, "no file");
      }
    } finally {
      writer.kill("SIGKILL");
      await writer.status;
    }
    await assertRejects(() => readRegularFile("/dev/null"), UnfitFileError, "a device");
    await assertRejects(() => readRegularFile(path("missing")), Deno.errors.NotFound);
  });
});

Deno.test("readRegularFile() reads as many bytes as it may, and not one more", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "file");
    await Deno.writeFile(path, new Uint8Array(100));
    assertEquals((await readRegularFile(path, 100)).length, 100);
    await assertRejects(() => readRegularFile(path, 99), UnfitFileError, "it has 100 bytes, and may have 99");
    assertThrows(() => readRegularTextSync(path, 99), UnfitFileError, "it has 100 bytes");
    await Deno.truncate(path, 2 ** 40); // a file with nothing in it takes no room
    await assertRejects(() => readRegularFile(path), UnfitFileError, "is it the right file?");
  });
});

Deno.test("textOf() passes over a byte order mark, and names UTF-16", () => {
  const text = "-----BEGIN CERTIFICATE-----";
  assertEquals(textOf(new TextEncoder().encode(`\ufeff${text}`)), text);
  assertEquals(textOf(new TextEncoder().encode(text)), text);
  for (const bytes of [[0xff, 0xfe, 0x2d, 0x00], [0xfe, 0xff, 0x00, 0x2d]]) {
    assertThrows(() => textOf(new Uint8Array(bytes)), UnfitFileError, "UTF-16");
  }
});
