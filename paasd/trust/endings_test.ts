import { assertEquals, assertMatch } from "@std/assert";
import { TestLog } from "../../tests/support/realm.ts";
import { until } from "../../tests/support/until.ts";
import { EndingLog, endingOfLists, type TrustEnding } from "./endings.ts";

const DAY = 86_400_000;

function certificate(days: number, fingerprint = "f"): TrustEnding {
  const what = "server certificate (--tls-cert)";
  return { kind: "server", file: "server.crt", what, subject: "CN=a", fingerprint, ends: Date.now() + days * DAY };
}

Deno.test("EndingLog warns at once of what ends soon already, and of nothing else", async () => {
  const log = new TestLog();
  using endings = new EndingLog(log);
  endings.replace("server", [certificate(15)]);
  endings.replace("client_ca", [{ ...certificate(2.5), kind: "client_ca", file: "ca.crt" }]);
  await log.flush(5_000);
  assertEquals(log.lines.length, 1);
  assertMatch(
    log.of("warning")[0]!,
    /what="server certificate \(--tls-cert\)" file=ca\.crt subject="CN=a" ends=\S+ cause="it ends in 2 days, on [-\d]+" /,
  );
  assertEquals(endings.endings.length, 2);
});

Deno.test("EndingLog warns once of each threshold, however often the file is read", async () => {
  const log = new TestLog();
  using endings = new EndingLog(log);
  const soon = { ...certificate(1), ends: Date.now() + DAY + 1_500 };
  for (let time = 0; time < 3; time++) endings.replace("server", [soon]);
  await until("the last day has begun", () => log.of("warning").length === 2);
  endings.replace("server", [soon]);
  await log.flush(5_000);
  const [first, second, ...more] = log.of("warning").map((line) => /in ([\w ]+),/.exec(line)?.[1]);
  assertEquals([first, more], ["1 day", []]);
  assertMatch(second!, /^(1 day|less than a day)$/); // it is a day to the millisecond if the timer is exact
});

Deno.test("EndingLog forgets a certificate that was replaced, and warns of the new one if that ends soon, too", async () => {
  const log = new TestLog();
  using endings = new EndingLog(log);
  endings.replace("server", [certificate(2.5, "old")]);
  endings.replace("server", [certificate(9.5, "new")]);
  endings.replace("server", [certificate(300, "good")]);
  await log.flush(5_000);
  assertEquals(log.of("warning").map((line) => /in ([\w ]+),/.exec(line)?.[1]), ["2 days", "9 days"]);
  assertEquals(endings.endings.map(({ fingerprint }) => fingerprint), ["good"]);
});

Deno.test("EndingLog does not warn of a list for a week before its second half, nor of what has ended", async () => {
  const log = new TestLog();
  using endings = new EndingLog(log);
  const now = Date.now();
  endings.replace("crl", [endingOfLists("crl.pem", now, now + 7 * DAY)]);
  endings.replace("server", [certificate(-1)]);
  await log.flush(5_000);
  assertEquals(log.lines, []);
  endings.replace("crl", [endingOfLists("crl.pem", now - 6.5 * DAY, now + 0.5 * DAY)]);
  await log.flush(5_000);
  assertMatch(log.of("warning")[0]!, /what="revocation list \(--crl\)".*consequence="certificates that are revoked/);
});
