import { assert, assertEquals, assertThrows } from "@std/assert";
import { QuotaError } from "../errors.ts";
import { Turns } from "./turns.ts";

Deno.test("Turns.next() gives each user a turn, however many searches another has", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const search = async (user: string, count: number) => {
    for (let turn = 0; turn < count; turn++) {
      await turns.next(user);
      order.push(user);
    }
  };
  await Promise.all([...Array.from({ length: 50 }, () => search("mallory", 10)), search("alice", 10)]);
  assert(order.lastIndexOf("alice") < 25, `the last turn of alice is the ${order.lastIndexOf("alice")}th`);
});

Deno.test("Turns.next() lets timers and other work in between", async () => {
  const turns = new Turns();
  let others = 0;
  const timer = setInterval(() => others++, 0);
  const end = performance.now() + 60_000;
  while (others < 5 && performance.now() < end) await turns.next("alice");
  clearInterval(timer);
  assertEquals(others, 5);
});

Deno.test("Turns.begin() bounds the searches of a user and of all users, and leaves some to those who have none", () => {
  const turns = new Turns();
  using searches = new DisposableStack();
  const begin = (user: string) => searches.use(turns.begin(user));
  const last = Array.from({ length: 64 }, () => begin("mallory")).at(-1)!;
  assertThrows(() => begin("mallory"), QuotaError, "You have 64 searches");
  last[Symbol.dispose]();
  begin("mallory");
  for (const user of ["a", "b"]) for (let count = 0; count < 64; count++) begin(user);
  for (let count = 0; count < 64; count++) {
    begin(`user ${count}`);
    assertThrows(() => begin(`user ${count}`), QuotaError, "All users");
  }
  assertThrows(() => begin("alice"), QuotaError, "All users have 256 searches");
});
