/**
 * What one user's starts can do to others: a file that does not answer, a search of a whole PATH, a process that stops all
 * others of its account. Only the caller of that `Exec` waits.
 *
 * @module
 */
import { status as Code } from "@paas/proto/grpc";
import { assert, assertEquals } from "@std/assert";
import { failure } from "../support/realm.ts";
import { Bystander } from "./bystander.ts";
import { leased } from "../support/leased_file.ts";
import { RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const ROOT = Deno.uid() === 0;

/** So much may the daemon itself work between a question of bob's and its answer, in milliseconds: less than an attack took. */
const MAX_WORK_MS = 1_000;

/** Tells how long bob has waited, and holds that against the limit. */
function assertServed(bob: Bystander, attack: string): void {
  const { waited, worked } = bob.worst;
  console.log(`${attack}: bob has waited ${waited.toFixed(0)} ms at most, for which the daemon worked ${worked} ms`);
  assert(worked < MAX_WORK_MS, `the daemon has worked ${worked} ms`);
}

/** The ways of a start that an operator can choose. */
const WAYS: Record<string, string[]> = { "plainly": [], ...ROOT && { "--run-as": ["--run-as=nobody"] } };

for (const [way, flags] of Object.entries(WAYS)) {
  Deno.test(`Exec (${way}) of a file that does not answer makes nobody else wait, and ends with its client`, async () => {
    const directory = await Deno.makeTempDir({ dir: "/tmp" });
    await Deno.chmod(directory, 0o755);
    await using file = await leased(directory);
    await using daemon = await RunningDaemon.start([...flags, "--max-processes-per-user=4"]);
    await using alice = new RawClient(daemon);
    await using bob = new Bystander(daemon);
    // More than she may have at a time: each gives back what it has taken.
    for (let attempt = 0; attempt < 6; attempt++) {
      const { answers } = bob;
      const options = { deadline: Date.now() + 300 };
      const { code } = await failure(
        new Promise((resolve, reject) =>
          alice.service.Exec(
            { args: [file.path] },
            options,
            (error, response) => error ? reject(error) : resolve(response),
          )
        ),
      );
      assertEquals(code, Code.DEADLINE_EXCEEDED);
      await until("bob is answered", () => bob.answers > answers);
    }
    for (let count = 0; count < 4; count++) {
      await until("she may start what she may have", () => alice.exec(["sleep", "600"]).then(() => true, () => false));
    }
    assertServed(bob, `a file that does not answer (${way})`);
    await Deno.remove(directory, { recursive: true });
  });

  Deno.test(`Exec (${way}) that looks through a PATH of very many parts makes nobody else wait`, async () => {
    const directory = await Deno.makeTempDir({ dir: "/tmp" });
    await Deno.chmod(directory, 0o755);
    // Root sees an executable file, its owner may not run it.
    await Deno.writeTextFile(`${directory}/p`, "#!/bin/sh\n");
    if (ROOT) await Deno.chown(`${directory}/p`, 65534, 65534);
    await Deno.chmod(`${directory}/p`, 0o010);
    await using daemon = await RunningDaemon.start(flags);
    await using alice = new RawClient(daemon);
    await using bob = new Bystander(daemon);
    const env = { PATH: `${directory}${":".repeat(100_000)}/nowhere` };
    assertEquals((await failure(alice.exec(["no-such-program"], { env, cwd: "/" }))).code, Code.NOT_FOUND);
    if (flags.length > 0) assertEquals((await failure(alice.exec(["p"], { env }))).code, Code.PERMISSION_DENIED);
    assertServed(bob, `a PATH of 100,000 parts (${way})`);
    await Deno.remove(directory, { recursive: true });
  });
}

Deno.test({
  name: "Exec of one account goes on, and the daemon ends, although a command stops all others of that account",
  ignore: !ROOT,
  async fn() {
    const daemon = await RunningDaemon.start(["--run-as=games", "--stop-grace=1s"]);
    {
      await using disposed = daemon;
      await using alice = new RawClient(disposed);
      await using bob = new Bystander(disposed);
      const id = await alice.exec(["sh", "-c", "while :; do kill -STOP -1; done"]);
      const stopped: unknown[] = [];
      for (let attempt = 0; attempt < 5; attempt++) {
        const { answers } = bob;
        alice.exec(["true"]).then((id) => stopped.push(id), (error) => stopped.push(error));
        await until("bob is answered", () => bob.answers > answers);
      }
      assertEquals((await alice.status(id)).state, "PROCESS_STATE_RUNNING");
      assertServed(bob, "a command that stops all others of its account");
      // The shutdown waits for none of them.
    }
    assertEquals(await daemon.exitCode(), 0);
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=,args=", "-U", "games"] }).output();
    assertEquals(new TextDecoder().decode(stdout), "");
  },
});
