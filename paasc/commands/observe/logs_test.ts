import { type ServerWritableStream, status } from "@paas/proto/grpc";
import type { GetLogsRequest__Output, GetLogsResponse, LogChunk } from "@paas/proto";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { ExitError, type ExitReason, exitReason } from "../../exit.ts";
import type { Output } from "../../print/output.ts";
import { Printed } from "../../../tests/support/paasc/printed.ts";
import { contextWith, ID, TestDaemon } from "../../../tests/support/stand_in_daemon.ts";
import { logs } from "./logs.ts";

type Call = ServerWritableStream<GetLogsRequest__Output, GetLogsResponse>;

const time = { seconds: 1, nanos: 0 };
const finished = { state: "PROCESS_STATE_FINISHED", exitCode: 0, startTime: time, finishTime: time } as const;

function chunk(offset: number, data: string | Uint8Array, stream: LogChunk["stream"] = "LOG_STREAM_STDOUT"): LogChunk {
  return { offset, stream, time, data: Buffer.from(data) };
}

/** Runs `paasc logs` against a daemon that serves logs so. */
async function run(serve: (call: Call) => void, stdout: Output, output: "text" | "json" = "text"): Promise<void> {
  await using daemon = await TestDaemon.start({ GetLogs: serve });
  await logs.run([ID], contextWith({ settings: daemon.files.settings(daemon.port, output), stdout }));
}

async function failure(serve: (call: Call) => void): Promise<{ text: string; reason?: ExitReason; message: string }> {
  const stdout = new Printed();
  const error = await assertRejects(() => run(serve, stdout), Error);
  return { text: stdout.text, reason: exitReason(error), message: error.message.replace(/127\.0\.0\.1:\d+/, "SERVER") };
}

Deno.test("logs prints every byte as it is, of both streams, in order", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const printed: number[] = [];
  const stdout = {
    write: (some: Uint8Array) => {
      printed.push(...some);
      return Promise.resolve(some.length);
    },
  };
  await run((call) => {
    call.write({ chunks: [chunk(0, bytes), chunk(256, bytes, "LOG_STREAM_STDERR")] });
    call.write({ chunks: [chunk(512, bytes)] });
    call.write({ chunks: [chunk(768, "x")], end: { bytes: 769, status: finished } });
    call.end();
  }, stdout);
  assertEquals(printed, [...bytes, ...bytes, ...bytes, 120]);
});

Deno.test("logs prints a log that is empty", async () => {
  const stdout = new Printed();
  await run((call) => {
    call.write({ end: { bytes: 0, status: finished } });
    call.end();
  }, stdout);
  assertEquals(stdout.text, "");
});

Deno.test("logs -o json prints a line for each chunk and one for the end", async () => {
  const stdout = new Printed();
  await run(
    (call) => {
      call.write({ chunks: [chunk(0, "a\n"), chunk(2, new Uint8Array([0, 255]), "LOG_STREAM_STDERR")] });
      call.write({
        end: { bytes: 4, lines: 2, status: { ...finished, processId: ID, logBytes: 4, logLines: 2 } },
      });
      call.end();
    },
    stdout,
    "json",
  );
  const at = "1970-01-01T00:00:01.000Z";
  const ended = { state: "finished", exitCode: 0, startTime: at, finishTime: at, durationSeconds: 0 };
  const statusJson = { id: ID, name: "", labels: {}, args: [], pid: 0, ...ended, logBytes: 4, logLines: 2 };
  assertEquals(stdout.text.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    { offset: 0, stream: "stdout", time: at, data: "YQo=" },
    { offset: 2, stream: "stderr", time: at, data: "AP8=" },
    { end: { bytes: 4, lines: 2, status: statusJson } },
  ]);
});

Deno.test("logs ends well when what is missing is declared, and tells of it on stderr", async () => {
  const [stdout, stderr] = [new Printed(), new Printed()];
  await using daemon = await TestDaemon.start({
    GetLogs(call) {
      call.write({ gap: { from: 0, to: 9, reason: "LOG_GAP_REASON_DROPPED", lines: 2 }, chunks: [chunk(9, "x\n")] });
      call.write({ end: { bytes: 11, lines: 3, status: finished } });
      call.end();
    },
  });
  await logs.run([ID], contextWith({ settings: daemon.files.settings(daemon.port), stdout, stderr }));
  assertEquals([stdout.text, stderr.text], [
    "x\n",
    "paasc: 2 lines (9 bytes, bytes 0 to 9) are missing: the daemon keeps only the newest part of a log\n",
  ]);
});

Deno.test("logs prints all that there is, and fails, when some is damaged or the end may be missing", async () => {
  const ways = [
    [{ gap: { from: 2, to: 9, reason: "LOG_GAP_REASON_DAMAGED", lines: 2 } }, { bytes: 9 }],
    [{}, { bytes: 2, mayBeCut: true }],
  ] as const;
  for (const [more, end] of ways) {
    for (const output of ["text", "json"] as const) {
      const stdout = new Printed();
      const serve = (call: Call) => {
        call.write({ chunks: [chunk(0, "x\n")] });
        call.write(more);
        call.write({ end: { ...end, status: finished } });
        call.end();
      };
      const { reason, message } = await assertRejects(() => run(serve, stdout, output), ExitError);
      assertEquals(reason, "incomplete");
      assertEquals(message === "", output === "json", "what JSON has is not on stderr as well");
      const lines = stdout.text.trimEnd().split("\n");
      assertEquals(
        output === "text" ? stdout.text : JSON.parse(lines.at(-1)!).end.mayBeCut,
        {
          text: "x\n",
          json: "mayBeCut" in end || undefined,
        }[output],
      );
    }
  }
});

Deno.test("logs fails when the log does not end as it should", async (t) => {
  const some = (call: Call) => call.write({ chunks: [chunk(0, "some\n")] });

  await t.step("the stream ends without an end", async () => {
    const { text, reason, message } = await failure((call) => {
      some(call);
      call.end();
    });
    assertEquals([text, reason], ["some\n", "incomplete"]);
    assertEquals(
      message,
      "the log is cut short after 5 bytes: the daemon ended it without saying that it is complete",
    );
  });
  await t.step("a gap", async () => {
    const { text, reason, message } = await failure((call) => {
      some(call);
      call.write({ chunks: [chunk(6, "x")] });
    });
    assertEquals([text, reason], ["some\n", "incomplete"]);
    assertEquals(message, "the log is cut short after 5 bytes: the next piece from the daemon begins at byte 6");
  });
  await t.step("a repeat within a message", async () => {
    const { reason, message } = await failure((call) =>
      call.write({ chunks: [chunk(0, "some\n"), chunk(0, "some\n")] })
    );
    assertEquals([reason, message], ["incomplete", "the next piece from the daemon begins at byte 0"]);
  });
  await t.step("an end that counts more", async () => {
    const { reason, message } = await failure((call) => {
      some(call);
      call.write({ end: { bytes: 6, status: finished } });
      call.end();
    });
    assertEquals([reason, message], [
      "incomplete",
      "the log is cut short after 5 bytes: the daemon counts 6, but sent 5",
    ]);
  });
  await t.step("a gap that does not follow on", async () => {
    const { text, reason, message } = await failure((call) => {
      some(call);
      call.write({ gap: { from: 6, to: 8, reason: "LOG_GAP_REASON_NOT_REQUESTED" }, chunks: [chunk(8, "x")] });
    });
    assertEquals([text, reason], ["some\n", "incomplete"]);
    assertEquals(
      message,
      "the log is cut short after 5 bytes: the next piece from the daemon is a gap from byte 6 to 8",
    );
  });
  await t.step("the daemon shuts down", async () => {
    const { text, reason, message } = await failure((call) => {
      some(call);
      call.emit("error", { code: status.UNAVAILABLE, details: "the daemon is shutting down" });
    });
    assertEquals([text, reason], ["some\n", "failed"]);
    assertEquals(message, "the log is cut short after 5 bytes: the daemon is shutting down");
  });
  await t.step("the process is unknown", async () => {
    const { text, reason, message } = await failure((call) => {
      call.emit("error", { code: status.NOT_FOUND, details: "no such process" });
    });
    assertEquals([text, reason, message], ["", "failed", "no such process"]);
  });
});

Deno.test("logs tells how far it came when the connection breaks", async () => {
  const printed = Promise.withResolvers<void>();
  await using daemon = await TestDaemon.start({
    async GetLogs(call) {
      call.write({ chunks: [chunk(0, "some\n")] });
      await printed.promise;
      daemon.server.forceShutdown();
    },
  });
  const stdout = {
    write: (bytes: Uint8Array) => {
      printed.resolve();
      return Promise.resolve(bytes.length);
    },
  };
  const running = () => {
    const settings = daemon.files.settings(daemon.port);
    return logs.run([ID], contextWith({ settings, stdout, given: { reconnect: "0s" } }));
  };
  const error = await assertRejects(running, ExitError);
  assertEquals(error.reason, "no-connection");
  assertEquals(
    error.message,
    `the log is cut short after 5 bytes: the connection to 127.0.0.1:${daemon.port} was lost`,
  );
});

Deno.test("logs stops receiving while stdout is slow", async () => {
  const size = 64 * 1024;
  const total = 1024 * size;
  let sent = 0;
  const blocked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let printed = 0;
  const stdout = {
    async write(bytes: Uint8Array) {
      await released.promise;
      printed += bytes.length;
      return bytes.length;
    },
  };
  const running = run(async (call) => {
    const data = new Uint8Array(size);
    for (; sent < total; sent += size) {
      if (call.write({ chunks: [chunk(sent, data)] })) continue;
      // With the client's windows full, the queue does not drain until it reads again.
      const stuck = setTimeout(blocked.resolve, 500);
      await new Promise((resolve) => call.once("drain", resolve));
      clearTimeout(stuck);
    }
    blocked.resolve(); // too late: all has been sent
    call.write({ end: { bytes: total, status: finished } });
    call.end();
  }, stdout);
  await blocked.promise;
  assert(sent < total / 2, `${sent} bytes of ${total} were sent to a client that does not print`);
  released.resolve();
  await running;
  assertEquals(printed, total);
});

Deno.test("logs ends the call when nobody reads its output any more", async () => {
  let cancelled = 0;
  const stdout = { write: () => Promise.reject(new Deno.errors.BrokenPipe()) };
  const running = run((call) => {
    const started = performance.now();
    call.on("cancelled", () => cancelled = performance.now() - started);
    call.write({ chunks: [chunk(0, "some\n")] });
  }, stdout);
  assertEquals((await assertRejects(() => running, ExitError)).reason, "output-closed");
  assert(cancelled > 0 && cancelled < 5_000, `the daemon noticed after ${cancelled} ms`);
});

const OTHER_ID = "7d1f0c4e-2a8f-4a3c-9d5f-0d8e5b9b7c22";

/** Runs `paasc logs` for two processes, `web` and `db`, against a daemon that serves logs so. */
async function runTwo(serve: (call: Call, name: string) => void, given: Record<string, string> = {}) {
  const names: Record<string, string> = { [ID]: "web", [OTHER_ID]: "db" };
  const [stdout, stderr] = [new Printed(), new Printed()];
  await using daemon = await TestDaemon.start({
    GetLogs: (call) => serve(call, names[call.request.processId]!),
    GetStatus: ({ request: { processId } }, answer) =>
      answer(null, { status: { ...finished, processId, name: names[processId]! } }),
  });
  const context = contextWith({ settings: daemon.files.settings(daemon.port), given, stdout, stderr });
  const error = await logs.run([ID, OTHER_ID], context).then(() => undefined, (error) => error);
  return { stdout: stdout.text, stderr: stderr.text, reason: exitReason(error), error };
}

Deno.test("logs of several processes name the one whose log is incomplete", async () => {
  const { stdout, stderr, reason } = await runTwo((call, name) => {
    if (name === "web") call.write({ chunks: [chunk(0, "fine\n")], end: { bytes: 5, status: finished } });
    else call.write({ gap: { from: 0, to: 9, reason: "LOG_GAP_REASON_DAMAGED" }, end: { bytes: 9, status: finished } });
    call.end();
  });
  assertEquals([stdout, reason], ["web | fine\n", "incomplete"]);
  assertEquals(stderr.split("\n").filter(Boolean).map((line) => line.slice(0, 10)), ["paasc: db:", "paasc: db:"]);
});

Deno.test("logs of several processes print the others when one does not end as it should", async () => {
  const { stdout, stderr, reason } = await runTwo((call, name) => {
    if (name === "web") call.write({ chunks: [chunk(0, "fine\n")], end: { bytes: 5, status: finished } });
    else call.write({ chunks: [chunk(3, "x")] });
    call.end();
  });
  assertEquals([stdout, reason], ["web | fine\n", "incomplete"]);
  assertEquals(stderr, "paasc: db: the next piece from the daemon begins at byte 3\n");
});

Deno.test("logs of several processes end when one of them has the line, or fail when none has", async () => {
  const match = await runTwo((call, name) => {
    if (name === "db") return; // goes on
    call.write({ chunks: [chunk(0, "up\n")], end: { bytes: 3, status: finished, matched: true } });
    call.end();
  }, { "until-match": "up" });
  assertEquals([match.stdout, match.error], ["web | up\n", undefined]);
  const none = await runTwo((call) => {
    call.write({ end: { bytes: 0, status: finished } });
    call.end();
  }, { "until-match": "up" });
  assertEquals([none.reason, none.error.message], ["no-line", "the output ended without a line that matches 'up'"]);
});
