import { assertEquals, assertRejects } from "@std/assert";
import { ExitError } from "../exit.ts";
import { noteTo, print, SharedOutput } from "./output.ts";

Deno.test("print() writes until all bytes are taken", async () => {
  const taken: number[] = [];
  const output = {
    write(bytes: Uint8Array) {
      const some = bytes.subarray(0, 2);
      taken.push(...some);
      return Promise.resolve(some.length);
    },
  };
  await print(output, new Uint8Array([0, 255, 1, 2, 3]));
  assertEquals(taken, [0, 255, 1, 2, 3]);
});

Deno.test("print() fails without a message when the reader has gone", async () => {
  const output = { write: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")) };
  const error = await assertRejects(() => print(output, "a"), ExitError);
  assertEquals([error.reason, error.message], ["output-closed", ""]);
});

Deno.test("print() says why it cannot write", async () => {
  const output = { write: () => Promise.reject(new Error("No space left on device")) };
  const error = await assertRejects(() => print(output, "a"), ExitError);
  assertEquals([error.reason, error.message], ["failed", "cannot write to stdout: No space left on device"]);
});

Deno.test("SharedOutput is flushed when all notes are printed in their order, or when the time is over", async () => {
  const printed: number[] = [];
  const reader = Promise.withResolvers<void>();
  const output = new SharedOutput({
    async write(bytes: Uint8Array) {
      await reader.promise;
      printed.push(...bytes.subarray(0, 3));
      return Math.min(3, bytes.length);
    },
  }, "stderr");
  const note = noteTo(output);
  note("one");
  note("two");
  await output.flushed(10);
  assertEquals(printed, []);
  reader.resolve();
  await output.flushed(60_000);
  assertEquals(new TextDecoder().decode(Uint8Array.from(printed)), "paasc: one\npaasc: two\n");
});

Deno.test("SharedOutput prints on after a failure", async () => {
  let failures = 1;
  const output = new SharedOutput({
    write: ({ length }) => failures-- > 0 ? Promise.reject(new Error("full")) : Promise.resolve(length),
  }, "stderr");
  await assertRejects(() => print(output, "a"), ExitError, "cannot write to stderr: full");
  await print(output, "b");
});
