import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect } from "node:tls";
import { join } from "node:path";
import { OBSERVED, prometheusName, RECORDED } from "../../paasd/telemetry/instruments.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { answer, Realm } from "../support/realm.ts";
import { RawClient } from "../support/raw_client.ts";
import { metricsAddress, Page } from "./scrape.ts";
import { until } from "../support/until.ts";

const LISTEN = ["--metrics-listen", "127.0.0.1:0"];

Deno.test("--metrics-listen shows what the daemon does, and nothing of its users", async () => {
  await using daemon = await RunningDaemon.start([...LISTEN, "--max-spool-bytes", "2G"]);
  const address = await metricsAddress(daemon);
  const page = (condition: string, holds: (page: Page) => boolean) =>
    until(condition, async () => holds(await Page.of(address)));
  await using alice = new RawClient(daemon);
  const start = await Page.of(address);
  assertEquals(start.value("paas_process_spawns_total"), undefined);

  const id = await alice.exec(["sh", "-c", "head -c 100000 /dev/zero; sleep 60", "secret-argument"], {
    env: { SECRET: "secret-variable" },
    name: "secret-name",
  });
  const log = alice.logs(id);
  await page("it runs", (page) => page.value("paas_processes", '"running"') === 1);
  await page("its output is in the spool", (page) => page.value("paas_spool_size_bytes")! >= 100_000);
  await page("somebody follows", (page) => page.value("paas_log_followers") === 1);
  await alice.exec(["no-such-program"]).catch(() => {});
  await strangerRefused(daemon.address);
  await page("a refusal is counted", (page) => page.value("paas_connection_refusals_total", '"no_certificate"') === 1);

  const during = await Page.of(address);
  assertEquals(during.value("paas_process_spawns_total", "program-not-found"), 1);
  assertEquals(during.value("paas_process_spawns_total"), 1);
  assert(during.value("paas_connections", '"admitted"')! >= 1);
  assertEquals(during.value("rpc_server_call_duration_seconds_count", '"NOT_FOUND"'), 1);
  assertEquals(during.value("paas_spool_limit_bytes"), 2 ** 31);
  assert(during.value("paas_spool_free_bytes")! > 0);
  assert(during.value("process_memory_usage_bytes")! > 10_000_000);
  assert(during.value("process_cpu_time_seconds_total", '"user"')! > 0);
  assert(during.value("process_uptime_seconds")! > start.value("process_uptime_seconds")!);
  assert(Math.abs(during.value("paas_descriptors_open")! - daemon.descriptors()) <= 8);
  assert(during.value("paas_descriptors_limit")! > during.value("paas_descriptors_open")!);
  assert(during.value("paas_event_loop_delay_max_seconds")! >= during.value("paas_event_loop_delay_p99_seconds")!);
  for (const kind of ["server", "client_ca"]) {
    assert(during.value("paas_certificate_expiry_seconds", `"${kind}"`)! > 86_400, kind);
  }
  const { version } = JSON.parse(await Deno.readTextFile(join(ROOT, "paasd/deno.json")));
  assertEquals(during.value("paas_build_info", `service_version="${version}"`), 1);

  await alice.stop(id);
  await log.end;
  await page("it has finished", (page) => page.value("paas_processes", '"finished"') === 1);
  const end = await Page.of(address);
  assertEquals([end.value("paas_processes", '"running"'), end.value("paas_log_followers")], [0, 0]);

  const { userId } = await answer<{ userId: string }>((callback) => alice.service.whoAmI({}, callback));
  for (const hidden of ["secret", id, userId, userId.slice(0, 8), "alice", "no-such", "sleep", "127.0.0.1"]) {
    assert(!end.text.includes(hidden), hidden);
  }
});

Deno.test("GET /healthz answers 503 from the signal on that ends the daemon, and the port closes at the end", async () => {
  await using daemon = await RunningDaemon.start([...LISTEN, "--stop-grace", "1h"]);
  const directory = await Deno.makeTempDir();
  const address = await metricsAddress(daemon);
  const health = async () => {
    const response = await fetch(`http://${address}/healthz`);
    return [response.status, await response.text()];
  };
  {
    await using alice = new RawClient(daemon);
    await until("it serves", async () => (await health())[0] === 200);
    const script = `trap '' TERM; echo set; until [ -e ${directory}/end ]; do sleep 0.1; done`;
    const log = alice.logs(await alice.exec(["sh", "-c", script]));
    await until("its trap is set", () => log.text.includes("set"));
    daemon.kill("SIGTERM");
    await until("it is shutting down", async () => (await health())[0] === 503);
    assertEquals(await health(), [503, "shutting down\n"]);
    await until("it stops", async () => (await Page.of(address)).value("paas_processes", '"stopping"') === 1);
    await Deno.writeTextFile(`${directory}/end`, "");
    await log.end;
  }
  assertEquals(await daemon.exitCode(), 0);
  assertEquals(await fetch(`http://${address}/healthz`).then(() => "open", () => "closed"), "closed");
  await Deno.remove(directory, { recursive: true });
});

Deno.test("--metrics-listen follows a certificate that is replaced, and the log warns of its end", async () => {
  await using realm = await Realm.make();
  const paths = ["server.crt", "server.key", "client-ca.crt"].map((file) => join(realm.directory, file));
  const flags = ["--tls-cert", paths[0]!, "--tls-key", paths[1]!, "--client-ca", paths[2]!];
  await using daemon = await RunningDaemon.start([...LISTEN, ...flags]);
  const address = await metricsAddress(daemon);
  const left = async () => (await Page.of(address)).value("paas_certificate_expiry_seconds", '"server"')!;
  assert(await left() > 14 * 86_400);
  const notAfter = new Date(Date.now() + 1.5 * 86_400_000);
  const { cert, key } = await realm.serverCa.issue({ commonName: "server", usages: ["serverAuth"], notAfter });
  await realm.write("server.key", key, 0o600);
  await realm.write("server.crt", cert);
  await until("the new one is in force", async () => await left() < 2 * 86_400);
  const { text } = await Page.of(address);
  assertEquals(text.match(/^paas_certificate_expiry_seconds\{.*"server".*/gm)!.length, 1);
  await until(
    "the log warns",
    () => / warning what="server certificate .* cause="it ends in 1 day, on /.test(daemon.log),
  );
});

Deno.test("paasd opens no port for metrics by default, and none beyond loopback", async () => {
  {
    await using daemon = await RunningDaemon.start();
    assert(!daemon.log.includes("metrics-listening"), daemon.log);
    assertEquals(await listeners(daemon.pid), 1);
    assertEquals(await granted(daemon.pid, "--allow-net="), ["127.0.0.1"]);
  }
  const refused = await new Deno.Command("sh", {
    args: ["paasd/start.sh", Deno.execPath(), "--listen", "127.0.0.1:0", "--metrics-listen", "0.0.0.0:9464"],
    cwd: ROOT,
  }).output();
  assertEquals([refused.code, text(refused.stdout)], [2, ""]);
  assertEquals(
    text(refused.stderr),
    "paasd: --metrics-listen must be a loopback address with a port, such as 127.0.0.1:9464 or [::1]:9464, because it has " +
      'no encryption and no certificates, not "0.0.0.0:9464"\n',
  );
});

Deno.test("--metrics-listen says which port is taken, and works under a list of programs with the exact permissions", async () => {
  await using daemon = await RunningDaemon.start([...LISTEN, "--allow-program", "/usr/bin/true"], {}, {
    byScript: true,
  });
  const address = await metricsAddress(daemon);
  const page = await Page.of(address);
  assert(page.value("paas_descriptors_open")! > 3);
  assert(page.value("paas_spool_free_bytes")! > 0);
  assertEquals(await listeners(daemon.pid), 2);
  assertEquals(await granted(daemon.pid, "--allow-sys="), ["uid"]);
  const second = await new Deno.Command("sh", {
    args: ["paasd/start.sh", Deno.execPath(), "--listen", "127.0.0.1:0", "--metrics-listen", address],
    cwd: ROOT,
  }).output();
  assertEquals(second.code, 1);
  assertMatch(
    text(second.stderr),
    /paasd: Cannot listen on \S+: another program uses that port; .* --metrics-listen\n$/,
  );
});

Deno.test("--metrics-listen answers while many connections say nothing", async () => {
  await using daemon = await RunningDaemon.start(LISTEN);
  const address = await metricsAddress(daemon);
  const [hostname = "", port] = address.split(":");
  const silent: Deno.TcpConn[] = [];
  try {
    for (let number = 0; number < 200; number++) silent.push(await Deno.connect({ hostname, port: Number(port) }));
    await Page.of(address);
    await until("most of them are closed", () => daemon.descriptors() < 100);
  } finally {
    for (const connection of silent) connection.close();
  }
});

/** The names of metrics that a text of PromQL uses, without what Prometheus adds to the name of a histogram. */
function namesIn(promql: string): string[] {
  return (promql.match(/\b(?:paas|process|rpc)_\w+(?=[{\[\s),]|$)/g) ?? [])
    .filter((name) => !new RegExp(`(?:by|without|on|ignoring)\\s*\\([^)]*\\b${name}\\b`).test(promql))
    .map((name) => name.replace(/_(bucket|sum|count)$/, ""));
}

const KNOWN = new Set(Object.values({ ...RECORDED, ...OBSERVED }).map(prometheusName));
const LABELS = new Set(
  Object.values({ ...RECORDED, ...OBSERVED }).flatMap(({ attributes }) =>
    attributes.map((name) => name.replaceAll(".", "_"))
  ),
);

/** Checks that all metrics and labels of some PromQL exist. */
function assertKnown(promql: readonly string[]): void {
  const names = promql.flatMap(namesIn);
  assert(names.length >= promql.length, "each has a metric");
  assertEquals(names.filter((name) => !KNOWN.has(name)), []);
  const labels = promql.flatMap((text) =>
    [...text.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, name]) => name!)
  );
  assertEquals(labels.filter((name) => !LABELS.has(name) && !["job", "instance"].includes(name)), []);
}

Deno.test("namesIn() finds the metrics of PromQL, and no labels", () => {
  assertEquals(
    namesIn("sum by (rpc_method) (rate(rpc_server_call_duration_seconds_count[5m])) > paas_x / on (a) paas_y"),
    ["rpc_server_call_duration_seconds", "paas_x", "paas_y"],
  );
});

Deno.test("deploy/grafana-dashboard.json shows only metrics that exist", async () => {
  const dashboard = JSON.parse(await Deno.readTextFile(join(ROOT, "deploy/grafana-dashboard.json")));
  const panels = dashboard.panels as { id: number; title: string; type: string; targets?: { expr: string }[] }[];
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  assert(expressions.length > 10);
  assertKnown(expressions);
});

Deno.test("deploy/alerts.yml asks only for metrics that exist, and says what each alert means", async () => {
  const rules = await Deno.readTextFile(join(ROOT, "deploy/alerts.yml"));
  const alerts = rules.split(/^ {6}- alert: /m).slice(1);
  assert(alerts.length >= 10);
  const expressions = alerts.map((alert) => {
    for (const key of ["labels:", "severity:", "annotations:", "summary:", "description:"]) {
      assert(alert.includes(key), `${key} ${alert}`);
    }
    const [, single, block] = /^ {8}expr: (?:(?!>)(.+)|>-\n((?: {10}.+\n)+))/m.exec(alert)!;
    return (single ?? block!).replaceAll(/\s+/g, " ");
  });
  assertKnown(expressions.filter((text) => !/^up\b/.test(text)));
});

/** Comes without a certificate, and is turned away. */
async function strangerRefused(address: string): Promise<void> {
  const [host, port] = address.split(":");
  const socket = connect({ host, port: Number(port), ALPNProtocols: ["h2"], rejectUnauthorized: false });
  socket.on("error", () => {});
  socket.resume();
  await new Promise((resolve) => socket.on("close", resolve));
}

/** The number of TCP sockets on which a process listens. */
async function listeners(pid: number): Promise<number> {
  const sockets = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode) sockets.add(inode);
  }
  const tables = [await Deno.readTextFile("/proc/net/tcp"), await Deno.readTextFile("/proc/net/tcp6").catch(() => "")];
  const lines = tables.flatMap((table) => table.split("\n").slice(1)).map((line) => line.trim().split(/\s+/));
  return lines.filter((fields) => fields[3] === "0A" && sockets.has(fields[9] ?? "")).length;
}

/** The values of a permission flag of a running daemon. */
async function granted(pid: number, flag: string): Promise<string[]> {
  const words = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0");
  return words.find((word) => word.startsWith(flag))!.slice(flag.length).split(",");
}
