import { assertEquals, assertRejects } from "@std/assert";
import { withinTime } from "./time.ts";

Deno.test("withinTime() resolves with the promise, or when the time is over", async () => {
  let done = false;
  const soon = Promise.resolve().then(() => done = true);
  await withinTime(soon, 60_000); // the sanitizer finds a timer that is left
  assertEquals(done, true);
  await withinTime(undefined, 60_000);
  await withinTime(new Promise(() => {}), 1);
});

Deno.test("withinTime() rejects with the promise", async () => {
  await assertRejects(() => withinTime(Promise.reject(new RangeError("no")), 60_000), RangeError, "no");
});
