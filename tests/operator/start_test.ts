import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../support/until.ts";
import { Realm } from "../support/realm.ts";

const script = fileURLToPath(new URL("../../paasd/start.sh", import.meta.url));

function start(args: string[], env: Record<string, string> = {}): Deno.Command {
  const command = [script, Deno.execPath(), ...args];
  return new Deno.Command("sh", { args: command, env: { ...env, NO_COLOR: "1" }, stdout: "piped", stderr: "piped" });
}

async function outcome(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await start(args).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("start.sh passes flags, output and exit codes through", async () => {
  assertMatch((await outcome(["--help"])).stdout, /^paasd runs Unix commands/);
  assertMatch((await outcome(["--version"])).stdout, /^paasd \d+\.\d+\.\d+\n$/);
  const printed = await outcome(["--print-permissions", "--spool-dir", "/a b"]);
  assertEquals(printed.code, 0);
  assertMatch(printed.stdout, /^(--allow-\w+(=.+)?\n)+$/);
  assert(printed.stdout.includes("--allow-write=/a b\n"));
  const wrong = await outcome(["--nonsense"]);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertMatch(wrong.stderr, /^paasd: [^\n]*--nonsense[^\n]*\n$/);
  const missing = await outcome(["--tls-cert", "/missing file"]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertMatch(missing.stderr, /^paasd: [^\n]*\/missing file[^\n]*\n$/);
});

Deno.test("start.sh starts a daemon in its own place, under paths with spaces", async () => {
  await using realm = await Realm.make();
  const directory = join(realm.directory, "a directory with * [odd] 'words'");
  await Deno.mkdir(directory);
  const flags: string[] = ["--listen", "localhost:0", "--spool-dir", join(directory, "spool")];
  for (
    const [flag, file] of [["--tls-cert", "server.crt"], ["--tls-key", "server.key"], [
      "--client-ca",
      "client-ca.crt",
    ]] as const
  ) {
    await Deno.rename(join(realm.directory, file), join(directory, file));
    flags.push(flag, join(directory, file));
  }
  const child = start(flags).spawn();
  let stdout = "";
  const reading = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => void (stdout += text) }),
  );
  const stderr = new Response(child.stderr).text();
  await until("the daemon is ready", () => stdout.endsWith("\n"));
  assertMatch(stdout, /^paasd listening on 127\.0\.0\.1:\d+\n$/);
  child.kill("SIGHUP"); // nothing happens
  child.kill("SIGTERM"); // the process that was started is the daemon itself
  const { code, signal } = await child.status;
  await reading;
  assertEquals([code, signal], [0, null], await stderr);
  assertMatch(await stderr, /shutting-down\n/);
  assertMatch(stdout, /^[^\n]+\n$/);
});

Deno.test("start.sh takes variables for flags, and puts a temporary spool where TMPDIR says", async () => {
  await using realm = await Realm.make();
  const { options: { tlsCert, tlsKey, clientCa }, directory } = realm;
  const temporary = join(directory, "tmp");
  await Deno.mkdir(temporary);
  const variables = {
    PAASD_LISTEN: "127.0.0.1:0",
    PAASD_TLS_CERT: tlsCert,
    PAASD_TLS_KEY: tlsKey,
    PAASD_CLIENT_CA: clientCa,
    TMPDIR: temporary,
    XDG_RUNTIME_DIR: "",
  };
  const child = start([], variables).spawn();
  const ready = child.stdout.getReader();
  assertMatch(new TextDecoder().decode((await ready.read()).value), /listening/);
  assertEquals([...Deno.readDirSync(temporary)].length, 1);
  child.kill("SIGINT");
  assertEquals((await child.status).code, 0);
  assertEquals([...Deno.readDirSync(temporary)].length, 0);
  await ready.cancel();
  await child.stderr.cancel();
});

Deno.test("start.sh takes a configuration file, and a SIGHUP reads it again", async () => {
  await using realm = await Realm.make();
  const config = await realm.write(
    "paasd.toml",
    'listen = "127.0.0.1:0"\ntls-cert = "server.crt"\ntls-key = "server.key"\nclient-ca = "client-ca.crt"\n' +
      'log-format = "json"\nspool-dir = "spool"\n',
  );
  const checked = await outcome(["--config", config, "--check-config"]);
  assertEquals([checked.code, checked.stdout], [0, "paasd: a daemon can start like this\n"]);
  assertMatch(checked.stderr, /^{"time":"[^"]+","event":"warning","what":"run-as","cause":"[^"]+"}\n$/);
  const wrong = await outcome(["--config", config, "--check-config", "--tls-key", "/missing"]);
  assertEquals([wrong.code, wrong.stdout], [1, ""]);

  const child = start(["--config", config]).spawn();
  let stderr = "";
  const reading = child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => void (stderr += text) }),
  );
  const ready = child.stdout.getReader();
  assertMatch(new TextDecoder().decode((await ready.read()).value), /listening/);
  await Deno.writeTextFile(config, 'stop-grace = "fast"\n');
  child.kill("SIGHUP");
  await until("the bad file is told", () => /"event":"not-reloaded".*stop-grace/.test(stderr));
  await Deno.writeTextFile(config, 'stop-grace = "1s"\nlisten = "127.0.0.1:0"\nspool-dir = "elsewhere"\n');
  child.kill("SIGHUP");
  await until(
    "the good one is taken",
    () => stderr.includes('"event":"reloaded","needs-restart":"tls-cert,tls-key,client-ca,spool-dir,log-format"'),
  );
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0, stderr);
  await reading;
  await ready.cancel();
});

Deno.test("start.sh checks what a start would find of the spool, and takes one that is in use for a warning", async () => {
  await using realm = await Realm.make();
  const { options: { tlsCert, tlsKey, clientCa }, directory } = realm;
  const spool = join(directory, "spool");
  const flags = ["--listen", "127.0.0.1:0", "--tls-cert", tlsCert, "--tls-key", tlsKey, "--client-ca", clientCa];
  flags.push("--spool-dir", spool);
  const child = start(flags).spawn();
  const ready = child.stdout.getReader();
  assertMatch(new TextDecoder().decode((await ready.read()).value), /listening/);
  const checked = await outcome([...flags, "--check-config"]);
  assertEquals(checked.code, 0, checked.stderr);
  assertMatch(checked.stderr, /warning what=spool-dir cause="a daemon uses [^"]+"/);
  child.kill("SIGTERM");
  await child.status;
  await Promise.all([ready.cancel(), child.stderr.cancel()]);

  await Deno.writeTextFile(join(spool, "format"), "paas-spool 99\n");
  const wrong = await outcome([...flags, "--check-config"]);
  assertEquals([wrong.code, wrong.stdout], [1, ""]);
  assertMatch(wrong.stderr, /paasd: Cannot use [^\n]*paas-spool 99[^\n]*\n$/);
});

Deno.test("start.sh tells the daemon how many descriptors it may have, with a list of programs too", async () => {
  await using realm = await Realm.make();
  const { options: { tlsCert, tlsKey, clientCa }, directory } = realm;
  const limited = (flags: string[]) => {
    const certificates = ["--tls-cert", tlsCert, "--tls-key", tlsKey, "--client-ca", clientCa];
    const args = ["-c", 'ulimit -n 777; exec "$@"', "sh", "sh", script, Deno.execPath(), "--listen", "localhost:0"];
    const env = { NO_COLOR: "1", TMPDIR: directory, XDG_RUNTIME_DIR: "" };
    return new Deno.Command("sh", {
      args: [...args, ...certificates, ...flags],
      env,
      stdout: "piped",
      stderr: "piped",
    });
  };
  for (const flags of [[], ["--allow-program", await Deno.realPath("/bin/true")]]) {
    const child = limited(flags).spawn();
    const ready = child.stdout.getReader();
    assertMatch(new TextDecoder().decode((await ready.read()).value), /listening/);
    child.kill("SIGTERM");
    assertMatch(await new Response(child.stderr).text(), / limits descriptors=777 /);
    await child.status;
    await ready.cancel();
  }
});
