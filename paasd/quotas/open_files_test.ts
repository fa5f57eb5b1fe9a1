import { assertEquals } from "@std/assert";
import { descriptorLimit } from "./open_files.ts";

Deno.test("descriptorLimit() tells the limit of this process, the hard one", async () => {
  const script = `import { descriptorLimit } from "${import.meta.resolve("./open_files.ts")}";
    console.log(await descriptorLimit());`;
  const run = `echo '${script}' | "$0" run --no-check --allow-run --allow-env=PAASD_OPEN_FILES --ext=ts -`;
  for (const limits of ["ulimit -n 100", "ulimit -Sn 100; ulimit -Hn 200"]) {
    const { stdout } = await new Deno.Command("sh", { args: ["-c", `${limits}; ${run}`, Deno.execPath()] }).output();
    assertEquals(new TextDecoder().decode(stdout).trim(), limits.endsWith("200") ? "200" : "100", limits);
  }
  assertEquals(Number.isInteger(await descriptorLimit()), true);
});
