import { assertEquals } from "@std/assert";
import { endLeftOver, findLeftOver, type Trace } from "./left_over.ts";
import { Proc } from "../system/proc.ts";

/** Runs a test with a program in a session of its own, and its trace. The rest of it is killed at the end. */
async function withChild(args: string[], test: (trace: Required<Trace>, proc: Proc) => Promise<void>): Promise<void> {
  using proc = Proc.open()!;
  const ticks = proc.now()!;
  const child = new Deno.Command(args[0]!, { args: args.slice(1), detached: true, stdout: "piped" }).spawn();
  const output = child.stdout.getReader();
  try {
    await output.read(); // the program is ready
    const { start } = proc.stat(child.pid)!;
    await test({
      id: crypto.randomUUID(),
      boot: proc.bootId,
      ticks,
      pid: child.pid,
      start,
      seen: proc.now()!,
      clock: proc.clock!,
    }, proc);
  } finally {
    try {
      Deno.kill(-child.pid, "SIGKILL");
    } catch {
      // No process is left.
    }
    await output.cancel();
    await child.status;
  }
}

const SLEEPER = ["sh", "-c", "echo ready; exec sleep 1000"];

Deno.test("findLeftOver finds a leader that lives, and no other process of its number", async () => {
  await withChild(SLEEPER, (trace, proc) => {
    const all = proc.all();
    assertEquals(findLeftOver(trace, proc, all), { group: trace.pid });
    assertEquals(findLeftOver({ ...trace, start: trace.start - 1 }, proc, all), "gone");
    assertEquals(findLeftOver({ ...trace, start: undefined }, proc, all), "gone");
    assertEquals(findLeftOver({ ...trace, boot: crypto.randomUUID() }, proc, all), "gone");
    return Promise.resolve();
  });
});

Deno.test("findLeftOver proves nothing where the kernel cannot be asked, or could not be", async () => {
  await withChild(SLEEPER, (trace, proc) => {
    assertEquals(findLeftOver(trace, undefined, new Map()), "unproven");
    assertEquals(findLeftOver({ ...trace, boot: undefined }, proc, proc.all()), "unproven");
    assertEquals(findLeftOver({ ...trace, clock: "time:[1]" }, proc, proc.all()), "unproven");
    return Promise.resolve();
  });
});

Deno.test("findLeftOver knows a group without its leader by a member that is old enough", async () => {
  await withChild(["sh", "-c", "sleep 1000 & echo ready; wait"], async (trace, proc) => {
    Deno.kill(trace.pid, "SIGKILL");
    while (proc.stat(trace.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    const all = proc.all();
    assertEquals(findLeftOver(trace, proc, all), { group: trace.pid });
    assertEquals(findLeftOver({ ...trace, seen: trace.start - 1 }, proc, all), "unproven");
    assertEquals(findLeftOver({ ...trace, seen: undefined as never }, proc, all), "unproven");
    // As if another session had got the number since.
    assertEquals(findLeftOver({ ...trace, start: trace.seen + 1, seen: trace.seen + 2 }, proc, all), "unproven");
    await endLeftOver(trace.pid, 5_000, new AbortController().signal);
    assertEquals(findLeftOver(trace, proc, proc.all()), "gone");
  });
});

Deno.test("findLeftOver finds a group whose number was not noted, with its leader or without, by its id", async () => {
  const id = crypto.randomUUID();
  await withChild(
    ["env", `PAAS_PROCESS_ID=${id}`, "sh", "-c", "sleep 1000 & echo ready; wait"],
    async (trace, proc) => {
      const unnoted: Trace = { id, boot: trace.boot, ticks: trace.ticks };
      for (const leader of [true, false]) {
        if (!leader) Deno.kill(trace.pid, "SIGKILL");
        while (!leader && proc.stat(trace.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
        const all = proc.all();
        assertEquals(findLeftOver(unnoted, proc, all), { group: trace.pid });
        assertEquals(findLeftOver({ ...unnoted, id: crypto.randomUUID() }, proc, all), "gone");
        assertEquals(findLeftOver({ ...unnoted, boot: crypto.randomUUID() }, proc, all), "gone");
        assertEquals(findLeftOver({ ...unnoted, ticks: trace.ticks + 1_000 }, proc, all), "gone");
      }
    },
  );
});

Deno.test("endLeftOver kills who ignores SIGTERM, at once when it is told to", async () => {
  await withChild(["sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.05; done'], async (trace, proc) => {
    await endLeftOver(trace.pid, 3_600_000, AbortSignal.abort());
    while (proc.stat(trace.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
