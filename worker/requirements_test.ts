import { assertEquals } from "@std/assert";
import { requirements } from "./requirements.ts";

Deno.test("requirements() names the programs of each feature, and no others", () => {
  const base = requirements().programs;
  assertEquals(base, ["/usr/bin/setsid", "/usr/bin/kill", "/bin/kill"]);
  const more = (features: Parameters<typeof requirements>[0]) =>
    requirements(features).programs.filter((path) => !base.includes(path));
  assertEquals(more({ limits: true }), ["/usr/bin/prlimit"]);
  assertEquals(more({ account: true }), ["/usr/bin/setpriv"]);
  assertEquals(more({ guard: true }), [`${import.meta.dirname}/group/guard.sh`]);
  assertEquals(more({ terminal: true, keep: true }), []);
});

Deno.test("requirements() names a library only for terminals and for a spool that is kept", () => {
  assertEquals(requirements({ limits: true, account: true, guard: true }).libraries, []);
  for (const feature of ["terminal", "keep"]) {
    for (const path of requirements({ [feature]: true }).libraries) assertEquals(path.endsWith("/libc.so.6"), true);
    assertEquals(requirements({ [feature]: true }).libraries.length > 0, Deno.build.os === "linux");
  }
});
