import { assertEquals, assertRejects } from "@std/assert";
import { WatcherTooSlowError } from "../errors.ts";
import { Watchers } from "./watchers.ts";

Deno.test("Watchers end one that takes nothing, and go on with the others", async () => {
  const watchers = new Watchers(() => undefined);
  const { signal } = new AbortController();
  const [slow, quick] = ["alice", "bob"].map((owner) => watchers.watch(owner, ["first"], signal));
  assertEquals((await slow!.next()).value, { id: "first", entry: undefined });
  await quick!.next();
  for (let number = 0; number < 30_000; number++) watchers.changed("alice", `${number}`);
  watchers.changed("bob", "his");
  await assertRejects(() => slow!.next(), WatcherTooSlowError);
  assertEquals((await quick!.next()).value?.id, "his");
  await quick!.return();
});
