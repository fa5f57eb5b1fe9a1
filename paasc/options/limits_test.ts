import { assertEquals } from "@std/assert";
import { parseLimits } from "./limits.ts";

Deno.test("parseLimits() reads each in its own unit", () => {
  assertEquals(parseLimits("nofile=100"), { nofile: 100 });
  assertEquals(parseLimits("fsize=10G,as=512m,core=0,nproc=5"), {
    fsize: 10 * 2 ** 30,
    as: 2 ** 29,
    core: 0,
    nproc: 5,
  });
  assertEquals([parseLimits("cpu=90"), parseLimits("cpu=1h30m"), parseLimits("cpu=500ms")], [
    { cpu: 90 },
    { cpu: 5_400 },
    { cpu: 1 },
  ]);
});

Deno.test("parseLimits() refuses anything else", () => {
  const wrong = [
    "",
    "nofile",
    "nofile=",
    "nofile=-1",
    "nofile=1K",
    "fsize=1h",
    "fsize=x",
    "cpu=1G",
    "files=1",
    "toString=1",
  ];
  for (const text of [...wrong, "nofile=1,", "fsize=99999999999G", "nofile=1 "]) {
    assertEquals(parseLimits(text), undefined, text);
  }
});
