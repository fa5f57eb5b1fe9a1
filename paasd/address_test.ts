import { assertEquals } from "@std/assert";
import { toReachable } from "./address.ts";

Deno.test("toReachable() gives an address that can be called", () => {
  assertEquals(["0.0.0.0", "::", "127.0.0.1", "::1"].map(toReachable), ["127.0.0.1", "::1", "127.0.0.1", "::1"]);
});
