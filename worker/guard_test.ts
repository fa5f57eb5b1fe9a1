import { assert, assertEquals } from "@std/assert";
import { lives } from "../tests/paas.ts";
import { until } from "../tests/until.ts";
import { Guard } from "./guard.ts";

/** A process that leads a group of its own, and one more in that group. */
async function startGroup(): Promise<{ child: Deno.ChildProcess; pids: number[] }> {
  const child = new Deno.Command("sh", {
    args: ["-c", "trap '' TERM; sleep 60 & echo $!; wait"],
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  await reader.cancel();
  return { child, pids: [child.pid, pid] };
}

async function untilGone(pids: number[]): Promise<void> {
  await until("the group is gone", async () => !(await Promise.all(pids.map(lives))).includes(true));
}

Deno.test("Guard kills the groups that it was told of when its pipe ends, and no other", async () => {
  const groups = [await startGroup(), await startGroup(), await startGroup()];
  const guard = new Guard();
  for (const { child } of groups) await guard.add(child.pid);
  guard.remove(groups[1]!.child.pid);
  guard.remove(4_000_000); // never heard of
  for (const pid of groups.flatMap(({ pids }) => pids)) assert(await lives(pid));
  await guard[Symbol.asyncDispose]();
  await untilGone([...groups[0]!.pids, ...groups[2]!.pids]);
  for (const pid of groups[1]!.pids) assert(await lives(pid));
  Deno.kill(-groups[1]!.child.pid, "SIGKILL");
  for (const { child } of groups) await child.status;
});

Deno.test("Guard obeys no signal but SIGKILL, and is started again when that ends it", async () => {
  const { child, pids } = await startGroup();
  let losses = 0;
  const guard = new Guard({ lost: () => losses++ });
  await guard.add(child.pid);
  const { pid } = guard;
  const ignores = () => Deno.readTextFileSync(`/proc/${pid}/status`).match(/^SigIgn:\s*(\w+)/m)?.[1];
  await until("it has begun", () => (BigInt(`0x${ignores() ?? 0}`) & (1n << 14n)) !== 0n); // SIGTERM
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1"] as const) Deno.kill(pid, signal);
  assert(await lives(pid));
  assertEquals(losses, 0);
  Deno.kill(pid, "SIGKILL");
  await until("there is another one", () => guard.pid !== pid);
  assertEquals(losses, 1);
  await guard[Symbol.asyncDispose]();
  await untilGone(pids);
  await child.status;
});

Deno.test("Guard minds many groups that come and go", async () => {
  const { child, pids } = await startGroup();
  const guard = new Guard();
  await guard.add(child.pid);
  for (let group = 5_000_000; group < 5_002_000; group++) await guard.add(group); // none has such a number
  for (let group = 5_000_000; group < 5_002_000; group++) guard.remove(group);
  await guard[Symbol.asyncDispose]();
  await untilGone(pids);
  await child.status;
});

Deno.test("Guard kills what it was not told of by its mark, wherever that went, and nothing else", async () => {
  const guard = new Guard();
  const start = (env: Record<string, string>) =>
    new Deno.Command("sh", {
      args: ["-c", "setsid sleep 60 & echo $!; wait"],
      env,
      detached: true,
      stdin: "null",
      stdout: "piped",
    }).spawn();
  const children = [start(guard.mark), start({ PAAS_GUARD: crypto.randomUUID() })];
  const pids = await Promise.all(children.map(async ({ stdout }) => {
    const reader = stdout.getReader();
    const text = new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    return Number(text);
  }));
  await guard[Symbol.asyncDispose]();
  await untilGone([children[0]!.pid, pids[0]!]);
  for (const pid of [children[1]!.pid, pids[1]!]) {
    assert(await lives(pid));
    Deno.kill(pid, "SIGKILL");
  }
  for (const child of children) await child.status;
});
