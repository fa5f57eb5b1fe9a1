import { assertEquals, assertThrows } from "@std/assert";
import { PaasError } from "../errors.ts";
import { listRequest, logsRequest, shareRequest, signalRequest } from "./requests.ts";

Deno.test("logsRequest() takes a Date, or seconds and nanoseconds", () => {
  const exact = { seconds: 1, nanos: 500_000_001 };
  const { since, until } = logsRequest({ since: new Date(1_500), until: exact });
  assertEquals([since, until], [{ seconds: 1, nanos: 500_000_000 }, exact]);
  for (const since of [new Date(-1), new Date(NaN), { seconds: -1, nanos: 0 }]) {
    assertThrows(() => logsRequest({ since }), PaasError, "since must be a time since 1970");
  }
});

Deno.test("listRequest() takes one state or several", () => {
  assertEquals(listRequest({ state: "running" }).states, ["PROCESS_STATE_RUNNING"]);
  assertEquals(listRequest({ state: ["stopping", "finished"] }).states, [
    "PROCESS_STATE_STOPPING",
    "PROCESS_STATE_FINISHED",
  ]);
  assertEquals(listRequest({}).states, []);
});

Deno.test("signalRequest() and shareRequest() have the values of the contract", () => {
  const signal = { processId: "id", signal: 15 };
  assertEquals(signalRequest("id", "term", {}), { ...signal, target: "SIGNAL_TARGET_GROUP" });
  assertEquals(signalRequest("id", 15, { leader: true }), { ...signal, target: "SIGNAL_TARGET_LEADER" });
  const share = { processId: "id", user: "bob", until: undefined };
  assertEquals(shareRequest("id", "bob", {}), { ...share, permission: "SHARE_PERMISSION_VIEW" });
  assertEquals(shareRequest("id", "bob", { stop: true }), { ...share, permission: "SHARE_PERMISSION_STOP" });
});
