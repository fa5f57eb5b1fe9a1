import type { ClientReadableStream } from "@paas/proto/grpc";
import { status as Code } from "@paas/proto/grpc";
import { type HealthCheckResponse, type HealthListResponse, healthService } from "@paas/proto/health";
import { type ReflectionRequest, type ReflectionResponse, reflectionServices } from "@paas/proto/reflection";
import type { GetStatusResponse__Output } from "@paas/proto";
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import descriptor, { type IFieldDescriptorProto, type IFileDescriptorProto } from "protobufjs/ext/descriptor/index.js";
import { until } from "../../tests/support/until.ts";
import { Daemon } from "../daemon.ts";
import { answer, type Client, failure, Realm, TestLog } from "../../tests/support/realm.ts";

/** A daemon, and a client of it. */
async function open() {
  const stack = new AsyncDisposableStack();
  const realm = stack.use(await Realm.make());
  const log = new TestLog();
  const daemon = stack.use(await Daemon.start(realm.options, log));
  const client = realm.client(daemon.address.port, await realm.user());
  stack.defer(() => client.close());
  return { daemon, log, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function check(client: Client, service: string): Promise<HealthCheckResponse> {
  const { path, requestSerialize, responseDeserialize } = healthService.Check;
  return answer((callback) =>
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, callback)
  );
}

/** What a watch is told, as it comes. */
function watch(client: Client, service: string) {
  const { path, requestSerialize, responseDeserialize } = healthService.Watch;
  const stream: ClientReadableStream<HealthCheckResponse> = client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    { service },
  );
  const told: string[] = [];
  const ended = (async () => {
    for await (const { status } of stream) told.push(status);
  })();
  return { stream, told, ended };
}

async function reflect(client: Client, version: number, ...requests: Partial<ReflectionRequest>[]) {
  const { path, requestSerialize, responseDeserialize } = reflectionServices[version]!.ServerReflectionInfo;
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  for (const request of requests) stream.write(request as ReflectionRequest);
  stream.end();
  const answers: ReflectionResponse[] = [];
  for await (const answer of stream) answers.push(answer);
  return answers;
}

Deno.test("Health says that the daemon serves, and knows no other service", async () => {
  await using stage = await open();
  for (const service of ["", "paas.v1.ProcessService"]) {
    assertEquals(await check(stage.client, service), { status: "SERVING" });
  }
  const { code, details } = await failure(check(stage.client, "paas.v1.Other"));
  assertEquals([code, details], [
    Code.NOT_FOUND,
    'There is no such service: ask for one of "", "paas.v1.ProcessService"',
  ]);
  const { path, requestSerialize, responseDeserialize } = healthService.List;
  const list = await answer<HealthListResponse>((callback) =>
    stage.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, callback)
  );
  assertEquals(list.statuses, { "": { status: "SERVING" }, "paas.v1.ProcessService": { status: "SERVING" } });
  await stage.log.flush(5_000);
  assertEquals(stage.log.of("call").map((line) => /code=(\w+)/.exec(line)?.[1]), ["NOT_FOUND"], "only what failed");
});

Deno.test("Health tells who watches that the daemon drains, and does not hold its end up", async () => {
  await using stage = await open();
  const { client, daemon } = stage;
  const args = ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]; // until SIGKILL, after 2 s
  const { processId } = await answer<{ processId: string }>((callback) => client.exec({ args }, callback));
  await until("its trap is set", async () => {
    const { status } = await answer<GetStatusResponse__Output>((callback) => client.getStatus({ processId }, callback));
    return status!.logBytes > 0;
  });
  const watches = ["", "paas.v1.ProcessService", "unknown"].map((service) => watch(client, service));
  await until("all are told", () => watches.every(({ told }) => told.length === 1));
  const start = performance.now();
  const shutdown = daemon.shutdown();
  assertEquals(await check(client, ""), { status: "NOT_SERVING" });
  await Promise.all(watches.map(({ ended }) => ended));
  await shutdown;
  assertEquals(watches.map(({ told }) => told), [
    ["SERVING", "NOT_SERVING"],
    ["SERVING", "NOT_SERVING"],
    ["SERVICE_UNKNOWN"],
  ]);
  assert(performance.now() - start < 9_000, "nobody had to be cut for standing still");
});

Deno.test("Health forgets a watch whose client has gone", async () => {
  await using stage = await open();
  const { stream, told, ended } = watch(stage.client, "");
  await until("it is told", () => told.length === 1);
  stream.cancel();
  assertEquals((await failure(ended)).code, Code.CANCELLED);
  await until("the call has ended", () => stage.log.of("call").some((line) => line.includes("code=CANCELLED")));
});

Deno.test("Reflection names each service that is served, in both versions", async () => {
  await using stage = await open();
  for (const version of [0, 1]) {
    const [answer] = await reflect(stage.client, version, { listServices: "*" });
    assert(answer && "listServicesResponse" in answer);
    assertEquals(answer.listServicesResponse.service.map(({ name }) => name).toSorted(), [
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "paas.v1.ProcessService",
    ]);
  }
});

Deno.test("Reflection gives the contract as others read it", async () => {
  await using stage = await open();
  const questions = [
    { fileContainingSymbol: "paas.v1.ProcessService" },
    { fileContainingSymbol: "paas.v1.ProcessService.Exec" },
    { fileContainingSymbol: "paas.v1.ExecRequest.args" },
    { fileContainingSymbol: "paas.v1.LOG_STREAM_STDOUT" },
    { fileByFilename: "paas/v1/paas.proto" },
  ];
  const answers = await reflect(stage.client, 0, ...questions);
  assertEquals(answers.length, questions.length);
  for (const answer of answers) {
    assert("fileDescriptorResponse" in answer);
    const files = answer.fileDescriptorResponse.fileDescriptorProto.map((bytes) =>
      descriptor.FileDescriptorProto.toObject(descriptor.FileDescriptorProto.decode(bytes)) as IFileDescriptorProto
    );
    assertEquals(files.map(({ name }) => name), [
      "paas/v1/paas.proto",
      "google/protobuf/duration.proto",
      "google/protobuf/timestamp.proto",
    ]);
    const { messageType, dependency } = files[0]!;
    assertEquals(dependency, ["google/protobuf/duration.proto", "google/protobuf/timestamp.proto"]);
    const message = (wanted: string) => messageType!.find(({ name }) => name === wanted)!;
    const field = (of: string, wanted: string): IFieldDescriptorProto & { proto3Optional?: boolean } =>
      message(of).field!.find(({ name }) => name === wanted)!;
    assertEquals(field("GetLogsRequest", "process_id").number, 1);
    assertEquals([field("GetLogsRequest", "follow").proto3Optional, field("ExecRequest", "cwd").proto3Optional], [
      true,
      undefined,
    ]);
    assertEquals(field("ExecRequest", "env").typeName, ".paas.v1.ExecRequest.EnvEntry");
    assertEquals(message("ExecRequest").nestedType![0]!.name, "EnvEntry");
    assertEquals(field("ExecRequest", "timeout").typeName, ".google.protobuf.Duration");
  }
});

Deno.test("Reflection answers what it cannot with an error, and goes on", async () => {
  await using stage = await open();
  const answers = await reflect(
    stage.client,
    0,
    { fileContainingSymbol: "paas.v1.Nothing" },
    { fileByFilename: "etc/passwd" },
    { fileContainingExtension: { containingType: "paas.v1.ExecRequest", extensionNumber: 1 } },
    { allExtensionNumbersOfType: "paas.v1.ExecRequest" },
    {},
    { listServices: "" },
  );
  assertEquals(answers.map((answer) => "errorResponse" in answer ? answer.errorResponse.errorCode : undefined), [
    ...[Code.NOT_FOUND, Code.NOT_FOUND, Code.NOT_FOUND, Code.NOT_FOUND, Code.INVALID_ARGUMENT],
    undefined,
  ]);
});

Deno.test("Reflection does not hold the end of the daemon up", async () => {
  await using stage = await open();
  const { path, requestSerialize, responseDeserialize } = reflectionServices[0]!.ServerReflectionInfo;
  const stream = stage.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  stream.write({ host: "", listServices: "" });
  const messages = stream[Symbol.asyncIterator]();
  await messages.next();
  const start = performance.now();
  const [end] = await Promise.all([messages.next(), stage.daemon.shutdown()]);
  assertEquals(end.done, true);
  assert(performance.now() - start < 9_000, "nobody had to be cut for standing still");
});

Deno.test("Attach goes on when its client has sent its last message", async () => {
  await using stage = await open();
  const args = ["sh", "-c", "cat; echo end"];
  const { processId } = await answer<{ processId: string }>((callback) =>
    stage.client.exec({ args, stdin: true }, callback)
  );
  const stream = stage.client.attach();
  stream.write({ processId, input: Buffer.from("some\n"), closeInput: true });
  stream.end();
  let text = "";
  for await (const { chunks } of stream) for (const { data } of chunks) text += data.toString();
  assertEquals(text, "some\nend\n");
});
