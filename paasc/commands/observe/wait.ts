/** `paasc wait`: waits until processes have finished, or have printed a line. */
import type { ProcessStatus__Output } from "@paas/proto";
import { parseDuration } from "@paas/proto/units";
import type { Command, Context } from "../../command.ts";
import type { Connection } from "../../connection/connection.ts";
import { errorLine } from "../../exit.ts";
import { processWords } from "../../options/process_words.ts";
import { DURATION, optionValue, usageError } from "../../options/value.ts";
import { endSentence, LOST } from "../../print/end_reason.ts";
import { print } from "../../print/output.ts";
import { exitCodeOf, isLost, statusJson } from "../../print/process_status.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { Ending } from "./ending.ts";

const help = `Usage: paasc wait [options] ID...

Waits until each process has finished, and exits with the exit code of the last
one given, or with 128 + n when signal n killed it, as a shell's 'wait' does. The
exit code is 125 when Paas failed: there is no such process, no connection, or that
process was lost because the daemon died. The command prints nothing to stdout;
stderr tells why a process did not end by itself.

With --any it waits until one of the processes has finished, prints its id, and
exits with its exit code.

With --until-match it waits until each process has printed a line that matches,
in its output so far or later, and exits with 0. With --any one of them is enough,
and its id is printed. The exit code is 1 when the output of a process ends
without such a line. RE is a regular expression as of 'paasc logs --grep'.

With --timeout the command ends after that time with the exit code 124, as
timeout(1) does; the processes run on.

When the connection breaks, paasc tries for a minute to make a new one, and then
goes on waiting. Ctrl-C ends the waiting, not the process.

With -o json it prints the final status of each process, one object on each line
as of 'paasc status -o json'. The reasons are then in the objects only.

Examples:
  paasc wait 2b5c; echo $?
  id=$(paasc exec ./build) && paasc wait $id && paasc exec ./publish
  paasc wait $(paasc list -q --state running)
  paasc wait --any --timeout 10m ID ID
  paasc wait --until-match 'listening on' --timeout 30s my-server
`;

export const wait: Command = {
  name: "wait",
  summary: "wait until processes have finished, and exit as the last did",
  help,
  options: [
    { name: "any", help: "wait for the first process only, and print its id" },
    { name: "until-match", value: "RE", help: "wait for a line of output that matches" },
    { name: "ignore-case", letter: "i", help: "upper and lower case are the same" },
    { name: "timeout", value: "DURATION", help: "wait at most this long, or exit with 124" },
  ],
  exitsAsProcess: true,

  async run(words, context) {
    const { given } = context;
    const names = processWords("wait", words);
    const timeout = optionValue("wait", given, "timeout", DURATION, parseDuration);
    const any = given.any !== undefined;
    const pattern = given["until-match"];
    const ignoreCase = given["ignore-case"] !== undefined;
    if (ignoreCase && pattern === undefined) throw usageError("wait", "option '--ignore-case' needs '--until-match'");
    if (pattern !== undefined) {
      const { waitForLines } = await import("./wait_for_lines.ts");
      return await waitForLines(context, { names, pattern: { pattern, ignoreCase }, any, timeout });
    }
    return await waitForEnds(context, names, any, timeout);
  },
};

/** Waits until processes have finished. Returns the exit code. */
async function waitForEnds(
  context: Context,
  names: readonly string[],
  any: boolean,
  timeout: number | undefined,
): Promise<number> {
  const { settings, stdout } = context;
  const json = settings.output === "json";
  // Without a limit Ctrl-C ends the program at once, as it does by default.
  using ending = timeout === undefined ? undefined : new Ending(timeout);
  const signal = ending?.signal;
  let ids: readonly string[] | undefined;
  // A process that is known to have finished may have been removed when the connection is back.
  const finished = new Map<string, ProcessStatus__Output>();
  let user = "";
  const ask = context.ask(
    async (connection) => {
      ids ??= await Promise.all(names.map((name) => context.find(connection, name)));
      const statuses = await statusesOf(connection, ids, { finished, any, signal });
      const stopped = statuses.some(({ endReason }) => endReason === "END_REASON_STOPPED");
      if (stopped && !json) user = (await connection.whoAmI()).userId;
      return statuses;
    },
    undefined,
    signal,
  );
  const statuses = await ask.catch((error) => {
    if (!signal?.aborted) throw error;
    const late = names.filter((_, index) => !finished.has(ids?.[index] ?? ""));
    throw ending!.error(`${late.join(", ")} ${late.length === 1 ? "has" : "have"} not finished`);
  });
  if (any && !json) await print(stdout, `${statuses[0]!.processId}\n`);
  await printEnds(context, any ? [] : names, statuses, user);
  return exitCodeOf(statuses.at(-1)!);
}

/** Waits until each process has finished, or one of them. */
async function statusesOf(
  connection: Connection,
  ids: readonly string[],
  { finished, any, signal }: {
    readonly finished: Map<string, ProcessStatus__Output>;
    readonly any: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ProcessStatus__Output[]> {
  const enough = new AbortController();
  const options = { signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal };
  const statuses = ids.map(async (processId) => {
    const status = finished.get(processId) ?? await connection.wait(processId, options);
    finished.set(processId, status);
    return status;
  });
  try {
    return any ? [await Promise.race(statuses)] : await Promise.all(statuses);
  } finally {
    enough.abort();
    await Promise.allSettled(statuses);
  }
}

/** Prints how processes have ended. */
async function printEnds(
  { settings, stdout, stderr }: Context,
  names: readonly string[],
  statuses: readonly ProcessStatus__Output[],
  user: string,
): Promise<void> {
  if (settings.output === "json") {
    await print(stdout, statuses.map((status) => jsonLine(statusJson(status))).join(""));
    if (isLost(statuses.at(-1)!)) await print(stderr, errorLine(new Error(LOST)), "stderr");
    return;
  }
  for (const [index, status] of statuses.entries()) {
    const sentence = endSentence(status, { user });
    const which = names.length > 1 ? `${names[index]}: ` : "";
    if (sentence) await print(stderr, errorLine(new Error(which + sentence))).catch(() => {}); // nobody need read it
  }
}
