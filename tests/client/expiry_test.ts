import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { RunningDaemon, text } from "../support/programs.ts";
import { Realm } from "../support/realm.ts";

/** Runs a command in a terminal of its own, by script(1). */
async function inTerminal(words: readonly string[], env: Record<string, string>): Promise<string> {
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const { stdout } = await new Deno.Command("script", { args: ["-qefc", command, "/dev/null"], env, stdin: "null" })
    .output();
  return text(stdout).replaceAll("\r", "");
}

Deno.test("paasc warns on a terminal, and nowhere else, in the last days of the user's certificate", async () => {
  await using realm = await Realm.make();
  const notAfter = new Date(Date.now() + 2.5 * 86_400_000);
  const [soon, later] = await Promise.all([realm.user({ notAfter }), realm.user()]);
  await using daemon = await RunningDaemon.start([
    ...["--tls-cert", join(realm.directory, "server.crt"), "--tls-key", join(realm.directory, "server.key")],
    ...["--client-ca", join(realm.directory, "client-ca.crt")],
  ]);
  const environment = async (name: string, { cert, key }: { cert: string; key: string }) => ({
    PAASC_CONTEXT: "default",
    PAASC_CA: join(realm.directory, "server-ca.crt"),
    PAASC_CERT: await realm.write(`${name}.crt`, cert),
    PAASC_KEY: await realm.write(`${name}.key`, key, 0o600),
  });
  const env = await environment("soon", soon);
  const list = daemon.paascCommand(["list", "-q"]);
  const day = notAfter.toISOString().slice(0, 10);
  assertEquals(
    await inTerminal(list, env),
    `paasc: the client certificate ${env.PAASC_CERT} ends in 2 days, on ${day}: ask for a new one\n`,
  );
  const [program = "", ...args] = list;
  const piped = await new Deno.Command(program, { args, env }).output();
  assertEquals([piped.code, text(piped.stderr)], [0, ""]);
  assert(!(await inTerminal(daemon.paascCommand(["version"]), env)).includes("ends in"));
  assertEquals((await inTerminal(daemon.paascCommand(["doctor"]), env)).match(/ask for a new one/), null);
  assertEquals(await inTerminal(list, await environment("later", later)), "");
});
