/**
 * The users of a day, for `day.ts`, in a program of their own: they come, start, look, read, stop, remove and go, and check
 * every byte. Its one argument is a {@linkcode Plan} as JSON; it prints an {@linkcode Account} as JSON.
 *
 * @module
 */
import type { GetLogsResponse__Output } from "@paas/proto";
import { answer } from "../support/realm.ts";
import { RawClient } from "../support/raw_client.ts";
import { pause, seeded } from "../support/random.ts";
import { emptyTally, type Process, Reader, type Tally } from "./soak_reader.ts";

/** What the users of one program do. */
export interface Plan {
  port: number;
  /** The directory of their certificates, and their names. */
  certs: string;
  users: string[];
  /** Put into the environment of each process. */
  token: string;
  seconds: number;
  seed: number;
  connections: number;
  processes: number;
  /** So many follow a log at a time. */
  followers: number;
}

/** What they have done. */
export interface Account extends Tally {
  connections: number;
  calls: number;
  processes: number;
  /** Processes whose whole log was read and compared. */
  compared: number;
}

/** A process of a user. */
interface Started extends Process {
  user: string;
  kind: "quick" | "slow" | "endless";
}

/** So many connections may be open for a visit: more than that means that the daemon cannot keep up. */
const MAX_OPEN = 200;
/** Followers choose among the slow processes that were started last. */
const RECENT = 10;
const LINES = { quick: 300, slow: 1_500, endless: 50 };
const BURSTS = 12;

/** What a process prints, number after number (Park and Miller): so each byte is known, and none is like its neighbours. */
function numbers(seed: number, lines: number): Uint8Array {
  let text = "";
  for (let value = seed; lines > 0; lines--) text += `${value = value * 16_807 % 2_147_483_647}\n`;
  return new TextEncoder().encode(text);
}

/** The command that prints them; slowly, in bursts, with another process of its group that stays behind. */
function command(kind: Started["kind"], seed: number): string[] {
  const print = (lines: number) => `for (i = 0; i < ${lines}; i++) { x = x * 16807 % 2147483647; printf "%d\\n", x }`;
  const slow = `for (b = 0; b < ${BURSTS}; b++) { ${print(LINES.slow / BURSTS)} fflush(); system("sleep 0.5") }`;
  const program = `BEGIN { x = ${seed}; ${kind === "slow" ? slow : print(LINES[kind])} }`;
  if (kind !== "endless") return ["awk", program];
  return ["sh", "-c", `sleep 1000 & awk '${program}'; sleep 1000`];
}

class Day {
  readonly account: Account = { ...emptyTally(), connections: 0, calls: 0, processes: 0, compared: 0 };
  readonly #plan: Plan;
  readonly #random: () => number;
  readonly #slow: Started[] = [];
  /** Processes whose log has not been compared yet, those of each user. */
  readonly #uncompared = new Map<string, Started[]>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#random = seeded(plan.seed);
    for (const user of plan.users) this.#uncompared.set(user, []);
  }

  async live(): Promise<void> {
    const { seconds, connections, followers } = this.#plan;
    const over = AbortSignal.timeout(seconds * 1000);
    const start = performance.now();
    const following = Array.from({ length: followers }, (_, index) => this.#follow(index, over));
    const open = new Set<Promise<void>>();
    for (let visit = 0; visit < connections; visit++) {
      const due = start + visit * seconds * 1000 / connections;
      if (due > performance.now()) await pause(due - performance.now());
      while (open.size >= MAX_OPEN) await Promise.race(open);
      const visiting: Promise<void> = this.#visit(visit).finally(() => open.delete(visiting));
      open.add(visiting);
    }
    await Promise.all([...open, ...following]);
    for (const [user, left] of this.#uncompared) {
      await this.#as(user, async (client) => {
        while (left.length > 0) await this.#compare(client, left.shift()!);
      });
    }
  }

  /** One connection: two calls or more. */
  async #visit(visit: number): Promise<void> {
    const { users, connections, processes } = this.#plan;
    const user = users[visit % users.length]!;
    const starts = Math.floor((visit + 1) * processes / connections) > Math.floor(visit * processes / connections);
    await this.#as(user, async (client) => {
      const uncompared = this.#uncompared.get(user)!;
      if (starts) uncompared.push(await this.#start(client, user));
      else if (uncompared.length > 10) return await this.#compare(client, uncompared.shift()!);
      else await this.#call((callback) => client.service.List({ pageSize: 5 }, callback));
      const known = uncompared.at(-1);
      if (known) await this.#call((callback) => client.service.GetStatus({ processId: known.id }, callback));
      else await this.#call((callback) => client.service.List({ pageSize: 1 }, callback));
    });
  }

  async #start(client: RawClient, user: string): Promise<Started> {
    const dice = this.#random();
    const kind = dice < 0.9 ? "quick" : dice < 0.98 ? "slow" : "endless";
    const seed = 1 + Math.floor(this.#random() * 1_000_000);
    const request = { args: command(kind, seed), env: { PAAS_DAY: this.#plan.token } };
    const { processId } = await this.#call<{ processId: string }>((callback) =>
      client.service.Exec(request, callback as never)
    );
    this.account.processes++;
    const started: Started = {
      id: processId,
      stdout: numbers(seed, LINES[kind]),
      stderr: new Uint8Array(),
      user,
      kind,
    };
    if (kind === "slow") this.#slow.push(started);
    return started;
  }

  /** Reads the whole log of a process, which has been stopped if need be, and forgets some that nobody follows. */
  async #compare(client: RawClient, { id, stdout, kind }: Started): Promise<void> {
    if (kind === "endless") {
      await this.#printed(client, id, stdout.length);
      await this.#call((callback) => client.service.Stop({ processId: id }, callback));
    }
    this.account.calls++;
    let at = 0;
    for await (
      const { chunks, end } of client.service.GetLogs({ processId: id }) as AsyncIterable<GetLogsResponse__Output>
    ) {
      for (const { offset, data } of chunks) {
        if (offset !== at || !data.equals(stdout.subarray(at, at + data.length))) {
          this.account.lost += Math.abs(offset - at) || data.length;
          throw new Error(`process ${id}: wrong bytes at ${at}, in the chunk at ${offset}`);
        }
        at += data.length;
      }
      if (end && at !== stdout.length) this.account.lost += stdout.length - at;
      if (end && at === stdout.length) this.account.compared++;
    }
    this.account.checked += at;
    // A follower may still be reading a slow one.
    if (kind !== "slow" && this.#random() < 0.5) {
      await this.#call((callback) => client.service.Remove({ processId: id }, callback));
    } else await this.#call((callback) => client.service.GetStatus({ processId: id }, callback));
  }

  /** Waits until a process has printed all that it will. */
  async #printed(client: RawClient, processId: string, bytes: number): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (performance.now() < deadline) {
      const { status } = await this.#call<{ status: { logBytes: number } }>((callback) =>
        client.service.GetStatus({ processId }, callback as never)
      );
      if (status.logBytes >= bytes) return;
      await pause(100);
    }
  }

  /** Follows slow processes, one after the other, in the manner of the soak. */
  async #follow(index: number, over: AbortSignal): Promise<void> {
    const random = seeded(this.#plan.seed + 1_000 + index);
    while (!over.aborted) {
      const recent = this.#slow.slice(-RECENT);
      const process = recent[Math.floor(random() * recent.length)];
      if (process) {
        const identity = { as: process.user, certs: this.#plan.certs };
        await new Reader(this.#plan, process, this.account, random, over, identity).read();
      }
      await pause(random() * 500);
    }
  }

  async #as(user: string, action: (client: RawClient) => Promise<void>): Promise<void> {
    this.account.connections++;
    await using client = new RawClient({ address: `127.0.0.1:${this.#plan.port}` }, {
      as: user,
      certs: this.#plan.certs,
    });
    try {
      await action(client);
    } catch (error) {
      this.account.errors.push((error as Error).message);
    }
  }

  #call<Response>(call: Parameters<typeof answer<Response>>[0]): Promise<Response> {
    this.account.calls++;
    return answer<Response>(call);
  }
}

if (import.meta.main) {
  const day = new Day(JSON.parse(Deno.args[0]!) as Plan);
  await day.live();
  console.log(JSON.stringify(day.account));
  Deno.exit(0); // sessions of connections that were cut may still be closing
}
