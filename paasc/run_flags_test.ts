import { assertEquals, assertStringIncludes } from "@std/assert";
import { runFlags } from "./run_flags.ts";

Deno.test("runFlags are those of the task paasc", async () => {
  const configuration = await Deno.readTextFile(new URL("../deno.json", import.meta.url));
  assertStringIncludes(configuration, `"command": "deno run ${runFlags.join(" ")} paasc/main.ts"`);
});

Deno.test("runFlags permit nothing but the network, reading, and paasc's own variables", () => {
  assertEquals(runFlags.filter((flag) => !/^--(?:quiet|no-prompt|ignore-env|v8-flags=.*)$/.test(flag)), [
    "--allow-net",
    "--allow-read",
    "--allow-env=PAASC_SERVER,PAASC_CA,PAASC_CERT,PAASC_KEY",
  ]);
});
