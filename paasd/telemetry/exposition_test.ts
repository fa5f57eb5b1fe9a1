import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Exposition } from "./exposition.ts";
import { OBSERVED, prometheusName, RECORDED } from "./instruments.ts";
import { Metrics, type Observed, type Reading } from "./metrics.ts";

/** Figures that are all 1, but for some. */
function observed(others: Partial<Observed> = {}): Observed {
  const keys = Object.keys(OBSERVED) as (keyof Observed)[];
  return { ...Object.fromEntries(keys.map((key) => [key, () => 1])) as unknown as Observed, ...others };
}

Deno.test("Exposition.text() has every instrument by its name, with its kind and its help", async () => {
  const exposition = new Exposition();
  const metrics = new Metrics([exposition.meter]);
  const { followers: _, lag: __, lagMax: ___, ...figures } = observed() as Observed & Record<string, () => Reading>;
  metrics.observe(figures);
  metrics.called("paas.v1.ProcessService/Exec", 0.3, { "rpc.response.status_code": "OK" });
  metrics.spawned();
  metrics.refused("no_tls");
  const text = await exposition.text();
  for (const instrument of Object.values({ ...RECORDED, ...OBSERVED })) {
    const name = prometheusName(instrument);
    const type = { sum: "counter", counter: "counter", gauge: "gauge", histogram: "histogram" }[instrument.kind];
    const suffix = instrument.kind === "histogram" ? "_count" : "";
    assertMatch(text, new RegExp(`^# HELP ${name} .+$`, "m"));
    assertMatch(text, new RegExp(`^# TYPE ${name} ${type}$`, "m"));
    assertMatch(text, new RegExp(`^${name}${suffix}(\\{[^}]*\\})? \\d+$`, "m"));
  }
  assertEquals(text.match(/otel_scope|target_info|_total_total/g), null);
  assertMatch(text, /^rpc_server_call_duration_seconds_bucket\{.*le="0.25"\} 0$/m);
  assertMatch(text, /^rpc_server_call_duration_seconds_bucket\{.*le="0.5"\} 1$/m);
});

Deno.test("Exposition.text() leaves out what is not known, and escapes what an attribute has", async () => {
  const exposition = new Exposition();
  const metrics = new Metrics([exposition.meter]);
  metrics.observe(observed({
    spoolLimit: () => undefined,
    certificates: () => [[-1.5, { "paas.certificate.subject": 'CN=a"b\\c\nd' }]],
  }));
  const text = await exposition.text();
  assertEquals(text.match(/^paas_spool_limit.*/gm), null);
  assertEquals(text.match(/^paas_certificate_expiry.*/gm), [
    'paas_certificate_expiry_seconds{paas_certificate_subject="CN=a\\"b\\\\c\\nd"} -1.5',
  ]);
});

Deno.test("Exposition.text() reads the figures of the moment, and rejects when one cannot be read", async () => {
  const exposition = new Exposition();
  const metrics = new Metrics([exposition.meter]);
  let value: number | undefined = 1;
  const watched = metrics.observe(observed({
    heapUsed: () => {
      if (value === undefined) throw new RangeError("no figure");
      return value;
    },
  }));
  assertMatch(await exposition.text(), /^paas_heap_used_bytes 1$/m);
  value = 2;
  assertMatch(await exposition.text(), /^paas_heap_used_bytes 2$/m);
  value = undefined;
  await assertRejects(() => exposition.text(), RangeError, "no figure");
  watched[Symbol.dispose]();
  assertEquals((await exposition.text()).match(/heap/), null);
});

Deno.test("Exposition.text() shows nothing of a certificate that was replaced, and goes on counting", async () => {
  const exposition = new Exposition();
  const metrics = new Metrics([exposition.meter]);
  let fingerprint = "old";
  metrics.observe(observed({
    certificates: () => [[1, { "paas.certificate.fingerprint": fingerprint }]],
    cpu: () => 2,
  }));
  metrics.spawned();
  assertMatch(await exposition.text(), /fingerprint="old"/);
  fingerprint = "new";
  metrics.spawned();
  const text = await exposition.text();
  assertMatch(text, /fingerprint="new"/);
  assertEquals(text.match(/fingerprint="old"/), null);
  assertMatch(text, /^paas_process_spawns_total 2$/m);
  assertMatch(text, /^process_cpu_time_seconds_total 2$/m);
  assertMatch(text, /^# TYPE process_cpu_time_seconds_total counter$/m);
});
