import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { type RefusalKind, toObjection, UnauthenticatedError } from "./errors.ts";

/** All kinds; the type check finds one that is missing. */
const KINDS: Record<RefusalKind, true> = {
  no_certificate: true,
  certificate_untrusted: true,
  certificate_dates: true,
  certificate_usage: true,
  certificate_revoked: true,
  session_resumed: true,
  no_http2: true,
  tls_version: true,
  no_tls: true,
  hung_up: true,
  handshake_timeout: true,
  too_many_connections: true,
  other: true,
};

Deno.test("RefusalKind has the kinds that docs/telemetry.md lists", async () => {
  const text = await Deno.readTextFile(join(import.meta.dirname!, "../docs/telemetry.md"));
  const [list = ""] = /Refusals are of the kinds [^.]*\./.exec(text) ?? [];
  assertEquals([...list.matchAll(/`(\w+)`/g)].map(([, kind]) => kind), Object.keys(KINDS));
});

Deno.test("toObjection() gives the kind of an error that has one, and its sentence", () => {
  assertEquals(toObjection(new UnauthenticatedError("it has expired", "certificate_dates")), {
    kind: "certificate_dates",
    sentence: "it has expired",
  });
  assertEquals(toObjection(new RangeError("it is no certificate")), {
    kind: "other",
    sentence: "it is no certificate",
  });
});
