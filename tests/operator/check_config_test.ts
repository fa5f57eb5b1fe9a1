import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { Realm } from "../support/realm.ts";
import { ROOT } from "../support/programs.ts";

/** Runs a daemon as root without the right to ignore owners and modes, as under the unit, until it has ended. */
async function ends(realm: Realm, ...flags: string[]): Promise<{ code: number; stderr: string }> {
  const { tlsCert, tlsKey, clientCa } = realm.options;
  const files = ["--tls-cert", tlsCert, "--tls-key", tlsKey, "--client-ca", clientCa, "--listen", "127.0.0.1:0"];
  const { code, stderr } = await new Deno.Command("setpriv", {
    args: ["--bounding-set=-all", "sh", "paasd/start.sh", Deno.execPath(), ...files, ...flags],
    cwd: ROOT,
    stdin: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "--check-config says no where a start does: a spool that belongs to another account",
  ignore: Deno.uid() !== 0,
  async fn(t) {
    await using realm = await Realm.make();
    const spool = join(realm.directory, "spool");
    const check = async (words: RegExp) => {
      for (const flags of [["--check-config"], []]) {
        const { code, stderr } = await ends(realm, "--spool-dir", spool, ...flags);
        assertEquals(code, 1, stderr);
        assertMatch(stderr, words);
      }
    };
    await t.step("the directory, which a daemon makes private", async () => {
      await Deno.mkdir(spool);
      await Deno.chown(spool, 65_534, 65_534);
      await Deno.chmod(spool, 0o777);
      await check(/^paasd: Cannot use .*spool as a spool.*Operation not permitted.*--spool-dir$/m);
      await Deno.chown(spool, 0, 0);
      assertEquals((await ends(realm, "--spool-dir", spool, "--check-config")).code, 0);
    });
    await t.step("the database", async () => {
      await Deno.writeTextFile(join(spool, "format"), "paas-spool 4\n");
      await Deno.writeTextFile(join(spool, "history.db"), "", { mode: 0o600 });
      await Deno.chown(join(spool, "history.db"), 65_534, 65_534);
      await check(/^paasd: Cannot use .*spool as a spool/m);
    });
  },
});
