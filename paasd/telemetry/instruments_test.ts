import { assertEquals, assertMatch } from "@std/assert";
import { OBSERVED, prometheusName, RECORDED } from "./instruments.ts";

const ALL = Object.values({ ...RECORDED, ...OBSERVED });

/** All attributes of metrics. Each has few values, and no user chooses any of them. */
const BOUNDED = [
  "cpu.mode",
  "error.type",
  "paas.certificate.fingerprint",
  "paas.certificate.kind",
  "paas.certificate.subject",
  "paas.connection.state",
  "paas.log.kind",
  "paas.process.state",
  "process.runtime.version",
  "rpc.method",
  "rpc.response.status_code",
  "rpc.system.name",
  "service.version",
];

Deno.test("RECORDED and OBSERVED have one name each, a description, and attributes that no user chooses", () => {
  assertEquals(new Set(ALL.map(prometheusName)).size, ALL.length);
  for (const { description } of ALL) assertMatch(description, /^[A-Z].*[^.]$/);
  assertEquals([...new Set(ALL.flatMap(({ attributes }) => attributes))].toSorted(), BOUNDED);
});

Deno.test("prometheusName() gives names of Prometheus, with the unit and with _total for what only rises", () => {
  for (const instrument of ALL) assertMatch(prometheusName(instrument), /^[a-z][a-z0-9_]*$/);
  assertEquals(prometheusName(RECORDED.spawns), "paas_process_spawns_total");
  assertEquals(prometheusName(RECORDED.calls), "rpc_server_call_duration_seconds");
  assertEquals(prometheusName(OBSERVED.spoolSize), "paas_spool_size_bytes");
  assertEquals(prometheusName(OBSERVED.followers), "paas_log_followers");
});
