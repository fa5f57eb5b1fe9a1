/**
 * The page of metrics of a daemon, as Prometheus reads it.
 *
 * @module
 */
import type { RunningDaemon } from "../support/programs.ts";
import { until } from "../support/until.ts";

/** The address of a daemon's metrics, by its log. */
export async function metricsAddress(daemon: Pick<RunningDaemon, "log">): Promise<string> {
  const address = () => / metrics-listening address=(\S+)\n/.exec(daemon.log)?.[1];
  await until("the log has the address of the metrics", () => address() !== undefined);
  return address()!;
}

/** The values on a page. */
export class Page {
  constructor(readonly text: string) {}

  /** Asks a daemon for its page. */
  static async of(address: string): Promise<Page> {
    const response = await fetch(`http://${address}/metrics`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
    return new Page(text);
  }

  /** The value of a metric whose labels have some text in them; `undefined` if there is none. */
  value(name: string, label = ""): number | undefined {
    const line = this.text.split("\n").find((line) => /^\w+/.exec(line)?.[0] === name && line.includes(label));
    return line === undefined ? undefined : Number(line.split(" ").at(-1));
  }
}
