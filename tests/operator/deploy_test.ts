import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { parseConfig } from "../../paasd/options/config_file.ts";
import { parseOptions } from "../../paasd/options/options.ts";
import { ROOT, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { Page } from "./scrape.ts";
import { until } from "../support/until.ts";

const AS_ROOT = Deno.uid() === 0;

const read = (name: string) => Deno.readTextFile(join(ROOT, "deploy", name));

/** The value of a setting of the unit. */
async function setting(name: string): Promise<string | undefined> {
  return new RegExp(`^${name}=(.*)$`, "m").exec(await read("paasd.service"))?.[1];
}

Deno.test("deploy/ runs commands under one account of their own, which unit, configuration and container agree on", async () => {
  const config = parseConfig("paasd.toml", await read("paasd.toml"));
  const account = config.get("run-as");
  assert(account);
  parseOptions(["--config", join(ROOT, "deploy/paasd.toml")], new Map());
  assertMatch(await read("paasd.sysusers.conf"), new RegExp(`^u ${account} `, "m"));
  assertMatch(await read("Containerfile"), new RegExp(`^RUN useradd .* ${account}\\b`, "m"));
  assert(!/^USER /m.test(await read("Containerfile"))); // else it could give no other account
  assertEquals([await setting("User"), await setting("NoNewPrivileges")], [undefined, "yes"]);
  assertEquals(await setting("CapabilityBoundingSet"), "CAP_SETUID CAP_SETGID CAP_KILL CAP_CHOWN");
  for (const name of ["StateDirectoryMode", "LogsDirectoryMode", "ConfigurationDirectoryMode"]) {
    assertEquals(await setting(name), "0700", name);
  }
});

/** A daemon with the configuration of `deploy/`, and with the rights that the unit gives it. */
class Deployed implements AsyncDisposable {
  private constructor(
    readonly child: Deno.ChildProcess,
    readonly directory: string,
    readonly address: string,
    readonly stderr: Promise<string>,
  ) {}

  /** @param more Lines of the configuration besides those of `deploy/`. */
  static async start(more = ""): Promise<Deployed> {
    const directory = await Deno.realPath(await Deno.makeTempDir({ dir: "/tmp" }));
    await Deno.chmod(directory, 0o755);
    await Deno.mkdir(`${directory}/etc`, { mode: 0o700 });
    const config = (await read("paasd.toml")).replace(/0\.0\.0\.0:\d+/, "127.0.0.1:0")
      .replace("/var/lib/paas", `${directory}/state`)
      .replace("paas-run", "nobody") // there is no such account here
      .concat(`audit-log = "${directory}/etc/audit.jsonl"\nstop-grace = "1s"\n${more}`);
    await Deno.writeTextFile(`${directory}/etc/paasd.toml`, config, { mode: 0o600 });
    for (const name of ["server.crt", "server.key", "client-ca.crt"]) {
      await Deno.copyFile(join(ROOT, "certs", name), `${directory}/etc/${name}`);
      await Deno.chmod(`${directory}/etc/${name}`, 0o600);
    }
    await Deno.mkdir(`${directory}/state`, { mode: 0o700 });
    const kept = (await setting("CapabilityBoundingSet"))!.split(" ").map((name) => `+${name.slice(4).toLowerCase()}`);
    const child = new Deno.Command("sh", {
      args: [
        ...["-c", 'umask 077; exec setpriv "$@"', "sh"],
        ...[`--bounding-set=-all,${kept.join(",")}`, "--inh-caps=-all", "--no-new-privs", "--"],
        ...["/bin/sh", "paasd/start.sh", Deno.execPath(), "--config", `${directory}/etc/paasd.toml`],
      ],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    if (!value) throw new Error(await stderr);
    return new Deployed(child, directory, text(value).trim().split(" ").at(-1)!, stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    await this.child.status;
    await this.stderr;
    await Deno.remove(this.directory, { recursive: true });
  }
}

Deno.test({
  name:
    "deploy/ starts, stops and signals commands with the rights that the unit leaves, in terminals and with limits too",
  ignore: !AS_ROOT,
  async fn() {
    await using daemon = await Deployed.start();
    await using client = new RawClient(daemon);
    const printed = async (args: string[], options = {}) => {
      const log = client.logs(await client.exec(args, options));
      await log.end;
      return log.text;
    };
    const terminal = { columns: 80, rows: 24 };
    for (const options of [{}, { limits: { nofile: 99 } }, { terminal }, { terminal, limits: { nofile: 99 } }]) {
      assertEquals((await printed(["sh", "-c", "id -u; id -G"], options)).replaceAll("\r", ""), "65534\n65534\n");
    }
    assertEquals(await printed(["sh", "-c", 'echo again >"$(tty)"'], { terminal }), "again\r\n"); // it is the account's
    for (const options of [{}, { terminal }]) {
      const id = await client.exec(["sh", "-c", "trap '' TERM HUP; echo set; sleep 600 & wait; sleep 600"], options);
      await until("its trap is set", async () => {
        const log = client.logs(id, { follow: false });
        await log.end;
        return log.text.startsWith("set");
      });
      assertEquals((await client.stop(id)).signal, 9);
    }
  },
});

Deno.test({
  name: "deploy/ shows all figures of the daemon with the rights that the unit leaves",
  ignore: !AS_ROOT,
  async fn() {
    await using _daemon = await Deployed.start('metrics-listen = "127.0.0.7:9464"\n');
    const page = await Page.of("127.0.0.7:9464");
    for (const name of ["paas_descriptors_open", "paas_spool_free_bytes", "paas_spool_limit_bytes"]) {
      assert(page.value(name)! > 3, name);
    }
  },
});

Deno.test({
  name: "deploy/ lets no command read the key, the logs, the audit log or the configuration, nor signal the daemon",
  ignore: !AS_ROOT,
  async fn() {
    await using daemon = await Deployed.start();
    await using client = new RawClient(daemon);
    await client.untilFinished(await client.exec(["echo", "a secret of somebody's"]));
    const { directory, child: { pid } } = daemon;
    const files = [
      ...["server.key", "server.crt", "paasd.toml", "audit.jsonl"].map((name) => `${directory}/etc/${name}`),
      ...["etc", "state", "state/spool"].map((name) => `${directory}/${name}`),
      ...["environ", "fd", "mem"].map((name) => `/proc/${pid}/${name}`),
    ];
    const script = `for file; do
        if [ -d "$file" ]; then ls "$file"; else cat "$file"; fi >/dev/null 2>&1 && echo "read $file"
        (: >>"$file") 2>/dev/null && echo "wrote $file"
      done
      for signal in 0 USR1 KILL STOP; do kill -s $signal ${pid} 2>/dev/null && echo "sent $signal"; done
      grep -rl "a secret" ${directory} 2>/dev/null
      echo over`;
    const log = client.logs(await client.exec(["sh", "-c", script, "sh", ...files]));
    await log.end;
    assertEquals(log.text, "over\n");
    assert((await Deno.readTextFile(`${directory}/etc/audit.jsonl`)).length > 0); // there was something to read
  },
});

Deno.test({
  name: "deploy/ is what the daemon has nothing to warn of",
  ignore: !AS_ROOT,
  async fn() {
    const daemon = await Deployed.start();
    await daemon[Symbol.asyncDispose]();
    assertEquals((await daemon.stderr).split("\n").filter((line) => line.includes(" warning ")), []);
  },
});
