/**
 * `deno task day [MINUTES] [SEED]`: what a busy daemon sees in 24 hours, in ten minutes or as many as given, with as much of
 * it: 50,000 connections, 100,000 calls, 5,000 processes of four users, followers that come, stall and die, and SIGHUPs. It
 * exits with 1 if a byte was lost, a process was left behind, or the daemon did not stay as it was.
 *
 * @module
 */
import { join } from "node:path";
import { daemonCertificates } from "../support/certs_tool.ts";
import { ROOT, RunningDaemon } from "../support/programs.ts";
import { until } from "../support/until.ts";
import { RawClient } from "../support/raw_client.ts";
import type { Account, Plan } from "./day_user.ts";
import { pause, seeded } from "../support/random.ts";

const DAY = { minutes: 10, connections: 50_000, calls: 100_000, processes: 5_000 };
const USERS = ["anna", "ben", "carla", "dan"];
/** Programs that the users are in; one alone would be slower than the daemon. */
const PROGRAMS = 2;
const FOLLOWERS = 8;
const SAMPLE_MS = 2_000;
/** A SIGHUP comes after so long, on average. */
const HANGUP_MS = 10_000;
const MAX_GROWTH = 1.2;

const minutes = Number(Deno.args[0] ?? DAY.minutes);
const seed = Number(Deno.args[1] ?? Math.floor(Math.random() * 2 ** 31));
if (!(minutes > 0 && Number.isInteger(seed))) {
  console.error("Usage: deno task day [MINUTES] [SEED]");
  Deno.exit(2);
}
const interrupted = Promise.withResolvers<number>();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => interrupted.resolve(130));
Deno.exit(await run());

/** A day; gives the exit code. */
async function run(): Promise<number> {
  const directory = await Deno.makeTempDir({ prefix: "paas-day-" });
  try {
    const certs = join(directory, "certs");
    const flags = await daemonCertificates(certs, ...USERS.flatMap((user) => ["--client", user]));
    await using daemon = await RunningDaemon.start(flags, { XDG_RUNTIME_DIR: directory }); // where its spool is
    return await Promise.race([day(daemon, certs), interrupted.promise]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function day(daemon: RunningDaemon, certs: string): Promise<number> {
  const share = minutes / DAY.minutes;
  const token = crypto.randomUUID();
  console.log(`A day in ${minutes} minutes, ${USERS.length} users, seed ${seed}.`);
  {
    await using client = new RawClient(daemon, { as: USERS[0], certs });
    await client.untilFinished(await client.exec(["true"]));
  }
  const descriptors = daemon.descriptors();
  const start = performance.now();
  const over = new AbortController();
  const sizes: { second: number; size: number }[] = [];
  let most = 0;
  const sampling = (async () => {
    while (!over.signal.aborted) {
      most = Math.max(most, await marked(token));
      await pause(SAMPLE_MS);
      sizes.push({ second: (performance.now() - start) / 1000, size: await daemon.residentSize() });
    }
  })();
  let hangUps = 0;
  const hangingUp = (async () => {
    const random = seeded(seed);
    for (;;) {
      await pause(random() * 2 * HANGUP_MS);
      if (over.signal.aborted) return;
      daemon.kill("SIGHUP");
      hangUps++;
    }
  })();
  const accounts = await Promise.all(Array.from({ length: PROGRAMS }, (_, index) =>
    users({
      port: daemon.port,
      certs,
      users: USERS.filter((_, user) => user % PROGRAMS === index),
      token,
      seconds: minutes * 60,
      seed: seed + index,
      connections: Math.ceil(DAY.connections * share / PROGRAMS),
      processes: Math.ceil(DAY.processes * share / PROGRAMS),
      followers: FOLLOWERS / PROGRAMS,
    })));
  const seconds = (performance.now() - start) / 1000;
  over.abort();
  await Promise.all([sampling, hangingUp]);
  await until("the connections are gone", () => daemon.descriptors() <= descriptors).catch(() => {}); // it is told below
  const end = { descriptors: daemon.descriptors(), orphans: await marked(token) };
  return report(accounts, { seconds, hangUps, most, sizes, descriptors, end, unforeseen: unforeseen(daemon) });
}

/** Has users live their day in a program of their own. */
async function users(plan: Plan): Promise<Account> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", join(ROOT, "tests/long/day_user.ts"), JSON.stringify(plan)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  interrupted.promise.then(() => child.kill("SIGKILL")).catch(() => {}); // it may have ended
  const [printed, { code }] = await Promise.all([new Response(child.stdout).text(), child.status]);
  if (code !== 0) throw new Error(`The users' program ended with ${code}`);
  return JSON.parse(printed);
}

/** Processes that have the token in their environment: those that the users started, and what these started. */
async function marked(token: string): Promise<number> {
  let found = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    if ((await Deno.readTextFile(`/proc/${name}/environ`).catch(() => "")).includes(token)) found++;
  }
  return found;
}

function unforeseen(daemon: RunningDaemon): number {
  return daemon.log.match(/ (unforeseen|log-lines-dropped) /g)?.length ?? 0;
}

/** What was measured beside the users' accounts. */
interface Measured {
  seconds: number;
  hangUps: number;
  /** So many processes of the users were seen at a time. */
  most: number;
  sizes: { second: number; size: number }[];
  descriptors: number;
  end: { descriptors: number; orphans: number };
  unforeseen: number;
}

/** Prints the table; gives the exit code. */
function report(
  accounts: Account[],
  { seconds, hangUps, most, sizes, descriptors, end, unforeseen }: Measured,
): number {
  const sum = (name: Exclude<keyof Account, "errors">) => accounts.reduce((all, account) => all + account[name], 0);
  const errors = accounts.flatMap((account) => account.errors);
  const share = minutes / DAY.minutes;
  const follows = sum("readers") + sum("resumes"); // a connection and a call each
  const [connections, calls] = [sum("connections") + follows, sum("calls") + follows];
  // The runtime's heap goes up and down by tens of MiB, so a size is the median of half a minute.
  const around = (second: number) => median(sizes.filter((one) => Math.abs(one.second - second) <= 15));
  const first = Math.min(60, minutes * 30); // of a day that is shorter than two minutes, half of it
  const [warm, last] = [around(first), around(seconds - 15)];
  const largest = Math.max(...sizes.map(({ size }) => size));
  const rows: [what: string, found: string, good: boolean][] = [
    ["duration", `${seconds.toFixed(0)} s of ${minutes * 60} s`, true],
    ["connections", `${connections}`, connections >= DAY.connections * share],
    ["calls", `${calls}`, calls >= DAY.calls * share],
    ["processes", `${sum("processes")}`, sum("processes") >= DAY.processes * share],
    ["followers", `${sum("readers")}; ${sum("resumes")} resumed`, true],
    ["  that stalled, died, left", `${sum("stalls")}, ${sum("deaths")}, ${sum("departures")}`, true],
    ["SIGHUPs", `${hangUps}`, true],
    ["logs compared whole", `${sum("compared")}`, sum("compared") === sum("processes")],
    ["bytes compared", `${sum("checked")}`, sum("checked") > 0],
    ["bytes lost, repeated", `${sum("lost")}, ${sum("repeated")}`, sum("lost") + sum("repeated") === 0],
    ["failed calls", `${errors.length}`, errors.length === 0],
    ["processes at a time, at most", `${most}`, most > 0],
    ["orphans", `${end.orphans}`, end.orphans === 0],
    ["unforeseen or dropped lines", `${unforeseen}`, unforeseen === 0],
    [
      `resident MiB, at ${first} s → end`,
      `${warm.toFixed(0)} → ${last.toFixed(0)} (${(last / warm).toFixed(2)}), at most ${largest.toFixed(0)}`,
      last <= warm * MAX_GROWTH || minutes < 2, // the heap still gets to its usual size
    ],
    ["descriptors, start → end", `${descriptors} → ${end.descriptors}`, end.descriptors <= descriptors],
  ];
  for (const [what, found, good] of rows) console.log(`${good ? "ok  " : "BAD "} ${what.padEnd(30)} ${found}`);
  for (const error of errors.slice(0, 20)) console.log(`  ${error}`);
  return rows.every(([, , good]) => good) ? 0 : 1;
}

function median(sizes: { size: number }[]): number {
  return sizes.map(({ size }) => size).sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? NaN;
}
