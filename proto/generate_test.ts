import { assertEquals } from "@std/assert";
import { staleFiles } from "./generate.ts";

Deno.test("staleFiles() finds none: the types in gen/ fit the .proto (else run `deno task gen`)", async () => {
  assertEquals(await staleFiles(), []);
});
