import { assertEquals, assertMatch } from "@std/assert";
import type { Objection, RefusalKind } from "../errors.ts";
import { RefusalLog } from "./refusal_log.ts";
import { TestLog } from "../../tests/support/realm.ts";

const NO_CERTIFICATE: Objection = { kind: "no_certificate", sentence: "it sent no certificate" };

Deno.test("RefusalLog writes a line for each, and sums up a flood", async () => {
  const log = new TestLog();
  {
    using refusals = new RefusalLog({ log });
    for (let port = 1; port <= 1_000; port++) refusals.refused(`10.0.0.1:${port}`, NO_CERTIFICATE);
  }
  await log.flush(5_000);
  assertEquals(log.of("refused").length, 20);
  assertMatch(log.of("refused")[0]!, /address=10.0.0.1:1 cause="it sent no certificate"$/);
  assertMatch(log.of("refused-more")[0]!, /count=980/);
});

Deno.test("RefusalLog has nothing to sum up after a few", async () => {
  const log = new TestLog();
  {
    using refusals = new RefusalLog({ log });
    refusals.refused("10.0.0.1:1", NO_CERTIFICATE);
  }
  await log.flush(5_000);
  assertEquals(log.lines.length, 1);
});

Deno.test("RefusalLog counts each refusal by its kind, also in a flood", () => {
  const kinds: RefusalKind[] = [];
  using refusals = new RefusalLog({ log: new TestLog(), metrics: { refused: (kind) => kinds.push(kind) } });
  for (let port = 1; port <= 30; port++) refusals.refused(`10.0.0.1:${port}`, NO_CERTIFICATE);
  refusals.refused("10.0.0.1:1", { kind: "hung_up", sentence: "it hung up during the TLS handshake" });
  assertEquals(kinds, [...Array<RefusalKind>(30).fill("no_certificate"), "hung_up"]);
});
