import { status as Code } from "@paas/proto/grpc";
import { assertEquals, assertMatch } from "@std/assert";
import { failure } from "../support/realm.ts";
import { sharedDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";

const shared = sharedDaemon();

Deno.test("ownership another user's process cannot be told from one that never was", async (t) => {
  const daemon = shared();
  await using alice = new RawClient(daemon);
  await using bob = new RawClient(daemon, { as: "bob" });
  const unknown = crypto.randomUUID();
  const running = await alice.exec(["sh", "-c", "echo secret; exec sleep 600"]);
  const finished = await alice.exec(["echo", "secret"]);
  await alice.untilFinished(finished);
  const stopped = await alice.exec(["sleep", "600"]);
  await alice.stop(stopped);

  for (const command of ["status", "logs", "stop"]) {
    await t.step(`paasc ${command}`, async () => {
      const answerFor = async (id: string) => {
        const { code, stdout, stderr } = await daemon.paasc([command, id], { as: "bob" });
        return [code, text(stdout), stderr.replaceAll(id, "ID")];
      };
      const sentence = "check the id; a process is known until it is removed, and only to its owner";
      const expected = [1, "", `paasc: Cannot find process ID: ${sentence}\n`];
      assertEquals(await answerFor(unknown), expected);
      for (const id of [finished, running]) assertEquals(await answerFor(id), expected);
    });
  }

  const calls: Record<string, (client: RawClient, id: string) => Promise<unknown>> = {
    "GetStatus": (client, id) => client.status(id),
    "GetLogs": (client, id) => client.logs(id).end,
    "GetLogs without follow": (client, id) => client.logs(id, { follow: false }).end,
    "Stop": (client, id) => client.stop(id),
  };
  for (const [name, call] of Object.entries(calls)) {
    await t.step(name, async () => {
      const answerFor = async (id: string) => {
        const { code, details, message, metadata } = await failure(call(bob, id));
        const sent = Object.entries(metadata.getMap()).filter(([key]) => key !== "date");
        return [code, details.replaceAll(id, "ID"), message.replaceAll(id, "ID"), sent];
      };
      const expected = await answerFor(unknown);
      assertEquals(expected[0], Code.NOT_FOUND);
      for (const id of [finished, stopped, running, running.toUpperCase()]) {
        assertEquals(await answerFor(id), expected);
      }
    });
  }

  await t.step("alice's process is unaffected, and she reaches it", async () => {
    const { state, stop } = await alice.status(running);
    assertEquals([state, stop], ["PROCESS_STATE_RUNNING", null]);
    assertEquals(await daemon.status(running), "Status: running");
    const log = alice.logs(running, { follow: false });
    await log.end;
    assertEquals(log.text, "secret\n");
  });
  await t.step("bob's own process is his alone", async () => {
    const id = await daemon.exec(["sleep", "600"], { as: "bob" });
    assertEquals((await failure(alice.stop(id))).code, Code.NOT_FOUND);
    assertEquals((await bob.status(id)).state, "PROCESS_STATE_RUNNING");
    assertEquals((await bob.stop(id)).signal, 15);
  });
});

Deno.test("ownership a malformed id is refused for what it is, whoever asks", async () => {
  const daemon = shared();
  await using alice = new RawClient(daemon);
  const id = await alice.exec(["true"]);
  const sentence = /^The process id (is not a UUID|must have at most 36 bytes, not \d+): use one that Exec has given$/;
  for (
    const malformed of [
      "",
      "x",
      `${id} `,
      ` ${id}`,
      `{${id}}`,
      id.replaceAll("-", ""),
      `../${id}`,
      `${id}\0`,
      `${id}\n`,
    ]
  ) {
    for (const call of [alice.status(malformed), alice.logs(malformed).end, alice.stop(malformed)]) {
      const { code, details } = await failure(call);
      assertEquals(code, Code.INVALID_ARGUMENT, JSON.stringify(malformed));
      assertMatch(details, sentence);
    }
  }
  for (const command of ["status", "logs", "stop"]) {
    const { code, stdout, stderr } = await daemon.paasc([command, "no-uuid"]);
    const unknown = "paasc: no process has 'no-uuid' for its id, its name, or the beginning of its id\n";
    assertEquals([code, text(stdout), stderr], [1, "", unknown]);
  }
});
