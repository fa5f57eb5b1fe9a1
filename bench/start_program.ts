/**
 * What a start costs in a program of some size: `start_program.ts MIB CALLS ALIVE`. It prints JSON: milliseconds from start to
 * exit by the worker and by the runtime's own `detached`, and starts in a second while others live.
 *
 * @module
 */
import { spawn, Spool } from "@paas/worker";
import { median } from "./figure.ts";

const [mebibytes, calls, alive] = Deno.args.map(Number) as [number, number, number];
const AT_ONCE = 8;

/** What makes the program as large as it shall be. */
const ballast: Uint8Array[] = [];
while (Deno.memoryUsage().rss < mebibytes * 2 ** 20) ballast.push(new Uint8Array(2 ** 20).fill(ballast.length));

const directory = await Deno.makeTempDir();
const spool = await Spool.open(directory);

/** By the worker. */
async function chain(
  args: string[],
): Promise<{ finished: Promise<unknown>; kill: () => void; ended: Promise<unknown> }> {
  const process = await spawn({ args, spool });
  return { finished: process.finished, kill: () => process.kill(), ended: process.ended };
}

/** By a fork, which the runtime does for a session of its own. */
function detached([program, ...args]: string[]) {
  const child = new Deno.Command(program!, { args, detached: true, stdin: "null", stdout: "piped", stderr: "piped" })
    .spawn();
  const ended = Promise.all([child.status, child.stdout.cancel(), child.stderr.cancel()]);
  return { finished: child.status, kill: () => child.kill("SIGKILL"), ended };
}

type Start = typeof chain | typeof detached;

async function latency(start: Start): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const begin = performance.now();
    const { finished, ended } = await start(["true"]);
    await finished;
    times.push(performance.now() - begin);
    await ended;
  }
  return median(times);
}

async function rate(start: Start): Promise<number> {
  const living = [];
  for (let count = 0; count < alive; count++) living.push(await start(["sleep", "600"]));
  const begin = performance.now();
  let left = 10 * calls;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const { finished, ended } = await start(["true"]);
      await finished;
      await ended;
    }
  }));
  const perSecond = 10 * calls / ((performance.now() - begin) / 1000);
  for (const { kill } of living) kill();
  await Promise.all(living.map(({ ended }) => ended));
  return perSecond;
}

const result = {
  chain: { latency: await latency(chain), rate: alive > 0 ? await rate(chain) : 0 },
  detached: { latency: await latency(detached), rate: alive > 0 ? await rate(detached) : 0 },
};
console.log(JSON.stringify(result));
await Deno.remove(directory, { recursive: true });
Deno.exit(0);
