import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { type FileMode, waysTo } from "../files/file_steps.ts";
import { readClientCa, readPair } from "../trust/credentials.ts";
import { exposed, preflight } from "./preflight.ts";
import { Realm, TestLog } from "../../tests/support/realm.ts";

const RUN = { name: "paas-run", uid: 990, gid: 990 };

/** What is said of a file below directories of root's, given the modes of both. */
async function saidOf(secret: boolean, directory: Partial<FileMode>, file?: Partial<FileMode>): Promise<string[]> {
  const root = { uid: 0, gid: 0, mode: 0o040755 };
  const files = new Map<string, FileMode>([["/", root], ["/d", { ...root, ...directory }]]);
  if (file) files.set("/d/f", { ...root, mode: 0o100600, ...file });
  const [way] = await waysTo(
    ["/d/f"],
    (paths) => Promise.resolve(new Map(paths.flatMap((path) => files.has(path) ? [[path, files.get(path)!]] : []))),
  );
  return exposed("/d/f", secret, RUN, way!);
}

Deno.test("exposed() tells what the account of commands may do to a file, and what to do", async () => {
  assertEquals(await saidOf(true, {}, {}), []);
  assertEquals(await saidOf(true, {}, { mode: 0o100640, gid: 990 }), [
    "the account of commands, paas-run, may read /d/f: chmod go-rwx, for it or for /d",
  ]);
  assertEquals(await saidOf(false, {}, { mode: 0o100644 }), []); // a certificate is no secret
  assertEquals(await saidOf(false, {}, { mode: 0o100646 }), [
    "the account of commands, paas-run, may change /d/f: give it to root, and chmod go-w",
  ]);
  assertEquals(await saidOf(true, { uid: 990 }, {}), [
    "the account of commands, paas-run, may change /d/f: give /d to root, and chmod go-w",
  ]);
  assertEquals(await saidOf(true, { mode: 0o041777 }), [
    "the account of commands, paas-run, may make /d/f before the daemon does: make it yourself",
  ]);
  assertEquals(await saidOf(true, { mode: 0o040700 }, { mode: 0o100666 }), []);
});

/** What a daemon at that address says of a certificate with these names. */
async function saidOfNames(realm: Realm, host: string, hosts: string[]): Promise<string | undefined> {
  const { cert, key } = await realm.serverCa.issue({ commonName: "server", usages: ["serverAuth"], hosts });
  const tlsCert = await realm.write("names.crt", cert);
  const tlsKey = await realm.write("names.key", key);
  const told = await warnings(realm, { tlsCert, tlsKey, listen: { host, port: 0 } });
  return /what=tls-cert cause="[^ ]+ ([^"]+)"/.exec(told.join("\n"))?.[1];
}

Deno.test("preflight() warns of a certificate that no client could use where the daemon listens", async () => {
  await using realm = await Realm.make();
  const local = ["localhost", "127.0.0.1", "::1"];
  assertEquals(await saidOfNames(realm, "127.0.0.1", local), undefined);
  assertEquals(await saidOfNames(realm, "0.0.0.0", [...local, "paas.example.com"]), undefined);
  assertEquals(await saidOfNames(realm, "192.0.2.1", ["192.0.2.1"]), undefined);
  assertMatch(
    (await saidOfNames(realm, "0.0.0.0", local))!,
    /^is for localhost, .* alone: no client on another machine/,
  );
});

/** The warnings of a daemon with these options. */
async function warnings(realm: Realm, change: Partial<Realm["options"]> = {}): Promise<string[]> {
  const log = new TestLog();
  const options = { ...realm.options, ...change };
  await preflight(options, { ...await readPair(options), ca: await readClientCa(options) }, log);
  await log.flush(5_000);
  return log.of("warning");
}

Deno.test("preflight() warns of commands under the daemon's own account, once, and not for the development certificates", async () => {
  await using realm = await Realm.make();
  const [warning, ...others] = await warnings(realm);
  assertMatch(warning!, / warning what=run-as cause="commands run under the daemon's own account: .*--run-as"$/);
  assertEquals(others, []);
  const certs = (name: string) => join(import.meta.dirname!, "../../certs", name);
  const development = { tlsCert: certs("server.crt"), tlsKey: certs("server.key"), clientCa: certs("client-ca.crt") };
  assertEquals(await warnings(realm, development), []);
});

Deno.test("preflight() warns of a certificate without names, and of a list with a shell", async () => {
  await using realm = await Realm.make();
  const { cert, key } = await realm.serverCa.issue({ commonName: "server", usages: ["serverAuth"] });
  const tlsCert = await realm.write("nameless.crt", cert);
  const tlsKey = await realm.write("nameless.key", key);
  const told = (await warnings(realm, { tlsCert, tlsKey, allowProgram: ["/bin/sh"] })).join("\n");
  assertMatch(told, /what=tls-cert cause="[^"]*nameless.crt has no subject alternative name/);
  assertMatch(told, /what=allow-program cause="\/bin\/sh runs whatever it is told to/);
});

Deno.test({
  name: "preflight() warns of files that the account of commands may read or change",
  ignore: Deno.uid() !== 0, // only root can run commands as another user
  async fn() {
    await using realm = await Realm.make();
    const { directory, options: { tlsKey } } = realm;
    await Deno.chmod(directory, 0o755);
    await Deno.chmod(tlsKey, 0o644);
    const spoolDir = join(directory, "spool");
    await Deno.mkdir(spoolDir, { mode: 0o700 });
    await Deno.chmod(spoolDir, 0o777);
    const config = await realm.write("paasd.toml", `run-as = "nobody"\nspool-dir = "spool"\n`);
    await Deno.chmod(config, 0o600);
    const files = ["--tls-cert", realm.options.tlsCert, "--tls-key", tlsKey, "--client-ca", realm.options.clientCa];
    const start = join(import.meta.dirname!, "../start.sh");
    const run = async () => {
      const { code, stderr } = await new Deno.Command("sh", {
        args: [start, Deno.execPath(), "--config", config, ...files, "--listen", "127.0.0.1:0", "--check-config"],
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stderr);
    };
    const told = await run();
    assertMatch(told, /warning what=tls-key cause="the account of commands, nobody, may read [^"]*server.key/);
    assertMatch(told, /warning what=spool-dir cause="the account of commands, nobody, may change [^"]*spool/);
    assertEquals(told.match(/the account of commands/g)?.length, 2, told);
    await Deno.chmod(tlsKey, 0o600);
    await Deno.chmod(spoolDir, 0o700);
    assertEquals(await run(), "");
  },
});
