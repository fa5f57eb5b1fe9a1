import type { ExecRequest__Output, GetLogsRequest__Output, GetLogsResponse, LogChunk } from "@paas/proto";
import type { handleServerStreamingCall } from "@paas/proto/grpc";
import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { assertCode } from "../../tests/library/test_client.ts";
import { ID, TestDaemon } from "../../tests/support/stand_in_daemon.ts";
import { TcpProxy } from "../../tests/support/wire/tcp_proxy.ts";
import { until } from "../../tests/support/until.ts";
import { Client, type RunOptions } from "./client.ts";

const time = { seconds: 1, nanos: 0 };
const finished = {
  processId: ID,
  state: "PROCESS_STATE_FINISHED",
  exitCode: 7,
  startTime: time,
  finishTime: time,
  endReason: "END_REASON_EXITED",
} as const;

type Serve = handleServerStreamingCall<GetLogsRequest__Output, GetLogsResponse>;

function chunk(offset: number, data: string | Uint8Array, stream: "STDOUT" | "STDERR" = "STDOUT"): LogChunk {
  return { offset, stream: `LOG_STREAM_${stream}`, time, data: Buffer.from(data) };
}

/** A client of a stand-in whose one process has this log, and a note of what the stand-in is asked. */
async function start(serve: Serve, status: object = finished) {
  const started: ExecRequest__Output[] = [];
  const stopped: string[] = [];
  const daemon = await TestDaemon.start({
    Exec({ request }, callback) {
      started.push(request);
      callback(null, { processId: ID });
    },
    GetLogs: serve,
    GetStatus: (_call, callback) => callback(null, { status: finished }),
    Wait: (_call, callback) => callback(null, { status }),
    Stop({ request }, callback) {
      stopped.push(request.processId);
      callback(null, { status: finished });
    },
  });
  const proxy = await TcpProxy.to(daemon.port);
  const { server, ca, cert, key } = daemon.files.settings(proxy.port);
  const client = await Client.connect({ server, ca, cert, key });
  return {
    ...{ proxy, client, started, stopped },
    async [Symbol.asyncDispose]() {
      const closing = client[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose](); // waits for the connection to close; grpc-js hangs if that was before
      await Promise.all([closing, proxy[Symbol.asyncDispose]()]);
    },
  };
}

/** A complete log. */
const whole: Serve = (call) => {
  call.write({ chunks: [chunk(0, "out"), chunk(3, "err", "STDERR"), chunk(6, new Uint8Array([0xff, 10]))] });
  call.write({ end: { bytes: 8, lines: 1, status: finished } });
  call.end();
};

Deno.test("Client.run() returns all output as bytes and as text, and how the program ended", async () => {
  await using setting = await start(whole);
  const { client } = setting;
  const result = await client.run("make", ["test"], { cwd: "/srv" });
  assertEquals([...result.stdout], [..."out"].map((letter) => letter.charCodeAt(0)).concat([0xff, 10]));
  assertEquals([result.stdoutText, result.stderrText], ["out\ufffd\n", "err"]);
  assertEquals([result.code, result.signal, result.success, result.status.id], [7, undefined, false, ID]);
  const [{ args, cwd, stdin, stopAfterDisconnect } = {} as ExecRequest__Output] = setting.started;
  assertEquals([args, cwd, stdin, stopAfterDisconnect?.seconds], [["make", "test"], "/srv", false, 30]);
  assertEquals(setting.stopped, []);
});

Deno.test("Client.run() names the signal that killed the program", async () => {
  const killed = { ...finished, exitCode: undefined, signal: 9, endReason: "END_REASON_SIGNALLED" };
  await using setting = await start(whole, killed);
  const { client } = setting;
  const { code, signal, success } = await client.run("true");
  assertEquals([code, signal, success], [undefined, "SIGKILL", false]);
});

Deno.test("Client.run() throws when output is missing or may be, and stops the process", async (t) => {
  const cases: [name: string, words: RegExp, serve: Serve][] = [
    ["a gap", /are missing: the daemon's disk or quota was full/, (call) => {
      call.write({ gap: { from: 0, to: 9, reason: "LOG_GAP_REASON_NO_SPACE" } });
      call.end();
    }],
    ["an end that may be cut", /the end of the log may be missing/, (call) => {
      call.write({ end: { bytes: 0, lines: 0, mayBeCut: true, status: finished } });
      call.end();
    }],
    ["no end", /after 3 bytes: the daemon ended it without saying that it is complete/, (call) => {
      call.write({ chunks: [chunk(0, "out")] });
      call.end();
    }],
    ["bytes that do not add up", /the next piece from the daemon begins at byte 5/, (call) => {
      call.write({ chunks: [chunk(0, "out"), chunk(5, "more")] });
      call.end();
    }],
  ];
  for (const [name, words, serve] of cases) {
    await t.step(name, async () => {
      await using setting = await start(serve);
      const { client } = setting;
      await assertCode(client.run("true"), "incomplete", words);
      assertEquals(setting.stopped, [ID]);
    });
  }
});

Deno.test("Client.run() throws when there is more output than maxBuffer, and stops the process", async () => {
  await using setting = await start(whole);
  const { client } = setting;
  assertEquals((await client.run("true", [], { maxBuffer: 8 })).stderrText, "err");
  await assertCode(client.run("true", [], { maxBuffer: 7 }), "incomplete", /more than maxBuffer, 7 bytes/);
  assertEquals(setting.stopped, [ID]);
  await assertCode(client.run("true", [], { maxBuffer: -1 }), "invalid-argument", /maxBuffer must be a whole number/);
  assertEquals(setting.started.length, 2);
});

Deno.test("Client.run() stops the process when its signal is aborted, and throws the reason", async () => {
  let reading = false;
  await using setting = await start(() => reading = true);
  const { client } = setting;
  const over = new AbortController();
  const options: RunOptions = { signal: over.signal };
  const rejected = assertRejects(() => client.run("sleep", ["100"], options), Error, "enough");
  await until("the log is read", () => reading);
  over.abort(new Error("enough"));
  await rejected;
  assertEquals(setting.stopped, [ID]);
  await assertRejects(() => client.run("sleep", ["100"], options), Error, "enough");
  assertEquals(setting.started.length, 1);
});

Deno.test({
  name: "Client.run() goes on at the next byte when the connection breaks",
  sanitizeOps: false, // an attempt to connect that failed leaves a timer of grpc-js behind
  sanitizeResources: false,
  async fn() {
    let calls = 0;
    const output = "one\ntwo\n";
    await using setting = await start((call) => {
      const from = call.request.fromOffset ?? 0;
      if (++calls === 1) {
        call.write({ chunks: [chunk(0, "one\n")] }, () => setting.proxy.cut());
        return;
      }
      call.write({ chunks: [chunk(from, output.slice(from))] });
      call.write({ end: { bytes: output.length, lines: 2, status: finished } });
      call.end();
    });
    const { client } = setting;
    const { stdoutText } = await client.run("true");
    assertEquals([stdoutText, calls, setting.stopped], [output, 2, []]);
  },
});
