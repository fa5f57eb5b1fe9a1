import { assertEquals } from "@std/assert";
import { until } from "../tests/support/until.ts";
import { onTermination, terminalGone } from "./termination.ts";

Deno.test("onTermination() counts repeats as one, and tells the first from later ones", async () => {
  const heard: string[] = [];
  // Hears each signal as well, so that the test knows when all have come. (SIGINT belongs to the test runner.)
  let all = 0;
  const count = () => all++;
  Deno.addSignalListener("SIGTERM", count);
  try {
    using _termination = onTermination(() => heard.push("first"), () => heard.push("again"));
    Deno.kill(Deno.pid, "SIGTERM");
    await until("the first one has come", () => all === 1);
    Deno.kill(Deno.pid, "SIGTERM");
    await until("its repeat has come", () => all === 2);
    assertEquals(heard, ["first"]);
    const later = performance.now() + 350;
    await until("no repeat can be meant any more", () => performance.now() > later);
    Deno.kill(Deno.pid, "SIGTERM");
    await until("the later one has come", () => all === 3);
    assertEquals(heard, ["first", "again"]);
  } finally {
    Deno.removeSignalListener("SIGTERM", count);
  }
});

Deno.test("terminalGone() tells that a terminal is gone, and nothing of a program that had none", () => {
  let terminal = true;
  const stdin = { isTerminal: () => terminal };
  const gone = terminalGone(stdin);
  assertEquals(gone(), false);
  terminal = false;
  assertEquals(gone(), true);
  assertEquals(terminalGone(stdin)(), false);
});
