import { assert, assertEquals, assertThrows } from "@std/assert";
import { Journal, parseJournal } from "./journal.ts";

interface Numbered {
  n: number;
}

async function withDirectory(test: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What a journal has. */
function readAll(path: string): { numbers: number[]; damaged: number } {
  const { journal, records, damaged } = Journal.open<Numbered>(path);
  journal.close();
  return { numbers: records.map(({ n }) => n), damaged };
}

Deno.test("Journal gives what was appended, and goes on behind it", async () => {
  await withDirectory((directory) => {
    const path = `${directory}/journal`;
    for (let n = 0; n < 3; n++) {
      const { journal, records } = Journal.open<Numbered>(path);
      assertEquals(records.length, n);
      journal.append({ n, text: "é\u2028\n\0" });
      journal.close();
    }
    assertEquals(readAll(path), { numbers: [0, 1, 2], damaged: 0 });
  });
});

Deno.test("Journal that is cut at any byte has all records before, and goes on behind them", async () => {
  await withDirectory((directory) => {
    const path = `${directory}/journal`;
    const { journal } = Journal.open(path);
    const ends = [0];
    for (let n = 0; n < 4; n++) {
      journal.append({ n, text: "line\n…" });
      ends.push(Deno.statSync(path).size);
    }
    journal.close();
    const bytes = Deno.readFileSync(path);
    for (let length = 0; length <= bytes.length; length++) {
      Deno.writeFileSync(path, bytes.subarray(0, length));
      const whole = ends.filter((end) => end > 0 && end <= length).length;
      const cut = Journal.open<Numbered>(path);
      assertEquals(cut.records.map(({ n }) => n), [0, 1, 2, 3].slice(0, whole), `cut at ${length}`);
      assertEquals(cut.damaged, ends.includes(length) ? 0 : 1, `cut at ${length}`);
      cut.journal.append({ n: 9 });
      cut.journal.close();
      assertEquals(readAll(path), { numbers: [...[0, 1, 2, 3].slice(0, whole), 9], damaged: 0 });
    }
  });
});

Deno.test("Journal passes over a record with any byte changed, and keeps the others", async () => {
  await withDirectory((directory) => {
    const path = `${directory}/journal`;
    const { journal } = Journal.open(path);
    for (let n = 0; n < 3; n++) journal.append({ n, text: "x" });
    journal.close();
    const bytes = Deno.readFileSync(path);
    const length = bytes.length / 3;
    for (let at = length; at < 2 * length; at++) {
      for (const change of [1, 0xff, bytes[at]!, bytes[at]! ^ 0x0a]) { // the last but one zeroes it, the last makes a newline
        const damaged = bytes.slice();
        damaged[at] = damaged[at]! ^ change;
        if (damaged[at] === bytes[at]) continue;
        const numbers = parseJournal<Numbered>(damaged).records.map(({ n }) => n);
        assertEquals(numbers, at === 2 * length - 1 ? [0] : [0, 2], `byte ${at}`); // a newline that is gone takes two
      }
    }
  });
});

Deno.test("Journal.replace leaves what it is given, and goes on behind it", async () => {
  await withDirectory((directory) => {
    const path = `${directory}/journal`;
    const { journal } = Journal.open(path);
    for (let n = 0; n < 9; n++) journal.append({ n });
    journal.replace([{ n: 7 }]);
    journal.append({ n: 10 });
    assertEquals(journal.lines, 2);
    assertEquals(journal.read<Numbered>().map(({ n }) => n), [7, 10]);
    journal.close();
    assertEquals(readAll(path), { numbers: [7, 10], damaged: 0 });
    assertEquals([...Deno.readDirSync(directory)].length, 1);
  });
});

Deno.test("Journal on a full disk refuses, tears nothing, and writes later what can wait", async () => {
  await withDirectory(async (directory) => {
    const mount = await new Deno.Command("mount", {
      args: ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory],
      stderr: "null",
    }).output();
    if (!mount.success) return console.warn("SKIPPED: a small file system can be mounted by root only");
    try {
      const path = `${directory}/journal`;
      const { journal } = Journal.open(path);
      journal.append({ n: 0 });
      const rest = Deno.openSync(`${directory}/rest`, { create: true, write: true });
      const large = { n: 1, text: "x".repeat(80_000) };
      assertThrows(() => journal.append(large), Error, "No space left");
      try {
        while (rest.writeSync(new Uint8Array(4096)) > 0);
      } catch {
        // It is full.
      }
      const filler: number[] = [];
      for (let n = 100; n < 1000; n++) { // what is left of the last page
        try {
          journal.append({ n });
          filler.push(n);
        } catch {
          break;
        }
      }
      journal.appendSoon({ n: 2 });
      assertThrows(() => journal.append({ n: 3 }));
      assertThrows(() => journal.replace([{ n: 4, text: "x".repeat(9000) }]));
      assertEquals(parseJournal<Numbered>(Deno.readFileSync(path)).records.map(({ n }) => n), [0, ...filler]);
      assertEquals(parseJournal(Deno.readFileSync(path)).damaged, 0);
      rest.close();
      Deno.removeSync(`${directory}/rest`);
      journal.append({ n: 5 });
      journal.close();
      assertEquals(readAll(path), { numbers: [0, ...filler, 2, 5], damaged: 0 });
      assert(!filler.includes(999), "the disk was full");
    } finally {
      await new Deno.Command("umount", { args: [directory] }).output();
    }
  });
});
