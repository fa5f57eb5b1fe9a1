/** Logs whose files were damaged between two daemons, and logs of a daemon that was killed. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Client, type LogGap, PaasError } from "../../paasc/client/client.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

/** Runs a test with a directory of its own, and a way to start daemons on a spool in it. */
async function withSpool(
  test: (start: (...flags: string[]) => Promise<RunningDaemon>, directory: string) => Promise<void>,
) {
  const directory = await Deno.makeTempDir();
  await using daemons = new AsyncDisposableStack();
  daemons.defer(() => Deno.remove(directory, { recursive: true }));
  const start = async (...flags: string[]) => {
    return daemons.use(
      await RunningDaemon.start(["--spool-dir", join(directory, "spool"), "--stop-grace", "1s", ...flags]),
    );
  };
  await test(start, directory);
}

/** Ends a daemon. */
async function end(daemon: RunningDaemon, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
  daemon.kill(signal);
  await daemon.exitCode();
}

function connect(daemon: RunningDaemon): Promise<Client> {
  const [ca, cert, key] = ["server-ca.crt", "alice.crt", "alice.key"].map((name) => join(ROOT, "certs", name));
  return Client.connect({ server: daemon.address, ca, cert, key });
}

/** The objects that `paasc logs -o json` prints. */
async function jsonLog(daemon: RunningDaemon, id: string) {
  const { code, stdout, stderr } = await daemon.paasc(["logs", "-o", "json", id]);
  assertEquals([code, stderr], [3, ""]);
  return text(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
}

const SEQUENCE = Array.from({ length: 20_000 }, (_, number) => `${number + 1}\n`).join("");

Deno.test("a log that was cut on the disk is shown as far as it is there, and everybody is told what is missing", async () => {
  await withSpool(async (start, directory) => {
    const first = await start();
    const id = await first.exec(["sh", "-c", "seq 1 20000; exit 5"]);
    assertEquals((await first.paasc(["wait", id])).code, 5);
    await end(first);
    const file = join(directory, "spool", id, "0.log");
    await Deno.truncate(file, 54_498);

    const second = await start();
    const { code, stdout, stderr } = await second.paasc(["logs", id]);
    const printed = text(stdout);
    assertEquals(code, 3, stderr);
    assert(printed.length > 1_000 && printed.length < SEQUENCE.length && SEQUENCE.startsWith(printed));
    const missing = SEQUENCE.length - printed.length;
    assertMatch(
      stderr,
      new RegExp(
        `^paasc: [\\d,]+ lines \\([\\d.]+ kB, bytes ${printed.length} to ${SEQUENCE.length}\\) are missing: ` +
          `they are damaged on the daemon's disk\n` +
          `paasc: the log is incomplete: [\\d.]+ kB of it are damaged on the daemon's disk\n$`,
      ),
    );
    await until("the daemon says it", () => second.log.includes(`log-damaged process=${id} bytes=${missing}\n`));
    const status = text((await second.paasc(["status", "-v", id])).stdout);
    assertStringIncludes(status, `Log: ${SEQUENCE.length} bytes, 20000 lines`);

    const json = await jsonLog(second, id);
    assertEquals(json.find(({ gap }) => gap)?.gap, {
      from: printed.length,
      to: SEQUENCE.length,
      reason: "damaged",
      lines: 20_000 - (printed.split("\n").length - 1),
    });
    assertEquals([json.at(-1).end.bytes, json.at(-1).end.mayBeCut], [SEQUENCE.length, undefined]);
    // What is asked for is there.
    const early = await second.paasc(["logs", "--until", "2000-01-01T00:00:00Z", id]);
    assertEquals([early.code, text(early.stdout), early.stderr], [0, "", ""]);

    const attached = await second.paasc(["attach", "--tail", "20000", id]);
    assertEquals([attached.code, text(attached.stdout)], [125, printed]);
    assertMatch(attached.stderr, /the process has finished \(exit code 5\); the log is incomplete: .* damaged/);

    await using client = await connect(second);
    const process = await client.process(id);
    const error = await assertRejects(() => Array.fromAsync(process.logs()), PaasError, "damaged");
    assertEquals(error.code, "incomplete");
    const gaps: LogGap[] = [];
    await Array.fromAsync(process.logs({ onGap: (gap) => gaps.push(gap) }));
    assertEquals(gaps.map(({ from, reason }) => [from, reason]), [[printed.length, "damaged"]]);
    await end(second);

    await Deno.remove(file);
    const third = await start();
    const nothing = await third.paasc(["logs", id]);
    assertEquals([nothing.code, text(nothing.stdout)], [3, ""]);
    assertStringIncludes(nothing.stderr, `bytes 0 to ${SEQUENCE.length}) are missing: they are damaged`);
  });
});

Deno.test("a log of several files loses what one of them has lost, and no more", async () => {
  await withSpool(async (start, directory) => {
    const limit = ["--max-log-bytes", "1M"];
    const first = await start(...limit);
    const script = "for i in 1 2 3 4 5 6 7 8; do seq 1 11000; sleep 0.1; done"; // some 60 kB each
    const id = await first.exec(["sh", "-c", script]);
    assertEquals((await first.paasc(["wait", id])).code, 0);
    const whole = text((await first.paasc(["logs", id])).stdout);
    await end(first);
    const spool = join(directory, "spool", id);
    const files = () => [...Deno.readDirSync(spool)].map(({ name }) => name).sort((a, b) => parseInt(a) - parseInt(b));
    const before = files();
    assert(before.length >= 2, before.join());
    const [damaged, behind] = before.slice(-2) as [string, string];
    await Deno.truncate(join(spool, damaged), (await Deno.stat(join(spool, damaged))).size - 1);

    const daemon = await start(...limit);
    const { code, stdout, stderr } = await daemon.paasc(["logs", id]);
    assertEquals([code, files()], [3, before]);
    const [, from, to] = /bytes (\d+) to (\d+)\) are missing/.exec(stderr)!.map(Number);
    assertEquals(to, Number(behind.split("-")[1]), "the next file is there");
    assertEquals(text(stdout), whole.slice(0, from) + whole.slice(to));
  });
});

Deno.test("a log of a killed daemon may be cut, and everybody is told", async () => {
  await withSpool(async (start, directory) => {
    const daemon = await start();
    using _continued = {
      [Symbol.dispose]() {
        try {
          daemon.kill("SIGCONT"); // else it would not end, if the test fails
        } catch {
          // It has ended.
        }
      },
    };
    const [go, written] = [join(directory, "go"), join(directory, "written")];
    const whole = await daemon.exec(["echo", "all of it"]);
    assertEquals((await daemon.paasc(["logs", whole])).code, 0);
    // Its leader exits, and is noted to have; what it leaves behind may go on printing.
    const left = await daemon.exec(["--grace", "1h", "sh", "-c", "trap '' TERM; sleep 1000 & echo exits; exit 7"]);
    assertEquals((await daemon.paasc(["wait", left])).code, 7);
    const script = `echo first; while [ ! -e ${go} ]; do sleep 0.02; done; ` +
      `head -c 50000 /dev/zero | tr '\\0' B; echo > ${written}; sleep 1000`;
    const id = await daemon.exec(["sh", "-c", script]);
    await until("it is read", async () => {
      return text((await daemon.paasc(["logs", "--no-follow", id])).stdout) === "first\n";
    });
    daemon.kill("SIGSTOP");
    await Deno.writeTextFile(go, "");
    await until("it has printed", async () => await Deno.stat(written).then(() => true, () => false));
    await end(daemon, "SIGKILL");

    for (const kind of ["found", "noted"]) { // the end of the log is noted once it was found
      const next = await start();
      const cut = "the end of the log may be missing: the daemon was killed before it had noted that this was all\n";
      const { code, stdout, stderr } = await next.paasc(["logs", id]);
      assertEquals([code, text(stdout), stderr], [3, "first\n", `paasc: ${cut}`], kind);
      assertEquals((await jsonLog(next, id)).at(-1).end.mayBeCut, true);
      const attached = await next.paasc(["attach", id]);
      assertEquals([attached.code, text(attached.stdout)], [125, "first\n"]);
      assertMatch(attached.stderr, /the process was lost when the daemon died: .*; the end of the log may be missing/);
      const other = await next.paasc(["attach", left]);
      assertEquals([other.code, text(other.stdout)], [125, "exits\n"]);
      assertMatch(other.stderr, /the process has finished \(exit code 7\); the end of the log may be missing/);
      const sound = await next.paasc(["logs", whole]);
      assertEquals([sound.code, text(sound.stdout), sound.stderr], [0, "all of it\n", ""]);

      await using client = await connect(next);
      const process = await client.process(id);
      const error = await assertRejects(() => Array.fromAsync(process.logs()), PaasError, "may be missing");
      assertEquals(error.code, "incomplete");
      let told = 0;
      const chunks = await Array.fromAsync(process.logs({ onCut: () => told++ }));
      assertEquals([chunks.length, told], [1, 1]);
      await end(next);
    }
  });
});
