import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Process } from "@paas/worker";
import { InvalidArgumentError, ProcessNotFoundError, ShuttingDownError } from "./errors.ts";
import type { User } from "./identity.ts";
import { ProcessTable } from "./process_table.ts";

const alice: User = { id: "aa", subject: "CN=alice", expires: Infinity };
const bob: User = { id: "bb", subject: "CN=bob", expires: Infinity };

function processOf(id = crypto.randomUUID()): Process {
  return { id } as unknown as Process;
}

Deno.test("ProcessTable finds a process for its owner alone", async () => {
  const table = new ProcessTable();
  const process = await table.start(alice, () => Promise.resolve(processOf()));
  assertStrictEquals(table.find(process.id, alice), process);
  assertStrictEquals(table.find(process.id.toUpperCase(), { ...alice }), process);
  assertThrows(() => table.find(process.id, bob), ProcessNotFoundError);
});

Deno.test("ProcessTable gives the same words for another's process as for none", async () => {
  const table = new ProcessTable();
  const { id } = await table.start(alice, () => Promise.resolve(processOf()));
  const others = assertThrows(() => table.find(id, bob), ProcessNotFoundError);
  const none = assertThrows(() => new ProcessTable().find(id, bob), ProcessNotFoundError);
  assertEquals(others.message, none.message);
});

Deno.test("ProcessTable refuses what is no id", () => {
  for (const id of ["", "x", "../../etc/passwd", "\ufffd", `${crypto.randomUUID()} `]) {
    assertThrows(() => new ProcessTable().find(id, alice), InvalidArgumentError);
  }
});

Deno.test("ProcessTable keeps nothing of a process that did not start", async () => {
  const table = new ProcessTable();
  await assertRejects(() => table.start(alice, () => Promise.reject(new Error("no"))), Error, "no");
  assertEquals(table.processes(), []);
});

Deno.test("ProcessTable, once closed, starts nothing, and knows what was being started", async () => {
  const table = new ProcessTable();
  const late = Promise.withResolvers<Process>();
  const starting = table.start(alice, () => late.promise);
  const closing = table.close();
  await assertRejects(() => table.start(alice, () => Promise.resolve(processOf())), ShuttingDownError);
  const process = processOf();
  late.resolve(process);
  assertEquals(await closing, [process]);
  assertStrictEquals(await starting, process);
});
