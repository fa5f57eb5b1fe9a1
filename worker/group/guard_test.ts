import { assert, assertEquals } from "@std/assert";
import { lives } from "../../tests/support/lives.ts";
import { until } from "../../tests/support/until.ts";
import { Guard, GUARD_PATH } from "./guard.ts";

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
  const guard = Guard.start();
  for (const { child } of groups) await guard.add(child.pid);
  guard.remove(groups[1]!.child.pid);
  guard.remove(4_000_000); // an unknown group
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
  const guard = Guard.start({ lost: () => losses++ });
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

/** Numbers that no process has (proc_sys_kernel(5), pid_max). */
const NOBODY = 5_000_000;

Deno.test("Guard minds 2,010 groups and 10,000 that come and go, and is done with them when it has to end the rest", async () => {
  const { child, pids } = await startGroup();
  let losses = 0;
  const guard = Guard.start({ lost: () => losses++ });
  for (let group = NOBODY; group < NOBODY + 2_009; group++) guard.add(group);
  await guard.add(child.pid);
  for (let group = NOBODY + 3_000; group < NOBODY + 13_000; group++) {
    await guard.add(group);
    guard.remove(group);
  }
  await guard[Symbol.asyncDispose](); // waits for 10 s, and then kills a program that still counts
  await untilGone(pids);
  await child.status;
  assertEquals(losses, 0);
});

Deno.test("Guard makes nobody wait for a program that was stopped, and replaces it", async () => {
  const { child, pids } = await startGroup();
  const causes: string[] = [];
  const guard = Guard.start({ lost: (error) => causes.push((error as Error).message) });
  await guard.add(child.pid);
  const { pid } = guard;
  Deno.kill(pid, "SIGSTOP");
  await until("it is replaced while nothing happens", () => guard.pid !== pid);
  assertEquals([causes, await lives(pid)], [["it does not answer"], false]);

  const second = guard.pid;
  Deno.kill(second, "SIGSTOP");
  for (let group = NOBODY; group < NOBODY + 5_000; group++) { // more than a pipe takes
    await guard.add(group);
    guard.remove(group);
  }
  await until("it is replaced", () => guard.pid !== second);
  assertEquals([causes.length, await lives(second)], [2, false]);
  await guard[Symbol.asyncDispose]();
  await untilGone(pids);
  await child.status;
});

Deno.test("Guard ends also when its program was stopped", async () => {
  const guard = Guard.start();
  const { pid } = guard;
  Deno.kill(pid, "SIGSTOP");
  await guard[Symbol.asyncDispose]();
  assert(!await lives(pid));
});

Deno.test("guard.sh takes nothing but numbers of groups for one", async () => {
  const { child, pids } = await startGroup();
  const directory = await Deno.makeTempDir();
  const bin = `${directory}/5`; // the program that a line would run if the guard took it for a command
  const guard = new Deno.Command(GUARD_PATH!, { stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
  const writer = guard.stdin.getWriter();
  const odd = ["-1", "+", "-", "", "5", "++5", "+5-5", "+5;:>5", `+$(>${bin})`, `-x;>${bin}`, "+5 5"];
  await writer.write(new TextEncoder().encode(`${odd.join("\n")}\n?\n+${child.pid}\n?\n`));
  await writer.close();
  assertEquals(await new Response(guard.stdout).text(), "..");
  assertEquals((await guard.status).signal, null);
  await untilGone(pids);
  assertEquals([...Deno.readDirSync(directory)], []);
  await Deno.remove(directory);
  await child.status;
});

Deno.test("Guard kills what it was not told of by its mark, wherever that went, and nothing else", async () => {
  const guard = Guard.start();
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
