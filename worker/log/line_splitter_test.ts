import { assert, assertEquals } from "@std/assert";
import { LineSplitter, MAX_CHUNK_BYTES } from "./line_splitter.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (chunks: Uint8Array[]) => chunks.map((chunk) => new TextDecoder().decode(chunk));

Deno.test("LineSplitter keeps lines that arrive together together", () => {
  const splitter = new LineSplitter();
  assertEquals(text(splitter.push(bytes("a\nb\n\nc\n"))), ["a\nb\n\nc\n"]);
});

Deno.test("LineSplitter holds back a line until its newline comes", () => {
  const splitter = new LineSplitter();
  assertEquals(text(splitter.push(bytes("a"))), []);
  assertEquals(text(splitter.push(bytes("b"))), []);
  assertEquals(text(splitter.push(bytes("c\nd"))), ["abc\n"]);
  assertEquals(text(splitter.flush()), ["d"]);
  assertEquals(text(splitter.flush()), []);
});

Deno.test("LineSplitter cuts a long line at exactly 64 KiB", () => {
  const splitter = new LineSplitter();
  const line = new Uint8Array(3 * MAX_CHUNK_BYTES + 5).fill(0x78);
  const sizes = [...splitter.push(line), ...splitter.flush()].map((chunk) => chunk.length);
  assertEquals(sizes, [MAX_CHUNK_BYTES, MAX_CHUNK_BYTES, MAX_CHUNK_BYTES, 5]);
});

Deno.test("LineSplitter leaves a line of exactly 64 KiB whole", () => {
  const line = new Uint8Array(MAX_CHUNK_BYTES).fill(0x78);
  line[line.length - 1] = 0x0a;
  const splitter = new LineSplitter();
  assertEquals(splitter.push(line.subarray(0, 10)), []);
  assertEquals(text(splitter.push(line.subarray(10))), text([line]));
  assertEquals(splitter.flush(), []);
});

Deno.test("LineSplitter does not change what is read into the same memory later", () => {
  const splitter = new LineSplitter();
  const buffer = bytes("held");
  splitter.push(buffer);
  buffer.fill(0);
  assertEquals(text(splitter.push(bytes("\n"))), ["held\n"]);
});

Deno.test("LineSplitter gives every byte back in order, in chunks that end at newlines or are full", () => {
  let seed = 42;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const input = Uint8Array.from({ length: 2_000_000 }, () => random(50_000) === 0 ? 0x0a : random(256));
  const splitter = new LineSplitter();
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < input.length;) {
    const piece = input.slice(at, at + 1 + random(100_000));
    chunks.push(...splitter.push(piece));
    at += piece.length;
  }
  const last = splitter.flush();
  assert(
    chunks.every((chunk) => chunk.length === MAX_CHUNK_BYTES || chunk.at(-1) === 0x0a),
    "a chunk was cut within a line that fits",
  );
  let at = 0;
  for (const byte of [...chunks, ...last].flatMap((chunk) => [...chunk])) {
    if (byte !== input[at++]) throw new Error(`byte ${at - 1} differs`);
  }
  assertEquals(at, input.length);
});
