import { assertEquals } from "@std/assert";
import { Access } from "./access.ts";

Deno.test("Access.changed() calls the listeners of one user, or of all, until their signals abort", () => {
  const access = new Access();
  const calls: string[] = [];
  const [alice, bob] = [new AbortController(), new AbortController()];
  access.onChange("alice", () => calls.push("alice"), alice.signal);
  access.onChange("bob", () => calls.push("bob"), bob.signal);
  access.changed("alice");
  assertEquals(calls.splice(0), ["alice"]);
  access.changed("carol");
  assertEquals(calls.splice(0), []);
  access.policy = undefined;
  assertEquals(calls.splice(0), ["alice", "bob"]);
  alice.abort();
  access.changed("alice");
  access.changed();
  assertEquals(calls, ["bob"]);
});
