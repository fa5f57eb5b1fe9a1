import { assert, assertEquals } from "@std/assert";
import { FLAGS } from "./flags.ts";
import { help } from "./help.ts";

Deno.test("help() names every flag once, in lines that a terminal can show", () => {
  const lines = help().split("\n");
  for (const name of [...Object.keys(FLAGS), "config", "check-config", "print-permissions", "help", "version"]) {
    assertEquals(lines.filter((line) => line.startsWith(`  --${name} `) || line === `  --${name}`).length, 1, name);
  }
  assert(lines.every((line) => line.length <= 120));
});

Deno.test("help() tells defaults, but no paths of this machine", () => {
  assert(/--stop-grace DURATION .*\(10s\)/.test(help()), help());
  assert(!help().includes("/certs/"));
});
