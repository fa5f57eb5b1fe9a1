import { assert, assertEquals } from "@std/assert";
import { until } from "../../tests/support/until.ts";
import { EventLoopDelay } from "./event_loop_delay.ts";

Deno.test("EventLoopDelay shows for how long the loop stood still", async () => {
  using delay = new EventLoopDelay();
  assertEquals(delay.percentile(100), 0); // no sample yet
  const end = performance.now() + 400;
  while (performance.now() < end);
  await until("it has a sample", () => delay.percentile(100) > 0);
  assert(delay.percentile(100) >= 0.25, `${delay.percentile(100)} s`);
  assert(delay.percentile(0) <= delay.percentile(99));
});
