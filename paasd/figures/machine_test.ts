import { assert, assertEquals } from "@std/assert";
import { Machine } from "./machine.ts";

Deno.test("Machine.see() gives the open descriptors and the free space", async () => {
  const files: Deno.FsFile[] = [];
  const before = await new Machine("/tmp", 1_000).see();
  for (let number = 0; number < 50; number++) files.push(await Deno.open(import.meta.filename!));
  const after = await new Machine("/tmp", 1_000).see();
  for (const file of files) file.close();
  assert(before.descriptors! > 3 && after.descriptors! >= before.descriptors! + 40, JSON.stringify({ before, after }));
  assert(before.free! > 0);
});

Deno.test("Machine.see() leaves out the space of a directory that is gone", async () => {
  const { descriptors, free } = await new Machine("/tmp/-gone $(echo)", 1_000).see();
  assert(descriptors! > 3);
  assertEquals(free, undefined);
});

Deno.test("Machine.see() looks once for all who ask within a second", async () => {
  const machine = new Machine("/tmp", 1_000);
  const [one, other] = [machine.see(), machine.see()];
  const { Command } = Deno;
  Deno.Command = class {
    constructor() {
      throw new Error("It starts another program");
    }
  } as unknown as typeof Deno.Command;
  try {
    const third = machine.see();
    assertEquals(await one, await other);
    assertEquals(await one, await third);
  } finally {
    Deno.Command = Command;
  }
});

Deno.test("Machine.see() counts all descriptors as open when none is left to look with", async () => {
  const { Command } = Deno;
  Deno.Command = class {
    constructor() {
      throw Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
    }
  } as unknown as typeof Deno.Command;
  try {
    assertEquals(await new Machine("/tmp", 1_000).see(), { descriptors: 1_000 });
  } finally {
    Deno.Command = Command;
  }
});
