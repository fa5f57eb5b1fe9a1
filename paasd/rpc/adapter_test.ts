import { type GetStatusResponse, processService } from "@paas/proto";
import { type ServiceError, status as Code } from "@paas/proto/grpc";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { answer, failure, TestLog } from "../../tests/support/realm.ts";
import { CallStage, type Streaming, type Unary, untilStopped } from "../../tests/support/rpc/call_stage.ts";
import { until } from "../../tests/support/until.ts";
import { Access } from "../access/access.ts";
import { InvalidArgumentError } from "../errors.ts";
import { unary } from "./adapter.ts";

/** Things that a handler may throw. */
const thrown: unknown[] = [
  new Error("secret"),
  "secret",
  null,
  undefined,
  { code: 5, details: "secret" },
  Object.assign(new Error("secret"), { code: 5, details: "secret" }),
  new Proxy({}, {
    get() {
      throw new Error("secret");
    },
  }),
];

Deno.test("unary() answers with what the handler returns, and logs the call", async () => {
  await using stage = await CallStage.open();
  stage.getStatus = ({ processId }, { user, record }) => {
    assertEquals(processId, "id");
    assertMatch(user.subject, /CN=alice/);
    record.process = "p1";
    return Promise.resolve({ status: { state: "PROCESS_STATE_RUNNING" } });
  };
  assertMatch(JSON.stringify(await stage.callUnary()), /PROCESS_STATE_RUNNING/);
  await stage.log.flush(5_000);
  assertMatch(stage.log.of("call")[0]!, /user=[0-9a-f]{16} subject="CN=alice" method=GetStatus process=p1 code=OK ms=/);
});

Deno.test("unary() and serverStreaming() turn errors into codes, and go on", async () => {
  await using stage = await CallStage.open();
  stage.getStatus = () => Promise.reject(new InvalidArgumentError("a sentence"));
  stage.getLogs = async function* () {
    yield {};
    throw new InvalidArgumentError("a sentence");
  };
  for (const call of [() => stage.callUnary(), () => stage.callStream()]) {
    const { code, details } = await failure(call());
    assertEquals([code, details], [Code.INVALID_ARGUMENT, "a sentence"]);
  }
});

Deno.test("unary() and serverStreaming() survive whatever is thrown, whenever", async () => {
  await using stage = await CallStage.open();
  for (const error of thrown) {
    const handlers: [Unary, Streaming][] = [
      [() => {
        throw error;
      }, () => {
        throw error;
      }],
      [() => Promise.reject(error), async function* () {
        yield {};
        throw error;
      }],
      [async () => {
        await Promise.resolve();
        throw error;
      }, () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
      })],
    ];
    for (const [getStatus, getLogs] of handlers) {
      Object.assign(stage, { getStatus, getLogs });
      for (const call of [() => stage.callUnary(), () => stage.callStream()]) {
        const { code, details } = await failure(call());
        assertEquals(code, Code.INTERNAL);
        assert(!details.includes("secret"), details);
      }
    }
  }
  stage.getStatus = () => ({});
  await stage.callUnary();
  await stage.log.flush(5_000);
  assertEquals(stage.log.of("unforeseen").length, thrown.length * 6);
  assert(stage.log.of("unforeseen").some((line) => line.includes("secret")));
});

Deno.test("unary() aborts the signal of a call that is cancelled, and answers nobody", async () => {
  await using stage = await CallStage.open();
  const started = Promise.withResolvers<AbortSignal>();
  const late = Promise.withResolvers<GetStatusResponse>();
  stage.getStatus = (_request, { signal }) => {
    started.resolve(signal);
    return late.promise;
  };
  let cancel = () => {};
  const call = answer((callback) =>
    cancel = (() => {
      const running = stage.client.getStatus({ processId: "id" }, callback);
      return () => running.cancel();
    })()
  );
  const signal = await started.promise;
  cancel();
  assertEquals((await failure(call)).code, Code.CANCELLED);
  await until("the signal is aborted", () => signal.aborted);
  late.reject(new Error("too late"));
  stage.getStatus = () => ({});
  await stage.callUnary();
  await stage.log.flush(5_000);
  assertEquals(stage.log.of("call").map((line) => /code=(\w+)/.exec(line)?.[1]), ["CANCELLED", "OK"]);
  assertEquals(stage.log.of("unforeseen"), []);
});

Deno.test("serverStreaming() ends the producer of a call that is cancelled", async () => {
  await using stage = await CallStage.open();
  let ended = false;
  stage.getLogs = async function* (_request, { signal }) {
    try {
      yield {};
      await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    } finally {
      ended = true;
    }
  };
  const stream = stage.client.getLogs({ processId: "id" });
  stream.on("error", () => {});
  stream.once("data", () => stream.cancel());
  await until("the producer has ended", () => ended);
  await stage.log.flush(5_000);
  assertMatch(stage.log.of("call")[0]!, /code=CANCELLED/);
});

Deno.test("serverStreaming() tells a deadline from a cancellation", async () => {
  await using stage = await CallStage.open();
  stage.getLogs = async function* (_request, { signal }) {
    yield {};
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  };
  const stream = stage.client.getLogs({ processId: "id" }, { deadline: Date.now() + 200 });
  const error = await new Promise<ServiceError>((resolve) => stream.on("error", resolve).resume());
  assertEquals(error.code, Code.DEADLINE_EXCEEDED);
  await until("the call is logged", () => stage.log.of("call").length === 1);
  assertMatch(stage.log.of("call")[0]!, /code=(DEADLINE_EXCEEDED|CANCELLED)/); // whoever's clock was first
});

Deno.test("serverStreaming() makes its producer wait for a client that does not read", async () => {
  await using stage = await CallStage.open();
  const data = new Uint8Array(256 * 1024);
  let produced = 0;
  stage.getLogs = async function* () {
    for (; produced < 200; produced++) yield { chunks: [{ data }] };
  };
  const stream = stage.client.getLogs({ processId: "id" });
  const messages = stream[Symbol.asyncIterator]();
  await messages.next();
  await untilStopped(() => produced);
  assert(produced < 100, `${produced} messages of 256 KiB for nobody`);
  let read = 1;
  while (!(await messages.next()).done) read++;
  assertEquals([produced, read], [200, 200]);
});

Deno.test("a call without a known guest is UNAUTHENTICATED before any handler runs", async () => {
  const log = new TestLog();
  let ran = false;
  const call = { // what a connection that did not come through the front door looks like
    request: {},
    once: () => {},
    getPath: () => "/paas.v1.ProcessService/GetStatus",
    getDeadline: () => Infinity,
    getAuthContext: () => ({}),
  } as unknown as Parameters<ReturnType<typeof unary>>[0];
  const error = await new Promise<unknown>((resolve) =>
    unary({ log, access: new Access() }, () => ran = true)(call, resolve)
  );
  assertEquals((error as ServiceError).code, Code.UNAUTHENTICATED);
  assert(!ran);
});

Deno.test("unary() and serverStreaming() refuse a request that cannot be decoded, and log the call", async () => {
  await using stage = await CallStage.open();
  let handled = 0;
  stage.getStatus = () => (handled++, {});
  stage.getLogs = () => {
    throw new Error(`${handled++}`);
  };
  const asIs = (bytes: Uint8Array) => Buffer.from(bytes);
  const wrong = { "field 1 has wire type 0 instead of 2": Buffer.of(0x08, 0), "it is cut short": Buffer.of(0x0a, 9) };
  for (const [reason, bytes] of Object.entries(wrong)) {
    const unary = answer((callback) =>
      stage.client.makeUnaryRequest(processService.GetStatus!.path, asIs, asIs, bytes, callback)
    );
    const stream = stage.client.makeServerStreamRequest(processService.GetLogs.path, asIs, asIs, bytes);
    const streaming = (async () => {
      for await (const _message of stream);
    })();
    for (const { code, details } of [await failure(unary), await failure(streaming)]) {
      assertEquals(code, Code.INVALID_ARGUMENT);
      assertEquals(details, `Cannot decode the request: ${reason}; send what the contract says`);
    }
  }
  assertEquals(handled, 0);
  await until("each call is logged", () => stage.log.of("call").length === 4);
});

Deno.test("hold() checks its condition with the present rights, not with those at the beginning of the call", async () => {
  await using stage = await CallStage.open();
  stage.getStatus = (_request, { right, hold }) => {
    assertEquals(right.role, "user");
    stage.access.policy = { roles: new Map(), default: "none" };
    hold(() => Infinity);
    return {};
  };
  assertEquals((await failure(stage.callUnary())).code, Code.PERMISSION_DENIED);
});
