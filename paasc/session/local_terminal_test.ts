import { assertEquals } from "@std/assert";
import { untilDetached } from "./local_terminal.ts";

const keys = [16, 17];

/** Types these bytes, and gives the bytes that pass and whether the user has detached. */
async function typed(...pieces: number[][]): Promise<{ bytes: number[]; detached: boolean }> {
  const bytes: number[] = [];
  let detached = false;
  async function* source() {
    for (const piece of pieces) yield Uint8Array.from(piece);
  }
  for await (const piece of untilDetached(source(), keys, () => detached = true)) bytes.push(...piece);
  return { bytes, detached };
}

Deno.test("untilDetached() passes all bytes before the keys that detach, and none after them", async () => {
  assertEquals(await typed([1, 2], [3]), { bytes: [1, 2, 3], detached: false });
  assertEquals(await typed([1, 16, 17, 2]), { bytes: [1], detached: true });
  assertEquals(await typed([1, 16], [17], [2]), { bytes: [1], detached: true });
});

Deno.test("untilDetached() passes the first of the keys if another key follows", async () => {
  assertEquals(await typed([16, 1]), { bytes: [16, 1], detached: false });
  assertEquals(await typed([16], [16], [17]), { bytes: [16], detached: true });
  assertEquals(await typed([16, 16, 3]), { bytes: [16, 16, 3], detached: false });
});
