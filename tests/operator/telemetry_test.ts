import { Metadata } from "@paas/proto/grpc";
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { connect } from "node:tls";
import { answer } from "../support/realm.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

interface Attribute {
  key: string;
  value: { stringValue?: string; doubleValue?: number; intValue?: string | number };
}

interface Point {
  attributes: Attribute[];
  asDouble?: number;
  asInt?: number | string;
  count?: string;
}

interface Metric {
  name: string;
  unit: string;
  gauge?: { dataPoints: Point[] };
  sum?: { dataPoints: Point[] };
  histogram?: { dataPoints: Point[] };
}

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  kind: number;
  attributes: Attribute[];
  status: { code: number };
}

/** A part of an export, with the instrumentation that it comes from. */
interface Scoped {
  scope: { name: string };
}

/** The body of a request. */
interface Export {
  resourceSpans?: { scopeSpans: (Scoped & { spans: Span[] })[] }[];
  resourceMetrics?: { resource: { attributes: Attribute[] }; scopeMetrics: (Scoped & { metrics: Metric[] })[] }[];
}

/** A receiver of OTLP (http/json); https://opentelemetry.io/docs/specs/otlp/ */
class Collector implements AsyncDisposable {
  /** All bodies, whole. */
  received = "";
  readonly spans: Span[] = [];
  /** The last state of each metric; every name that ever came stays. */
  readonly metrics = new Map<string, Metric>();
  /** The attributes of the resource. */
  resource: Attribute[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const body = await request.text();
      this.received += body;
      const { resourceSpans = [], resourceMetrics = [] }: Export = JSON.parse(body);
      const ours = <Part extends Scoped>(parts: Part[]) => parts.filter(({ scope }) => scope.name === "paasd");
      for (const { scopeSpans } of resourceSpans) for (const { spans } of ours(scopeSpans)) this.spans.push(...spans);
      for (const { resource, scopeMetrics } of resourceMetrics) {
        this.resource = resource.attributes;
        for (const { metrics } of ours(scopeMetrics)) {
          for (const metric of metrics) this.metrics.set(metric.name, metric);
        }
      }
      return new Response("{}", { headers: { "content-type": "application/json" } });
    });
  }

  /** What the daemon needs to find it. */
  get environment(): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
      OTEL_BSP_SCHEDULE_DELAY: "200",
    };
  }

  /** The value of a metric where an attribute is as given. */
  value(name: string, attribute?: [string, string]): number | undefined {
    const { gauge, sum, histogram } = this.metrics.get(name) ?? {};
    const point = (gauge ?? sum ?? histogram)?.dataPoints.find(({ attributes }) =>
      !attribute || read(attributes)[attribute[0]] === attribute[1]
    );
    return point && Number(point.asDouble ?? point.asInt ?? point.count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function read(attributes: Attribute[]): Record<string, string | number | undefined> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.doubleValue ?? Number(value.intValue)]),
  );
}

/** The names in the tables of a section of docs/telemetry.md. */
async function documented(section: string): Promise<string[]> {
  const page = await Deno.readTextFile(join(ROOT, "docs/telemetry.md"));
  const [, body = ""] = page.split(`\n### ${section}\n`);
  const rows = body.split(/\n#+ /)[0]!.split("\n").filter((line) => line.startsWith("|"));
  const names = rows.flatMap((row) => row.match(/(?<=`)(?:rpc|paas|process|error|cpu|service)\.[\w.]+(?=`)/g) ?? []);
  return [...new Set(names)].toSorted();
}

Deno.test("Telemetry exports spans and metrics as docs/telemetry.md has it, and nothing of a command but its program", async () => {
  await using collector = new Collector();
  const daemon = await RunningDaemon.start(["--max-spool-bytes", "2G"], collector.environment, { byScript: true });
  {
    await using _daemon = daemon;
    await using alice = new RawClient(daemon);
    const [trace, parent] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
    const metadata = new Metadata();
    metadata.set("traceparent", `00-${trace}-${parent}-01`);
    const args = ["/bin/sh", "-c", "env; echo secret-output; exit 3", "secret-argument"];
    const env = { SECRET: "secret-variable" };
    const { processId } = await answer<{ processId: string }>((callback) =>
      alice.service.exec({ args, env }, metadata, callback)
    );
    let output = "";
    for await (const { chunks } of alice.service.getLogs({ processId })) {
      for (const { data } of chunks) output += text(data as Uint8Array);
    }
    assert(output.includes("secret-output") && output.includes("SECRET=secret-variable"), output);
    assertEquals(output.match(/^(OTEL_|TRACEPARENT|TRACESTATE|BAGGAGE).*/gim), null, "the child's environment");

    const span = (name: string) => collector.spans.find((span) => span.name === name);
    await until(
      "the process has ended, and the call too",
      () => span("process") && span("paas.v1.ProcessService/Exec"),
    );
    const exec = span("paas.v1.ProcessService/Exec")!;
    assertEquals([exec.traceId, exec.parentSpanId, exec.kind], [trace, parent, 2]);
    assertEquals(read(exec.attributes), {
      "rpc.system.name": "grpc",
      "rpc.system": "grpc",
      "rpc.service": "paas.v1.ProcessService",
      "rpc.method": "paas.v1.ProcessService/Exec",
      "rpc.response.status_code": "OK",
      "rpc.grpc.status_code": 0,
    });
    const process = span("process")!;
    assertEquals([process.traceId, process.parentSpanId], [trace, exec.spanId]);
    assertEquals({ ...read(process.attributes), "process.pid": 0 }, {
      "process.executable.name": "sh",
      "process.pid": 0,
      "paas.process.id": processId,
      "paas.process.end_reason": "exited",
      "process.exit.code": 3,
    });

    // A follower, and a process that is killed.
    const killed = await alice.exec(["sleep", "60"]);
    const follower = alice.logs(killed);
    await until(
      "somebody follows the one process that runs",
      () =>
        collector.value("paas.log.followers") === 1 &&
        collector.value("paas.processes", ["paas.process.state", "running"]) === 1,
    );
    assert(collector.value("paas.connections", ["paas.connection.state", "admitted"])! >= 1);
    assert(collector.value("paas.spool.size")! > 0);
    assertEquals(collector.value("paas.log.followers.lag.max"), 0);
    await alice.stop(killed);
    await follower.end;

    // A follower that does not read.
    const printing = await alice.exec(["sh", "-c", "head -c 50000000 /dev/zero; sleep 60"]);
    const stalled = alice.service.GetLogs({ processId: printing });
    stalled.on("error", () => {}); // it is cancelled
    await stalled[Symbol.asyncIterator]().next();
    await until("it lags", () => collector.value("paas.log.followers.lag.max")! > 10_000_000);
    assert(collector.value("paas.log.followers.lag")! > 10_000_000);
    stalled.cancel();
    await until("it is gone", () => collector.value("paas.log.followers.lag") === 0);
    await alice.stop(printing);

    // What is read only when somebody asks.
    await until("the descriptors are counted", () => collector.value("paas.descriptors.open")! > 3);
    assert(collector.value("paas.spool.free")! > 0);
    assert(collector.value("process.cpu.time", ["cpu.mode", "user"])! > 0);
    assert(collector.value("paas.certificate.expiry", ["paas.certificate.kind", "server"])! > 0);

    // A program that does not exist, and somebody without a certificate.
    await alice.exec(["no-such-program"]).catch(() => {});
    await refused(daemon.address);
    const spawns = "paas.process.spawns";
    await until("a start has failed", () => collector.value(spawns, ["error.type", "program-not-found"]) === 1);
    await until(
      "one was refused",
      () => collector.value("paas.connection.refusals", ["error.type", "no_certificate"]) === 1,
    );
    assertEquals(collector.value("rpc.server.call.duration", ["rpc.response.status_code", "NOT_FOUND"]), 1);
  }
  const { version } = JSON.parse(await Deno.readTextFile(join(ROOT, "paasd/deno.json")));
  assertEquals(read(collector.resource)["service.version"], version);
  const attributes = (of: { attributes: Attribute[] }[]) =>
    of.flatMap(({ attributes }) => attributes.map(({ key }) => key));
  const spans = new Set(attributes(collector.spans));
  assertEquals([...spans].toSorted(), await documented("Spans"));
  const points = [...collector.metrics.values()].flatMap(({ gauge, sum, histogram }) =>
    (gauge ?? sum ?? histogram)!.dataPoints
  );
  const metrics = new Set([...collector.metrics.keys(), ...attributes(points)]);
  assertEquals([...metrics].toSorted(), await documented("Metrics"));
  assertEquals(collector.received.match(/secret[\w-]*/gi), null);
});

Deno.test("Telemetry exports nothing unless OTEL_DENO is set", async () => {
  await using collector = new Collector();
  const { OTEL_DENO: _, ...environment } = collector.environment;
  {
    await using daemon = await RunningDaemon.start([], environment);
    await using alice = new RawClient(daemon);
    await alice.exec(["true"]);
  }
  assertEquals(collector.received, "");
});

/** Comes without a certificate, and is turned away. */
async function refused(address: string): Promise<void> {
  const [host, port] = address.split(":");
  const socket = connect({ host, port: Number(port), ALPNProtocols: ["h2"], rejectUnauthorized: false });
  socket.on("error", () => {});
  socket.resume();
  await new Promise((resolve) => socket.on("close", resolve));
}
