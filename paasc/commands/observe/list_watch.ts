/**
 * `paasc list --watch`: shows a list on the whole terminal, and again at each change.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import type { Context } from "../../command.ts";
import type { Connection } from "../../connection/connection.ts";
import { ask } from "../../connection/reconnect.ts";
import { SharedConnection } from "../../connection/shared_connection.ts";
import { ExitError } from "../../exit.ts";
import { noteTo, print } from "../../print/output.ts";
import { watchProcesses } from "../../streams/watch.ts";
import { pause } from "../../words/platform.ts";

/** Minimum time between two queries, in milliseconds: changes in quick succession are one. */
const PAUSE_MS = 300;

/** Time after which ages and durations are shown anew, in milliseconds. */
const TICK_MS = 1_000;

/** Switches to a screen of its own and hides the cursor, and the way back. */
const [ENTER, LEAVE] = ["\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"];

/**
 * Shows a list until Ctrl-C.
 *
 * @param query Asks for the processes
 * @param formatted Formats them for a terminal of this width
 * @param allUsers Whether the processes of all users count
 * @throws {ExitError} After Ctrl-C
 * @throws {PaasError} When the connection cannot be made or got back, or the daemon refuses
 */
export async function watchList(
  { settings, stdout, stderr }: Context,
  query: (connection: Connection) => Promise<readonly ProcessStatus__Output[]>,
  formatted: (processes: readonly ProcessStatus__Output[], columns: number) => Promise<string>,
  allUsers = false,
): Promise<never> {
  using shared = new SharedConnection(settings);
  const over = new AbortController();
  const { signal } = over;
  const persistence = { settings: shared, note: noteTo(stderr), signal };
  const leave = () => over.abort(new ExitError("interrupted", ""));
  let wake = () => {};
  const refresh = () => wake();
  const signals = [["SIGINT", leave], ["SIGTERM", leave], ["SIGHUP", leave], ["SIGWINCH", refresh]] as const;
  let [changed, entered] = [true, false];
  // Watches beside the list. Its failure ends the list.
  const watching = (async () => {
    for await (const _ of watchProcesses(persistence, allUsers)) {
      changed = true;
      wake();
    }
  })().catch((error) => over.abort(signal.reason ?? error)).finally(() => wake());
  for (const [name, listener] of signals) Deno.addSignalListener(name, listener);
  signal.addEventListener("abort", refresh);
  try {
    let processes: readonly ProcessStatus__Output[] = [];
    for (;;) {
      signal.throwIfAborted();
      const queried = changed;
      if (changed) {
        changed = false;
        processes = await ask(persistence, query);
      }
      if (!entered) await print(stdout, ENTER);
      entered = true;
      const { columns, rows } = Deno.consoleSize();
      const lines = (await formatted(processes, columns || 80)).split("\n").slice(0, Math.max(1, (rows || 24) - 1));
      await print(stdout, `\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`);
      if (queried) await pause(PAUSE_MS, signal);
      if (!changed) {
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        const timer = setTimeout(woken.resolve, TICK_MS);
        if (!signal.aborted) await woken.promise;
        clearTimeout(timer);
      }
    }
  } finally {
    for (const [name, listener] of signals) Deno.removeSignalListener(name, listener);
    over.abort();
    await watching;
    if (entered) await print(stdout, LEAVE).catch(() => {});
  }
}
