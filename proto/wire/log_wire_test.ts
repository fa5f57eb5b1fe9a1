import { type GetLogsResponse, ProcessService } from "../mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { type LogMessage, readLogMessage } from "./log_wire.ts";

const { responseSerialize: encode, responseDeserialize: decode } = ProcessService.service.GetLogs;
const STREAMS = ["LOG_STREAM_UNSPECIFIED", "LOG_STREAM_STDOUT", "LOG_STREAM_STDERR"] as const;

/** Returns a repeatable source of random whole numbers below a limit. */
function numbers(seed: number) {
  return (limit: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(seed / 2 ** 32 * limit);
  };
}

function randomMessage(below: (limit: number) => number): GetLogsResponse {
  const some = <Value>(value: Value) => below(2) ? value : undefined;
  const large = () => [0, 1, 127, 128, below(2 ** 32), Number.MAX_SAFE_INTEGER][below(6)]!;
  return {
    chunks: Array.from({ length: below(5) }, () => ({
      offset: large(),
      stream: STREAMS[below(3)],
      time: some({ seconds: large(), nanos: below(1e9) }),
      data: Buffer.from(Array.from({ length: [0, 1, 200, 20_000][below(4)]! }, () => below(256))),
      partial: below(2) === 1,
    })),
    gap: some({ from: large(), to: large(), reason: "LOG_GAP_REASON_NOT_REQUESTED" as const }),
    end: some({
      bytes: large(),
      lines: large(),
      status: some({ state: "PROCESS_STATE_FINISHED", exitCode: below(256) }),
    }),
  };
}

/** Converts a message to the form of the contract's own decoder. */
function plain({ pieces, gap, end }: LogMessage) {
  const chunks = pieces.map(({ offset, stream, time, data, partial }) => ({
    offset,
    stream: STREAMS[stream],
    time: time ?? null,
    data: Buffer.from(data),
    partial,
  }));
  return { chunks, end: end ?? null, gap: gap ?? null };
}

Deno.test("readLogMessage() reads what the contract's own decoder reads", () => {
  const below = numbers(1);
  for (let round = 0; round < 300; round++) {
    const bytes = encode(randomMessage(below));
    assertEquals<unknown>(plain(readLogMessage(bytes)), { ...decode(bytes) });
  }
});

Deno.test("readLogMessage() copies no data", () => {
  const bytes = encode({ chunks: [{ data: Buffer.from("data") }] });
  assert(readLogMessage(bytes).pieces[0]!.data.buffer === bytes.buffer);
});

Deno.test("readLogMessage() skips the fields that it does not know", () => {
  const unknown = [
    [0x50, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], // 10, varint
    [0x59, 1, 2, 3, 4, 5, 6, 7, 8], // 11, 64 bits
    [0x62, 2, 0xff, 0xff], // 12, bytes
    [0x6d, 1, 2, 3, 4], // 13, 32 bits
    [0x82, 0x80, 0x80, 0x80, 0x08, 1, 7], // 2^28, bytes
    [0x08, 1], // 1, but a varint
  ].flat();
  const chunk = [...unknown.slice(0, -2), 0x22, 1, 65, ...unknown.slice(0, -2)];
  const bytes = Uint8Array.from([...unknown, 0x0a, chunk.length, ...chunk, ...unknown]);
  const { pieces, gap, end } = readLogMessage(bytes);
  assertEquals([pieces.length, pieces[0]?.data, gap, end], [1, Uint8Array.of(65), undefined, undefined]);
});

Deno.test("readLogMessage() refuses bytes that are no message, and never reads beyond their end", () => {
  for (
    const bytes of [
      [0xff],
      [0x0a],
      [0x0a, 2, 0x08],
      [0x0a, 1, 0x08, 1], // the number of a chunk ends behind the chunk
      [0x0b, 0],
      [0x0f, 0],
      [0x00, 0],
      [0x0d, 1, 2, 3],
      [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
      [0x12, 1, 0x08],
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ]
  ) {
    assertThrows(() => readLogMessage(Uint8Array.from(bytes)), RangeError, undefined, bytes.join(" "));
  }
  const whole = encode(randomMessage(numbers(7)));
  for (let length = 0; length < Math.min(whole.length, 500); length++) {
    try {
      readLogMessage(whole.subarray(0, length));
    } catch (error) {
      assert(error instanceof RangeError, String(error));
    }
  }
});
