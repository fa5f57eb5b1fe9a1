import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { filesOfRepository, ROOT } from "./import_graph.ts";

Deno.test("no file names a place on the machine of whoever wrote it", async () => {
  const place = new RegExp(`(?<![\\w.*-])/(${["work", "root", "home/[\\w.-]+"].join("|")})/`);
  assertMatch(["", "root", "x"].join("/"), place);
  const guilty: string[] = [];
  for (const file of await filesOfRepository()) {
    const lines = (await Deno.readTextFile(join(ROOT, file))).split("\n");
    for (const line of lines) if (place.test(line)) guilty.push(`${file}: ${line.trim()}`);
  }
  assertEquals(guilty, []);
});
