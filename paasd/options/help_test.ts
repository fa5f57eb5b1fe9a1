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

Deno.test("docs/operating.md has the default of each limit, and none that there is not", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/operating.md", import.meta.url));
  const table = new Map(
    [...text.matchAll(/^\| `([\w-]+)` \| (.*?) \| .* \|$/gm)].map(([, name, told]) => [name!, told!]),
  );
  const limits = Object.entries(FLAGS).filter(([name]) => /^max-|^retain|-(timeout|grace)$/.test(name));
  assert(limits.length > 10);
  for (const [name, { default: text }] of limits) {
    assert(table.has(name), name);
    if (text !== undefined) assertEquals([name, table.get(name)], [name, `\`${text}\``]);
  }
  for (const name of table.keys()) if (/^max-|^retain/.test(name)) assert(Object.hasOwn(FLAGS, name), name);
});
