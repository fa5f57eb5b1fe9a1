import { assertEquals } from "@std/assert";
import { parseWhen } from "./time.ts";

Deno.test("parseWhen() takes the hours, minutes and seconds that RFC 3339 has, and no others", () => {
  const seconds = (text: string) => parseWhen(text, 0)?.seconds;
  assertEquals(seconds("2016-12-31T23:59:60Z"), Date.UTC(2017, 0) / 1000);
  assertEquals(parseWhen("2016-12-31T23:59:60.5Z", 0), { seconds: Date.UTC(2017, 0) / 1000, nanos: 500_000_000 });
  assertEquals(seconds("1990-12-31T15:59:60-08:00"), Date.UTC(1991, 0) / 1000);
  assertEquals(seconds("2026-11-25t23:59:59z"), Date.UTC(2026, 10, 25, 23, 59, 59) / 1000);
  for (
    const text of ["2026-11-25T24:00:00Z", "2026-11-25T12:00:60Z", "2026-11-25T12:60:00Z", "2026-11-25T23:59:61Z"]
      .concat(
        ["2026-11-25T12:00:00+24:00", "2026-11-25T12:00:00+01:60", "2026-02-30T12:00:00Z"],
      )
  ) {
    assertEquals(parseWhen(text, 0), undefined, text);
  }
});
