/**
 * Searching a log at the daemon, against printing the whole log into grep(1); and the time that another user waits during
 * a search.
 *
 * @module
 */
import { RawClient } from "../../tests/support/raw_client.ts";
import { answer } from "../../tests/support/realm.ts";
import { duration, type Figure, inTurn, median, quantile, ratio, type Row } from "../figure.ts";
import { type BenchRun, quoted } from "../bench_run.ts";

/** Patterns that match one line in 10,000, and none. */
const PATTERNS = ["0000 INFO", "worker [0-9]+ .*(blue|green)$"];

/** A line of a log, with a number in the place of `%.0f`. */
const LINE = "%.0f INFO request handled in 17 ms by worker 3 for user 12345, member of team red";

/** Pause between two calls of the other user, in milliseconds. */
const PAUSE_MS = 2;

/** Time of the calls without a search, in milliseconds. */
const IDLE_MS = 5_000;

/** Figures of searches in logs. */
export const searchFigures: Figure[] = [{ name: "grep", measure: search }];

async function search(run: BenchRun): Promise<Row[]> {
  const daemon = await run.startDaemon();
  await using client = new RawClient(daemon);
  await using other = new RawClient(daemon, { as: "bob" });
  const id = await client.exec(["sh", "-c", `seq -f '${LINE}' 1000000000 | head -c ${run.bytes}`]);
  await client.untilFinished(id, 300_000);
  const whole = quoted(run.paascLogs(daemon, "--no-follow", id));
  const p99 = (waits: readonly number[]) => quantile(Float64Array.from(waits).sort(), 0.99);
  const idle = p99(await waitsDuring(other, new Promise((resolve) => setTimeout(resolve, IDLE_MS))));
  const rows: Row[] = [];
  for (const pattern of PATTERNS) {
    const waits: number[] = [];
    const { paas, peer } = await inTurn(run, {
      async paas() {
        const time = duration([
          "sh",
          "-c",
          `${quoted(run.paascLogs(daemon, "--no-follow", "--grep", pattern, id))} >/dev/null`,
        ]);
        waits.push(...await waitsDuring(other, time));
        return await time;
      },
      peer: () => duration(["sh", "-c", `${whole} | grep -aE ${quoted([pattern])} >/dev/null || :`]),
    });
    const [ours, theirs] = [median(paas), median(peer)];
    const figure = `\`logs --grep '${pattern.replaceAll("|", "\\|")}'\`; \`logs\` into \`grep -E\``;
    rows.push({ figure, paas: ours, peer: theirs, unit: "ms", ratio: ratio(ours, theirs), aim: "≤ 5" });
    const [late, figure99] = [p99(waits), `a call of another user meanwhile, p99 of ${waits.length}; without a search`];
    rows.push({ figure: figure99, paas: late, peer: idle, unit: "ms", ratio: ratio(late, idle), aim: "≤ 20 ms" });
  }
  return rows;
}

/** Calls of a user until a promise is settled, in milliseconds each. */
async function waitsDuring({ service }: RawClient, work: Promise<unknown>): Promise<number[]> {
  const waits: number[] = [];
  let over = false;
  work.catch(() => {}).finally(() => over = true);
  while (!over) {
    const begin = performance.now();
    await answer((callback) => service.WhoAmI({}, callback));
    waits.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return waits;
}
