import { assertEquals, assertRejects } from "@std/assert";
import { ExitError } from "../exit.ts";
import { print } from "./output.ts";

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
