/**
 * What it costs to be sure of who does what: how fast a revocation cuts a stream, and what the audit log takes of Exec and
 * of the throughput of logs. Each side in turn, call by call, against daemons that run at the same time.
 *
 * @module
 */
import { createHash, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { allowedUntil, rightOf } from "../../paasd/access/authorization.ts";
import { exec, follow, RealmDaemon } from "../../tests/support/realm_daemon.ts";
import { RawClient } from "../../tests/support/raw_client.ts";
import { until } from "../../tests/support/until.ts";
import { type Figure, median, progress, ratio, type Row } from "../figure.ts";
import { type BenchRun, flood } from "../bench_run.ts";

/** How many streams are cut. */
const CUTS = 25;

/** How many processes are started in a round. */
const EXECS = 200;

/** How often it is decided whether a call may be made. */
const DECISIONS = 100_000;

/** How often a log is read in a round. */
const READS = 6;

/** Figures of authorization. */
export const accessFigures: Figure[] = [
  { name: "authorization-revocation", measure: revocation },
  { name: "authorization-audit-exec", measure: auditOfExec },
  { name: "authorization-audit-logs", measure: auditOfLogs },
];

/** From the moment at which a certificate stands on the deny list until the stream of its holder is cut. */
async function revocation(): Promise<Row[]> {
  await using scene = await RealmDaemon.start(async (realm) => ["--deny-list", await realm.write("denied", "")]);
  const times: number[] = [];
  let denied = "";
  for (let cut = 0; cut < CUTS; cut++) {
    const person = await scene.person({ commonName: `user ${cut}` });
    const log = follow(person, await exec(person, "sh", "-c", "while :; do echo tick; sleep 0.1; done"));
    await until("the log comes", () => log.text !== "");
    denied += `${createHash("sha256").update(new X509Certificate(person.pair.cert).raw).digest("hex")}\n`;
    const begin = performance.now();
    await scene.replace("denied", denied);
    await until("the stream is cut", () => log.end !== undefined);
    times.push(performance.now() - begin);
  }
  const slowest = Math.max(...times);
  const figure = `revocation cuts an open stream, slowest of ${CUTS} (median ${median(times).toFixed(0)})`;
  return [{ figure, paas: slowest, peer: NaN, unit: "ms", ratio: "–", aim: "≤ 1000 ms" }];
}

/** Runs something against a daemon with an audit log and one without. */
async function withAndWithout<Value>(
  bench: BenchRun,
  run: (audited: RawClient, plain: RawClient) => Promise<Value>,
): Promise<Value> {
  const audit = join(bench.directory, `audit-${crypto.randomUUID()}`);
  await using audited = await bench.startDaemon(["--audit-log", audit, "--audit-argv"]);
  await using plain = await bench.startDaemon();
  await using auditedClient = new RawClient(audited);
  await using plainClient = new RawClient(plain);
  return await run(auditedClient, plainClient);
}

/** Exec of `true`, one after the other. */
async function auditOfExec(bench: BenchRun): Promise<Row[]> {
  return await withAndWithout(bench, async (audited, plain) => {
    const time = async (client: RawClient) => {
      const begin = performance.now();
      await client.exec(["true"]);
      return performance.now() - begin;
    };
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < bench.rounds; round++) {
      for (let call = 0; call < EXECS; call++) {
        // Who comes first waits for what the other one has left behind.
        const sides = [
          () => time(audited).then((ms) => ours.push(ms)),
          () => time(plain).then((ms) => theirs.push(ms)),
        ];
        for (const side of call % 2 === 0 ? sides : sides.reverse()) await side();
      }
      progress(`  round ${round + 1} of ${bench.rounds}`);
    }
    const [paas, peer] = [median(ours), median(theirs)];
    const decision = decisionTime();
    const row = { unit: "ms", aim: "≤ 1.03" };
    return [
      { ...row, figure: "Exec with the audit log; without", paas, peer, ratio: ratio(paas, peer) },
      {
        ...row,
        figure: `Exec; without its authorization (${(decision * 1e6).toFixed(0)} ns)`,
        paas: peer,
        peer: peer - decision,
        ratio: ratio(peer, peer - decision),
      },
    ];
  });
}

/** Milliseconds to decide whether a call may be made on a process. */
function decisionTime(): number {
  const path = "/paas.v1.ProcessService/GetStatus";
  const entry = { owner: "alice", grants: [] };
  const begin = performance.now();
  for (let call = 0; call < DECISIONS; call++) allowedUntil("", entry, { id: "alice" }, rightOf("user", path));
  return (performance.now() - begin) / DECISIONS;
}

/** The history of a log, read without following. */
async function auditOfLogs(bench: BenchRun): Promise<Row[]> {
  return await withAndWithout(bench, async (audited, plain) => {
    const { bytes } = bench;
    const ids = new Map<RawClient, string>();
    for (const client of [audited, plain]) {
      const id = await client.exec(["sh", "-c", flood("lines", bytes)]);
      await client.untilFinished(id, 300_000);
      ids.set(client, id);
    }
    const rate = async (client: RawClient) => {
      const begin = performance.now();
      const end = await client.logs(ids.get(client)!, { follow: false }).end;
      if (end.bytes !== bytes) throw new Error(`${end.bytes} bytes came instead of ${bytes}`);
      return bytes / 1e3 / (performance.now() - begin);
    };
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < bench.rounds * READS; round++) {
      const sides = [
        () => rate(audited).then((speed) => ours.push(speed)),
        () => rate(plain).then((speed) => theirs.push(speed)),
      ];
      for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
    }
    const [paas, peer] = [median(ours), median(theirs)];
    // The cost is that of time, as above.
    const figure = "history, lines of 100 bytes, with the audit log; without (ratio of times)";
    return [{ figure, paas, peer, unit: "MB/s", ratio: ratio(peer, paas), aim: "≤ 1.03" }];
  });
}
