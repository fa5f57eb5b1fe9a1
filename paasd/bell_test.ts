import { assertEquals } from "@std/assert";
import { Bell } from "./bell.ts";

Deno.test("Bell wakes the loop that waits at each ring", async () => {
  using bell = new Bell();
  let [state, seen] = [0, 0];
  const loop = (async () => {
    for (; seen < 3; seen = state) await bell.rung();
  })();
  while (seen < 3) {
    state++;
    bell.ring();
    await Promise.resolve();
  }
  await loop;
  assertEquals(seen, 3);
});

Deno.test("Bell rings when its signal aborts, until it is disposed of", async () => {
  const controller = new AbortController();
  const bell = new Bell(controller.signal);
  const rung = bell.rung();
  controller.abort();
  await rung;

  let woken = false;
  const another = new AbortController();
  const disposed = new Bell(another.signal);
  disposed.rung().then(() => woken = true);
  disposed[Symbol.dispose]();
  another.abort();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(woken, false);
});
