import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DAY_MS, daysLeft, describeEnd, type Ending, expiryWarnings, nextWarning, WARNING_DAYS } from "./expiry.ts";

const ENDS = Date.parse("2027-01-15T12:00:00Z");
const certificate: Ending = { what: "server certificate", ends: ENDS };
const before = (days: number) => ENDS - days * DAY_MS;
const texts = (...args: Parameters<typeof expiryWarnings>) => expiryWarnings(...args).map(({ text }) => text);

Deno.test("expiryWarnings() reports an ending that has passed a threshold, by the closest one", () => {
  const thresholds = (now: number) => expiryWarnings([certificate], { now }).map(({ threshold }) => threshold);
  assertEquals(thresholds(before(14) - 1), []);
  assertEquals(thresholds(before(14)), [14]);
  assertEquals(thresholds(before(7) - 1), [14]);
  assertEquals(thresholds(before(7)), [7]);
  assertEquals(thresholds(before(1)), [1]);
  assertEquals(thresholds(ENDS + DAY_MS), [1]);
});

Deno.test("expiryWarnings() says what ends, in how many days and on which", () => {
  assertEquals(texts([certificate], { now: before(13.5) }), ["the server certificate ends in 13 days, on 2027-01-15"]);
  assertEquals(texts([certificate], { now: before(1) }), ["the server certificate ends in 1 day, on 2027-01-15"]);
  assertEquals(texts([certificate], { now: before(0.5) }), [
    "the server certificate ends in less than a day, on 2027-01-15",
  ]);
  assertEquals(texts([certificate], { now: ENDS }), ["the server certificate ended on 2027-01-15"]);
  assertEquals(describeEnd(ENDS, before(100)), "ends in 100 days, on 2027-01-15");
  assertEquals([daysLeft(ENDS, before(1)), daysLeft(ENDS, ENDS), daysLeft(ENDS, ENDS + 1)], [1, 0, -1]);
});

Deno.test("expiryWarnings() reports several endings, each by itself", () => {
  const endings = [certificate, { what: "CRL", ends: before(-6) }, { what: "client CA", ends: before(-100) }];
  assertEquals(texts(endings, { now: before(1) }), [
    "the server certificate ends in 1 day, on 2027-01-15",
    "the CRL ends in 7 days, on 2027-01-21",
  ]);
});

Deno.test("expiryWarnings() gives each threshold once to a caller who goes from look to look", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 3 * DAY_MS }), { maxLength: 60 }), (steps) => {
    const seen: number[] = [];
    let since = before(30);
    for (const step of [...steps, 30 * DAY_MS]) {
      seen.push(...expiryWarnings([certificate], { since, now: since + step }).map(({ threshold }) => threshold));
      since += step;
    }
    assertEquals(new Set(seen).size, seen.length);
    assertEquals(seen, seen.toSorted((one, other) => other - one));
    assertEquals(seen.at(-1), 1);
  }));
});

Deno.test("expiryWarnings() reports what is renewed as a habit only in the second half of its time", () => {
  const list = (days: number): Ending => ({ what: "list", begins: before(days), ends: ENDS });
  const threshold = (days: number, left: number) => expiryWarnings([list(days)], { now: before(left) })[0]?.threshold;
  assertEquals([threshold(30, 14), threshold(28, 14), threshold(27, 14)], [14, 14, undefined]);
  assertEquals([threshold(7, 7), threshold(7, 1), threshold(1, 0.5)], [undefined, 1, undefined]);
  assertEquals(nextWarning([list(7)], before(7)), before(1));
});

Deno.test("nextWarning() gives the times at which each threshold is passed", () => {
  let now = before(20);
  for (const days of WARNING_DAYS) {
    now = nextWarning([certificate, { what: "CRL", ends: before(-100) }], now)!;
    assertEquals(now, before(days));
    assertEquals(expiryWarnings([certificate], { since: now - 1, now }).length, 1);
  }
  assertEquals(nextWarning([certificate], now), undefined);
  assertEquals(nextWarning([], now), undefined);
});
