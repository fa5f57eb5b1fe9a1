import { assertEquals } from "@std/assert";
import { CUT, gapJson, gapSentence, isMissing, type LogGap, Shortfall } from "./log_gap.ts";

const gap: LogGap = { from: 5, to: 7, reason: "LOG_GAP_REASON_DROPPED" };

Deno.test("gapSentence() gives the size of the gap and the reason", () => {
  const why = "the daemon keeps only the newest part of a log";
  for (
    const [from, to, lines, what] of [
      [0, 5_242_880, 1_234, "1,234 lines (5.2 MB, bytes 0 to 5242880) are"],
      [0, 5_242_880, undefined, "5.2 MB (bytes 0 to 5242880) are"],
      [5, 7, 1, "1 line (2 bytes, bytes 5 to 7) is"],
      [5, 7, 0, "2 bytes (bytes 5 to 7) are"],
      [5, 6, undefined, "1 byte (bytes 5 to 6) is"],
      [0, 999, undefined, "999 bytes (bytes 0 to 999) are"],
      [0, 1_000, undefined, "1.0 kB (bytes 0 to 1000) are"],
      [0, 999_949, undefined, "999.9 kB (bytes 0 to 999949) are"],
      [0, 999_950, undefined, "1.0 MB (bytes 0 to 999950) are"],
      [0, 3e9, undefined, "3.0 GB (bytes 0 to 3000000000) are"],
      [0, 2 ** 53 - 1, undefined, "9.0 PB (bytes 0 to 9007199254740991) are"],
    ] as const
  ) {
    assertEquals(gapSentence({ ...gap, from, to, lines: lines! }), `${what} missing: ${why}`);
  }
});

Deno.test("gapSentence() knows each reason, and accepts one of a newer daemon", () => {
  for (
    const [reason, why] of [
      ["LOG_GAP_REASON_UNSPECIFIED", "the daemon does not say why"],
      ["LOG_GAP_REASON_DROPPED", "the daemon keeps only the newest part of a log"],
      ["LOG_GAP_REASON_NO_SPACE", "the daemon's disk or quota was full"],
      ["LOG_GAP_REASON_WRITE_FAILED", "the daemon could not write to its disk"],
      ["LOG_GAP_REASON_SKIPPED", "this reader was more than 4 MiB behind, and --on-slow is skip"],
      ["LOG_GAP_REASON_DAMAGED", "they are damaged on the daemon's disk"],
      [7, "the daemon's reason 7 is not known to this paasc"],
    ] as const
  ) {
    const some = { ...gap, reason: reason as LogGap["reason"] };
    assertEquals([gapSentence(some), isMissing(some)], [`2 bytes (bytes 5 to 7) are missing: ${why}`, true]);
  }
  assertEquals(isMissing({ ...gap, reason: "LOG_GAP_REASON_NOT_REQUESTED" }), false);
});

Deno.test("gapJson() includes the number of lines if it is known", () => {
  const words = (gap: LogGap) => JSON.parse(JSON.stringify(gapJson(gap)));
  assertEquals(words(gap), { gap: { from: 5, to: 7, reason: "dropped" } });
  assertEquals(words({ ...gap, reason: "LOG_GAP_REASON_NO_SPACE", lines: 0 }), {
    gap: { from: 5, to: 7, reason: "no-space", lines: 0 },
  });
});

Deno.test("Shortfall has a sentence for damaged bytes and for a log that may be cut, but not for other gaps", () => {
  const end = { bytes: 5_000, lines: 1, status: null, mayBeCut: false };
  const shortfall = new Shortfall();
  shortfall.take({ gap });
  shortfall.take({ end });
  assertEquals(shortfall.sentence, undefined);
  for (const from of [2_000, 4_000]) {
    shortfall.take({ gap: { from, to: from + 500, reason: "LOG_GAP_REASON_DAMAGED" } });
  }
  const damaged = "the log is incomplete: 1.0 kB of it are damaged on the daemon's disk";
  assertEquals(shortfall.sentence, damaged);
  shortfall.take({ end: { ...end, mayBeCut: true } });
  assertEquals(shortfall.sentence, `${damaged}; and ${CUT}`);
});
