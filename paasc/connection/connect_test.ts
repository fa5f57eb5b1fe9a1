import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { Metadata, status } from "@paas/proto/grpc";
import { exec } from "../commands/start/exec.ts";
import { status as statusCommand } from "../commands/observe/status.ts";
import { stop } from "../commands/end/stop.ts";
import type { Command } from "../command.ts";
import { connect } from "./connect.ts";
import { OutageError } from "./connection.ts";
import { PaasError } from "../errors.ts";
import { ExitError, exitReason } from "../exit.ts";
import { Printed } from "../../tests/support/paasc/printed.ts";
import { contextWith, ID, TestDaemon } from "../../tests/support/stand_in_daemon.ts";

async function run(command: Command, words: string[], daemon: TestDaemon, output: "text" | "json" = "text") {
  const stdout = new Printed();
  await command.run(words, contextWith({ settings: daemon.files.settings(daemon.port, output), stdout }));
  return stdout.text;
}

const time = { seconds: 1, nanos: 0 };
const finished = {
  state: "PROCESS_STATE_FINISHED",
  signal: 15,
  startTime: time,
  finishTime: time,
  endReason: "END_REASON_STOPPED",
  stop: { stoppedBy: "c0ffee", time, killed: false },
  processId: ID,
  args: ["sleep", "9"] as string[],
  pid: 7,
  logBytes: 5,
  logLines: 1,
} as const;
const finishedJson = {
  id: ID,
  name: "",
  labels: {},
  args: ["sleep", "9"],
  state: "finished",
  pid: 7,
  signal: 15,
  signalName: "SIGTERM",
  startTime: "1970-01-01T00:00:01.000Z",
  finishTime: "1970-01-01T00:00:01.000Z",
  durationSeconds: 0,
  endReason: "stopped",
  stop: { by: "c0ffee", time: "1970-01-01T00:00:01.000Z", killed: false },
  logBytes: 5,
  logLines: 1,
};

Deno.test("exec sends every word as it is, and prints the id alone", async () => {
  const seen: string[][] = [];
  await using daemon = await TestDaemon.start({
    Exec({ request }, callback) {
      seen.push(request.args);
      callback(null, { processId: "some-id" });
    },
  });
  const words = ["printf", "%s", "", "--", "-o", "a\nb", "ü€😀"];
  assertEquals(await run(exec, words, daemon), "some-id\n");
  assertEquals(JSON.parse(await run(exec, words, daemon, "json")), { id: "some-id" });
  assertEquals(seen, [words, words]);
});

Deno.test("exec refuses words that cannot be sent unchanged, and none at all", async () => {
  await using daemon = await TestDaemon.start({});
  for (const words of [[], ["rm", "caf\ufffd"]]) {
    assertEquals((await assertRejects(() => run(exec, words, daemon), ExitError)).reason, "usage");
  }
});

Deno.test("status prints how the process stands", async () => {
  await using daemon = await TestDaemon.start({
    GetStatus: ({ request }, callback) => callback(null, request.processId === ID ? { status: finished } : {}),
  });
  assertEquals(await run(statusCommand, [ID], daemon), "Status: finished (signal 15)\n");
  assertEquals(JSON.parse(await run(statusCommand, [ID], daemon, "json")), finishedJson);
  await assertRejects(
    () => run(statusCommand, [crypto.randomUUID()], daemon),
    PaasError,
    "the daemon's answer has no status",
  );
});

Deno.test("stop is silent, or prints the final status as JSON", async () => {
  await using daemon = await TestDaemon.start({ Stop: (_call, callback) => callback(null, { status: finished }) });
  assertEquals(await run(stop, [ID], daemon), "");
  assertEquals(JSON.parse(await run(stop, [ID], daemon, "json")), finishedJson);
});

Deno.test("status and stop take at least one id", async () => {
  await using daemon = await TestDaemon.start({});
  for (const command of [statusCommand, stop]) {
    assertEquals((await assertRejects(() => run(command, [], daemon), ExitError)).reason, "usage");
  }
});

Deno.test("Connection.call() passes the daemon's own words on, UNAVAILABLE too", async () => {
  for (const code of [status.NOT_FOUND, status.UNAVAILABLE, status.INTERNAL, status.CANCELLED]) {
    await using daemon = await TestDaemon.start({
      GetStatus: (_call, callback) => callback({ code, details: "what the daemon says" }),
    });
    const error = await assertRejects(() => run(statusCommand, [ID], daemon), PaasError);
    assertEquals([exitReason(error), error.message], ["failed", "what the daemon says"]);
  }
});

Deno.test("Connection.call() counts a certificate that the daemon does not take as no connection", async () => {
  await using daemon = await TestDaemon.start({
    GetStatus: (_call, callback) => callback({ code: status.UNAUTHENTICATED, details: "it was revoked" }),
  });
  const error = await assertRejects(() => run(statusCommand, [ID], daemon), PaasError);
  assertEquals([exitReason(error), error.message], ["no-connection", "it was revoked"]);
});

Deno.test("Connection.call() tells what is not known when the connection breaks before the answer", async () => {
  await using daemon = await TestDaemon.start({ Stop: () => daemon.server.forceShutdown() });
  const error = await assertRejects(() => run(stop, [ID], daemon), PaasError);
  assertEquals(error.code, "no-connection");
  assertStringIncludes(
    error.message,
    `the connection to 127.0.0.1:${daemon.port} was lost; it is not known whether the process was stopped`,
  );
});

Deno.test("Connection.failure() counts what grpc-js makes up as a lost connection, and what a daemon says as its own", async () => {
  await using daemon = await TestDaemon.start({});
  using connection = await connect(daemon.files.settings(daemon.port));
  const failure = (details: string, metadata = new Metadata()) => {
    return connection.failure(Object.assign(new Error(details), { code: status.INTERNAL, details, metadata }));
  };
  // An input that is sent in the moment in which the daemon ends the call.
  for (const details of ["Write error: write after end", "Received RST_STREAM with code 2", "Connection dropped"]) {
    assertInstanceOf(failure(details), OutageError);
  }
  const metadata = new Metadata();
  metadata.set("content-type", "application/grpc");
  assertEquals(failure("Write error: write after end", metadata).code, "internal");
  assertEquals(failure("Something went wrong").code, "internal");
});

Deno.test("connect() verifies the server by name and by address", async () => {
  await using daemon = await TestDaemon.start({ GetStatus: (_call, callback) => callback(null, { status: finished }) });
  const settings = daemon.files.settings(daemon.port);
  for (const host of ["127.0.0.1", "localhost"]) {
    using connected = await connect({ ...settings, server: `${host}:${daemon.port}` });
    assertEquals(connected.server, `${host}:${daemon.port}`);
  }
});

Deno.test("connect() tells which file it cannot read", async () => {
  await using daemon = await TestDaemon.start({});
  const settings = daemon.files.settings(daemon.port);
  for (
    const [option, title] of [["ca", "server CA"], ["cert", "client certificate"], ["key", "private key"]] as const
  ) {
    const missing = { ...settings, [option]: "/nowhere/file.pem" };
    const error = await assertRejects(() => connect(missing), PaasError);
    assertEquals(error.code, "no-connection");
    assertStringIncludes(error.message, `cannot read the ${title} /nowhere/file.pem: it does not exist (--${option},`);
    await assertRejects(
      () => connect({ ...settings, [option]: daemon.files.directory }),
      PaasError,
      "it is a directory",
    );
  }
});
