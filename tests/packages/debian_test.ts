import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename } from "node:path";
import manifest from "../../paasc/deno.json" with { type: "json" };
import { makeDebian } from "../../package/main.ts";
import { text } from "../support/programs.ts";

async function printed(program: string, args: string[], options: Deno.CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, ...options }).output();
  assertEquals(code, 0, text(stderr));
  return text(stdout);
}

Deno.test("makeDebian() packs programs that run from it, root's files, and pages that man(1) reads", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = await makeDebian(directory);
    if (path === undefined) return console.warn("SKIPPED, NOTHING WAS PACKED: there is no dpkg-deb");
    assertMatch(basename(path), /^paas_[\d.]+_(amd64|arm64)\.deb$/);
    assertEquals(
      await printed("dpkg-deb", ["--field", path, "Package", "Version"]),
      `Package: paas\nVersion: ${manifest.version}\n`,
    );

    const files = (await printed("dpkg-deb", ["--contents", path])).trimEnd().split("\n");
    const modes = new Map(files.map((line) => {
      const [mode, owner, , , , name] = line.split(/\s+/);
      assertEquals(owner, "root/root", line);
      return [name, mode];
    }));
    for (const [name, mode] of modes) {
      assert(mode!.startsWith("l") || !/^.....w|^........w/.test(mode!), `${name} ${mode}`);
    }
    assertEquals([modes.get("./etc/paas/"), modes.get("./etc/paas/paasd.toml")], ["drwx------", "-rw-------"]);
    assertEquals(modes.get("./usr/lib/paas/paasd/lib/guard.sh"), "-rwxr-xr-x");

    const root = `${directory}/root`;
    await printed("dpkg-deb", ["--raw-extract", path, root]);
    const options = { env: { PATH: "/usr/bin:/bin", HOME: directory }, clearEnv: true };
    for (const name of ["paasc", "paasd"]) {
      assertEquals(await printed(`${root}/usr/bin/${name}`, ["--version"], options), `${name} ${manifest.version}\n`);
    }
    for (const script of ["postinst", "prerm"]) await printed("sh", ["-n", `${root}/DEBIAN/${script}`]);
    const unit = await Deno.readTextFile(`${root}/usr/lib/systemd/system/paasd.service`);
    const [, program] = /^ExecStart=(\S+) /m.exec(unit)!;
    assert(modes.has(`./usr/bin/${program}`), "systemd finds the program by its name");
    const page = await printed("gzip", ["-dc", `${root}/usr/share/man/man1/paasc.1.gz`]);
    assertMatch(page, /^\.SS "paasc exec"\n\.P\n\.EX\nUsage: paasc exec /m);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
