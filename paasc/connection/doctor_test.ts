import { assertEquals } from "@std/assert";
import { examine } from "./doctor.ts";
import { TestDaemon } from "../../tests/support/stand_in_daemon.ts";

Deno.test("examine() finds nothing wrong with a daemon that is too old to tell its health", async () => {
  await using daemon = await TestDaemon.start({ List: (_call, callback) => callback(null, { processes: [] }) });
  const checks = await Array.fromAsync(examine(daemon.files.settings(daemon.port)));
  assertEquals(checks.filter(({ ok }) => !ok), []);
  assertEquals(checks.find(({ check }) => check === "health")?.detail, "the daemon is too old to tell");
  assertEquals(checks.some(({ check }) => check === "round trip"), true);
});
