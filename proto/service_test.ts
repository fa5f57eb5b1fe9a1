import { assertEquals, assertInstanceOf } from "@std/assert";
import { Buffer } from "node:buffer";
import { decodeLogChunks, decodeLogRecords } from "@paas/worker/records";
import { RecordBuffer } from "../worker/log_format/record_buffer.ts";
import { MalformedRequest, ProcessService, processService } from "./mod.ts";

const { GetLogs, GetLogs: { responseDeserialize } } = processService;

const chunks = [
  { offset: 0, stream: "stdout", time: 0, data: new Uint8Array() },
  { offset: 1, stream: "stderr", time: 1_795_408_608_409.25, data: Uint8Array.of(0, 255, 10) },
  { offset: 2 ** 50, stream: "stdout", time: 999, data: new Uint8Array(70_000).fill(1) },
] as const;

Deno.test("processService sends records of the spool that the contract decodes", () => {
  const records = new RecordBuffer(0);
  for (const chunk of chunks) records.add(chunk);
  const message = responseDeserialize(GetLogs.responseSerialize(records.bytes));
  assertEquals(message.end, null);
  assertEquals(
    message.chunks.map(({ offset, stream, time, data }) => ({
      offset,
      stream: stream as string,
      time: time!.seconds * 1000 + time!.nanos / 1e6,
      data: new Uint8Array(data),
    })),
    chunks.map((chunk) => ({
      ...chunk,
      stream: chunk.stream === "stdout" ? "LOG_STREAM_STDOUT" : "LOG_STREAM_STDERR",
    })),
  );
});

Deno.test("processService sends gaps of the spool, for every reason, that the contract decodes", () => {
  const reasons = ["not-requested", "dropped", "no-space", "write-failed", "skipped", "damaged"] as const;
  for (const reason of reasons) {
    for (const lines of [undefined, 0, 300]) {
      const gap = { from: 5, to: 2 ** 40, reason, lines };
      const records = new RecordBuffer(0).addGap(gap).add(chunks[1]).bytes;
      const message = responseDeserialize(GetLogs.responseSerialize(records));
      assertEquals([message.gap?.from, message.gap?.to, message.gap?.lines], [5, 2 ** 40, lines]);
      assertEquals(message.gap?.reason, `LOG_GAP_REASON_${reason.toUpperCase().replace("-", "_")}`);
      assertEquals([...decodeLogRecords(records)][0]?.gap, gap);
      assertEquals(message.chunks.length, 1);
    }
  }
});

Deno.test("processService encodes chunks in the wire form of the spool", () => {
  const message = GetLogs.responseSerialize({
    chunks: [{
      offset: 5,
      stream: "LOG_STREAM_STDERR",
      time: { seconds: 1, nanos: 2_000_000 },
      data: Uint8Array.of(9),
    }],
  });
  assertEquals([...decodeLogChunks(new Uint8Array(message))], [
    { offset: 5, stream: "stderr", time: 1002, data: Uint8Array.of(9) },
  ]);
});

Deno.test("ProcessService distinguishes an unset follow from false", () => {
  const { requestSerialize, requestDeserialize } = ProcessService.service.GetLogs;
  const follow = (message: { follow?: boolean }) => requestDeserialize(requestSerialize(message)).follow;
  assertEquals([follow({}), follow({ follow: false }), follow({ follow: true })], [undefined, false, true]);
});

Deno.test("ProcessService distinguishes exit code 0 from no exit", () => {
  const { responseSerialize, responseDeserialize } = ProcessService.service.GetStatus;
  const exit = (status: { exitCode?: number; signal?: number }) =>
    responseDeserialize(responseSerialize({ status })).status!.exit;
  assertEquals([exit({}), exit({ exitCode: 0 }), exit({ signal: 9 })], [undefined, "exitCode", "signal"]);
});

Deno.test("ProcessService refuses text that is not UTF-8 or is cut off, and accepts all other text", () => {
  const { requestSerialize, requestDeserialize } = ProcessService.service.Exec;
  const args = ["", "\ufeffbom", "\ufffd", "🦕\0\n"];
  assertEquals(requestDeserialize(requestSerialize({ args })).args, args);
  for (const wire of [[0x0a, 1, 0xff], [0x0a, 2, 0xc3, 0x28], [0x0a, 5, 0x61]]) {
    assertInstanceOf(requestDeserialize(Buffer.from(wire)), MalformedRequest);
  }
});
