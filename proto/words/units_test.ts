import { assertEquals } from "@std/assert";
import { parseDuration, parseLimits, parseSize } from "./units.ts";

Deno.test("parseDuration() reads one number with its unit, or several", () => {
  const durations = { "0s": 0, "500ms": 500, "10s": 10_000, "1.5s": 1_500, "5m": 300_000, "1h": 3_600_000 };
  for (const [text, milliseconds] of Object.entries({ ...durations, "7d": 604_800_000, "1d1h1m1s1ms": 90_061_001 })) {
    assertEquals(parseDuration(text), milliseconds, text);
  }
});

Deno.test("parseDuration() refuses anything else", () => {
  for (
    const text of ["", "10", "-1s", "s", "1w", "1S", "1h30", "1h 30m", " 1s", "1.s", ".5s", "1e3s", "1.2.3s", "1us"]
  ) {
    assertEquals(parseDuration(text), undefined, text);
  }
});

Deno.test("parseSize() reads bytes, and powers of 1,024 in either case", () => {
  const sizes = { "0": 0, "1": 1, "512K": 2 ** 19, "10m": 10 * 2 ** 20, "1G": 2 ** 30, "1T": 2 ** 40 };
  for (const [text, bytes] of Object.entries({ ...sizes, "500MiB": 500 * 2 ** 20, "2gib": 2 ** 31, "64kiB": 65_536 })) {
    assertEquals(parseSize(text), bytes, text);
  }
});

Deno.test("parseSize() refuses anything else, and what no number holds exactly", () => {
  const wrong = ["", "K", "-1", "1.5M", "1KB", "1B", "1iB", "1P", "1 K", "1h", "unlimited"];
  for (const text of [...wrong, "99999999999G", "9007199254740992"]) assertEquals(parseSize(text), undefined, text);
});

Deno.test("parseLimits() reads each limit in its own unit", () => {
  assertEquals(parseLimits("nofile=100"), { nofile: 100 });
  assertEquals(parseLimits("fsize=10G,as=1T,core=0,nproc=5"), { fsize: 10 * 2 ** 30, as: 2 ** 40, core: 0, nproc: 5 });
  assertEquals(parseLimits("as=512m,fsize=64KiB"), { as: 2 ** 29, fsize: 65_536 });
  for (
    const [text, cpu] of [["90", 90], ["2m", 120], ["1h30m", 5_400], ["500ms", 1], ["0", 0], ["1d", 86_400]] as const
  ) {
    assertEquals(parseLimits(`cpu=${text}`), { cpu }, text);
  }
});

Deno.test("parseLimits() refuses anything else", () => {
  const names = ["", "nofile", "nofile=", "files=1", "toString=1", "nofile=1,", ",nofile=1"];
  const values = ["nofile=-1", "nofile=1K", "nofile=1 ", "fsize=1h", "fsize=x", "cpu=1G", "cpu=-1", "cpu=1.5"];
  const large = ["fsize=99999999999G", "cpu=9007199254740992", "nproc=9007199254740992"];
  for (const text of [...names, ...values, ...large]) assertEquals(parseLimits(text), undefined, text);
});
