import { assertEquals } from "@std/assert";
import { until } from "../../tests/support/until.ts";
import { clock } from "../system/clock.ts";
import { LogReader } from "./reader.ts";
import { LiveLog } from "./log.ts";
import type { LogStream } from "../log_format/record.ts";
import { decodeLogChunks } from "../log_format/decode.ts";
import { OpenLine, pump } from "./pump.ts";

/** A pipe that a test writes to. */
class Pipe {
  readonly #written: string[] = [];
  #proceed = () => {};
  #closed = false;
  /** The number of times that a reader has waited for bytes: it has taken all bytes before. */
  waits = 0;

  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor() {
    const source: UnderlyingByteSource = {
      type: "bytes",
      pull: async (controller) => {
        this.waits++;
        while (this.#written.length === 0 && !this.#closed) {
          await new Promise<void>((resolve) => this.#proceed = resolve);
        }
        const text = this.#written.shift();
        if (text !== undefined) return controller.enqueue(new TextEncoder().encode(text));
        controller.close();
        controller.byobRequest?.respond(0);
      },
    };
    this.readable = new ReadableStream(source);
  }

  /** Writes, and waits until all was read. */
  async write(text: string): Promise<void> {
    const { waits } = this;
    this.#written.push(text);
    this.#proceed();
    await until("it is read", () => this.waits > waits);
  }

  close(): void {
    this.#closed = true;
    this.#proceed();
  }
}

/** Pumps two pipes into a log, as a test writes to them at times of its own. */
async function pumped(
  partialLine: number,
  write: (pipes: Record<LogStream, Pipe>, at: (time: number) => void, log: LiveLog) => Promise<void>,
) {
  const directory = await Deno.makeTempDir();
  const { now } = clock;
  let time = 1_000;
  clock.now = () => time;
  try {
    const log = await LiveLog.create(directory);
    const pipes = { stdout: new Pipe(), stderr: new Pipe() };
    const open = new OpenLine();
    const { signal } = new AbortController();
    const pumps = (["stdout", "stderr"] as const).map((stream) =>
      pump(pipes[stream].readable, stream, log, signal, () => {}, open, partialLine)
    );
    await until("both are read", () => pipes.stdout.waits === 1 && pipes.stderr.waits === 1);
    await write(pipes, (now) => time = now, log);
    for (const pipe of Object.values(pipes)) pipe.close();
    await Promise.all(pumps);
    await log.end();
    const chunks: [LogStream, string, number, boolean][] = [];
    for await (const records of new LogReader(log)) {
      for (const { stream, data, time, partial = false } of decodeLogChunks(records)) {
        chunks.push([stream, new TextDecoder().decode(data), time, partial]);
      }
    }
    return chunks;
  } finally {
    clock.now = now;
    await Deno.remove(directory, { recursive: true });
  }
}

const NEVER = 2 ** 30;

Deno.test("pump keeps the order and the times of reading where one stream has begun a line", async () => {
  const chunks = await pumped(NEVER, async ({ stdout, stderr }, at) => {
    await stdout.write("Compiling... ");
    at(1_050);
    await stderr.write("warning: x\n");
    at(1_070);
    await stdout.write("done\n");
    at(1_080);
    await stderr.write("a");
    at(1_090);
    await stdout.write("b");
    at(1_100);
    await stderr.write("c\n");
  });
  assertEquals(chunks, [
    ["stdout", "Compiling... ", 1_000, true],
    ["stderr", "warning: x\n", 1_050, false],
    ["stdout", "done\n", 1_070, false],
    ["stderr", "a", 1_080, true],
    ["stdout", "b", 1_090, true],
    ["stderr", "c\n", 1_100, false],
  ]);
});

Deno.test("pump leaves a line whole that comes in pieces, with the time of its first byte", async () => {
  const chunks = await pumped(NEVER, async ({ stdout }, at) => {
    await stdout.write("one\ntw");
    at(1_020);
    await stdout.write("o");
    at(1_040);
    await stdout.write("\nthree\nfo");
    at(1_060);
    await stdout.write("ur");
  });
  assertEquals(chunks, [
    ["stdout", "one\n", 1_000, false],
    ["stdout", "two\nthree\n", 1_000, false],
    ["stdout", "four", 1_040, false],
  ]);
});

Deno.test("pump logs the start of a line in time, also one that never stands still", async () => {
  await pumped(100, async ({ stdout }, _at, log) => {
    await until("it is logged", async () => {
      await stdout.write(".");
      return log.written.offset > 0;
    });
  });
});
