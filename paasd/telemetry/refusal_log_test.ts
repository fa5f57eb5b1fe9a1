import { assertEquals, assertMatch } from "@std/assert";
import { RefusalLog } from "./refusal_log.ts";
import { TestLog } from "../../tests/support/realm.ts";

Deno.test("RefusalLog writes a line for each, and sums up a flood", async () => {
  const log = new TestLog();
  {
    using refusals = new RefusalLog(log);
    for (let port = 1; port <= 1_000; port++) refusals.write(`10.0.0.1:${port}`, "it sent no certificate");
  }
  await log.flush(5_000);
  assertEquals(log.of("refused").length, 20);
  assertMatch(log.of("refused")[0]!, /address=10.0.0.1:1 cause="it sent no certificate"$/);
  assertMatch(log.of("refused-more")[0]!, /count=980/);
});

Deno.test("RefusalLog has nothing to sum up after a few", async () => {
  const log = new TestLog();
  {
    using refusals = new RefusalLog(log);
    refusals.write("10.0.0.1:1", "it sent no certificate");
  }
  await log.flush(5_000);
  assertEquals(log.lines.length, 1);
});
