import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { warnOfFiles } from "./file_warnings.ts";
import { Realm, TestLog } from "../../tests/support/realm.ts";

/** The warnings of a daemon with these options. */
async function warnings(options: Parameters<typeof warnOfFiles>[0]): Promise<string[]> {
  const log = new TestLog();
  await warnOfFiles(options, log);
  await log.flush(1_000);
  return log.of("warning");
}

Deno.test("warnOfFiles() names each file that others may write, and a key that others may read, and nothing else", async () => {
  await using realm = await Realm.make();
  const file = async (name: string, mode = 0o644) => {
    const path = await realm.write(name, "");
    await Deno.chmod(path, mode);
    return path;
  };
  const options = {
    ...realm.options,
    tlsKey: await file("key", 0o600),
    crl: await file("crl"),
    denyList: await file("denied"),
    policy: await file("policy"),
    config: await file("config"),
  };
  await Deno.chmod(options.clientCa, 0o644);
  assertEquals(await warnings(options), []);

  const paths = [options.tlsKey, options.clientCa, options.crl, options.denyList, options.policy, options.config];
  for (const mode of [0o666, 0o602, 0o620]) {
    for (const path of paths) await Deno.chmod(path, mode);
    const lines = await warnings(options);
    assertEquals(lines.length, paths.length);
    for (const [index, line] of lines.entries()) {
      assertMatch(
        line,
        new RegExp(` file=${paths[index]} cause="others .* may write it \\(mode 0${mode.toString(8)}\\)"`),
      );
    }
  }
  for (const path of paths) await Deno.chmod(path, 0o604);
  assertMatch(
    (await warnings(options)).join("\n"),
    /^\S+ warning what="private key \(--tls-key\)" [^\n]*may read it[^\n]*$/,
  );
  await Deno.chmod(options.tlsKey, 0o640);
  // That of root is read by way of a group by a daemon that is not root.
  assertEquals((await warnings(options)).length, Deno.uid() === 0 ? 0 : 1);
});

Deno.test("warnOfFiles() looks at what a link leads to, and leaves alone what is missing or published", async () => {
  await using realm = await Realm.make();
  const target = await realm.write("target", "");
  await Deno.chmod(target, 0o666);
  const tlsKey = join(realm.directory, "link");
  await Deno.symlink(target, tlsKey);
  assertMatch((await warnings({ ...realm.options, tlsKey })).join("\n"), /may write it/);
  const { directory } = realm;
  const policy = join(directory, "missing");
  const published = join(import.meta.dirname!, "../..", "certs", "server.key");
  assertEquals(await warnings({ ...realm.options, tlsKey: published, policy, config: undefined }), []);
});

Deno.test({
  name: "warnOfFiles() names a file of another account",
  ignore: Deno.uid() !== 0, // only root can give a file away
  async fn() {
    await using realm = await Realm.make();
    const policy = await realm.write("policy", "");
    await Deno.chmod(policy, 0o600);
    await Deno.chmod(realm.options.tlsKey, 0o600);
    await Deno.chown(policy, 12_345, 0);
    assertMatch(
      (await warnings({ ...realm.options, policy })).join("\n"),
      /^\S+ warning what="policy [^\n]*uid 12345/,
    );
  },
});
