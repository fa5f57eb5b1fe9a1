import { assert, assertEquals } from "@std/assert";
import { isLine, linesOf, matches } from "./printed.ts";

Deno.test("isLine() compares what differs from run to run by its form only", () => {
  const alike: [string, string][] = [
    ["hello  ", "hello"],
    ["3d3c56c8-2b6d-41e3-9dd3-0ffd50a0cb15", "00000000-0000-4000-8000-00000000000a"],
    ["Started: 2026-11-23T09:36:54.384Z (2s ago)", "Started: 2027-01-02T03:04:05Z (1m3s ago)"],
    ["Fri Nov 27 19:49:17 UTC 2026", "Mon Jan  4 09:00:00 UTC 2027"],
    ["until 2036-11-24", "until 2037-01-01"],
    ["Pid: 640", "Pid: 1234567"],
    ["3d3c56c8  a  6s ago   6s", "8f0ad2a4  a  12.5s ago  1h2m"],
    ["SHA-256: 8d8bf6166fc8e12a130ddd4b3fb9d16ccc19213e3c50d9d5c587d4e395b2027d", `SHA-256: ${"0".repeat(64)}`],
    ["Wrote to …/paas-certs:", "Wrote to /anywhere/paas-certs:"],
  ];
  for (const [shown, printed] of alike) assert(isLine(shown, printed), shown);
});

Deno.test("isLine() tells everything else apart", () => {
  const different: [string, string][] = [
    ["hello", "Hello"],
    ["a.c", "abc"],
    ["Log: 21 bytes, 3 lines", "Log: 22 bytes, 3 lines"],
    ["Status: running", "Status: running (again)"],
    ["3d3c56c8", "3d3c56c"],
    ["Pid: 640", "Pid: -"],
    ["2026-11-23T09:36:54.384Z line 2", "line 2"],
    ["", "x"],
    ["… end", "the end of it"],
  ];
  for (const [shown, printed] of different) assert(!isLine(shown, printed), shown);
});

Deno.test("linesOf() counts neither the last line end nor empty lines at the end", () => {
  assertEquals(["", "\n", "a", "a\n", "a\n\nb\n\n"].map(linesOf), [[], [], ["a"], ["a"], ["a", "", "b"]]);
});

Deno.test("matches() takes stdout and stderr in any order to each other, and each in its own", () => {
  const printed = { stdout: "a\nb\na\n", stderr: "a\nc\n" };
  for (const shown of ["a b a a c", "a c a b a", "a a c b a", "a a b a c"]) {
    assert(matches(shown.split(" "), printed), shown);
  }
  for (const shown of ["b a a a c", "c a a b a", "a b a a", "a b a a c d", "a a b b c"]) {
    assert(!matches(shown.split(" "), printed), shown);
  }
});

Deno.test("matches() lets lines follow a beginning", () => {
  const printed = { stdout: "a\nb\nc\n", stderr: "" };
  assert(matches(["a", "b"], printed, true));
  assert(!matches(["a", "b"], printed));
  assert(!matches(["a", "c"], printed, true));
  assert(!matches(["a", "b", "c", "d"], printed, true));
  assert(matches([], printed, true));
});
